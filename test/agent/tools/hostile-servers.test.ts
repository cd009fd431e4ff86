/** Tool and model servers that do what they should not: nobody else pays for it, and the next question works. */

import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/agent/turn.ts';
import type { Answer } from '../../../src/simulator/model/answer.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, toQuestion } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool } from '../support/tool-server.ts';

const fine = { text: 'fine' };
const call = (name: string, args: object = {}) => ({ toolCalls: [{ name, arguments: { ...args } }] });
const form = { type: 'object', properties: { secret: { type: 'string' } } };
const quiet: TestTool = { name: 'work', annotations: {}, run: () => 'done' };

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

function configOf({ url }: { readonly url: string }) {
  return { name: 'server', url, headers: {} };
}

/** As a server puts it that refuses a request. */
function refusal(code: string, message: string, param: string | null): Answer {
  return { status: 400, body: { error: { message, type: 'invalid_request_error', param, code } } };
}

describe('a model server', () => {
  test('that refuses a parameter of two requests in the same moment answers both in the end', async () => {
    const both = Promise.withResolvers<void>();
    let refused = 0;
    await using world = await startAgent({
      respond: async ({ body }) => {
        if (!('max_completion_tokens' in body)) return fine;
        refused += 1;
        if (refused === 2) both.resolve();
        await both.promise;
        const message = "Unsupported parameter: 'max_completion_tokens' is not supported.";
        return refusal('unsupported_parameter', message, 'max_completion_tokens');
      },
    });
    const turns = await Promise.all(['a', 'b'].map((channelId) => world.ask('hello', { channelId })));
    expect(turns.map(({ end }) => end)).toEqual([{ type: 'answered' }, { type: 'answered' }]);
    expect(world.log.filter(({ event }) => event === 'model-parameter-refused')).toHaveLength(1);
  });

  test('whose window is smaller than the history is asked with less of it', async () => {
    await using world = await startAgent({
      respond: ({ body }) =>
        JSON.stringify(body.messages).length > 4000
          ? refusal('context_length_exceeded', "This model's maximum context length is 1000 tokens.", 'messages')
          : { text: 'y'.repeat(500) },
    });
    for (let question = 0; question < 12; question += 1) {
      expect((await world.ask(`question ${question}`)).end).toEqual({ type: 'answered' });
    }
    expect(world.log.find(({ event }) => event === 'history-too-long')?.fields.advice).toContain('HISTORY_MAX_TOKENS');
  });

  test('that counts its calls anew in every answer cannot have an old approval taken for a new one', async () => {
    const tool: TestTool = { ...quiet, name: 'delete', run: ({ path }) => `deleted ${path}` };
    await using server = await startToolServer({ tools: [tool] });
    const callOf = (path: string) => ({ toolCalls: [{ id: 'call_0', name: 'delete', arguments: { path } }] });
    await using world = await startAgent({
      toolServers: [{ ...configOf(server), approval: 'always' }],
      answers: [callOf('this'), callOf('everything'), fine],
      limits: { approvalMs: 2_000 },
    });
    const decided: Promise<unknown>[] = [];
    const turn = await world.ask('delete this', {
      onChange: ({ question, steps }) => {
        const [first] = steps;
        if (first?.calls[0] !== undefined && decided.length < steps.length)
          decided.push(world.agent.decide(question.id, first.calls[0].id, { decision: 'approved', by: 'u1' }));
      },
    });
    expect(await Promise.all(decided)).toEqual(['decided', 'gone', 'gone']);
    expect(resultsOf(turn).map(({ text }) => text)).toEqual([
      'deleted this',
      expect.stringContaining('nobody did in time'),
    ]);
  });

  test('that writes half a character leaves none in later requests', async () => {
    await using world = await startAgent({ answers: [{ text: 'half \ud83d' }, fine] });
    await world.ask('one');
    await world.ask('two');
    expect(world.model.requests[1]?.messages.map(({ text }) => text.isWellFormed())).not.toContain(false);
    expect(JSON.stringify(world.model.requests[1]?.body)).not.toContain('\\ud83d');
  });
});

describe('a tool server', () => {
  test('that uses the code of a closed connection for an error of its own is heard, and called once', async () => {
    await using server = await startToolServer({ tools: [quiet] });
    server.intercept = (body, response) => {
      if (!body.includes('"method":"tools/call"')) return false;
      const { id } = JSON.parse(body);
      const error = { code: -32000, message: 'rate limited \ud83d' };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, error }));
      return true;
    };
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('work'), fine] });
    const [result] = resultsOf(await world.ask('go'));
    expect(result).toEqual({ ok: false, text: expect.stringContaining('rate limited') });
    expect(server.sent('tools/call')).toHaveLength(1);
    expect(server.sent('initialize')).toHaveLength(1);
    expect(JSON.stringify(world.model.requests[1]?.body)).not.toContain('\\ud83d');
  });

  test('that writes half a character into a schema leaves none in what the model is sent', async () => {
    const half = '\ud83d';
    const inputSchema = {
      type: 'object',
      properties: {
        [`name ${half}`]: { type: 'string', description: half, enum: [half], default: { [half]: [half] } },
      },
    };
    await using server = await startToolServer({ tools: [{ ...quiet, inputSchema }] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [fine] });
    await world.ask('go');
    const sent = JSON.stringify(world.model.requests[0]?.body.tools);
    expect(sent).toContain('name ');
    expect(sent).not.toContain('\\ud83d');
  });

  test('that breaks one answer leaves the calls of others alone', async () => {
    const slow = Promise.withResolvers<string>();
    const tools = [quiet, { ...quiet, name: 'slow', run: () => slow.promise }];
    await using server = await startToolServer({ tools, hasSessions: true, isStreaming: true });
    server.intercept = (body, response) => {
      if (!body.includes('"name":"work"')) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      return true;
    };
    await using world = await startAgent({
      toolServers: [configOf(server)],
      respond: ({ messages }) =>
        messages.at(-1)?.role === 'tool' ? fine : call(messages.at(-1)?.text.includes('slow') ? 'slow' : 'work'),
    });
    const asked = world.ask('slow', { channelId: 'a' });
    await server.until(() => server.sent('tools/call').length > 0);
    const [broken] = resultsOf(await world.ask('work', { channelId: 'b' }));
    expect(broken?.text).toContain('broke off');
    slow.resolve('still here');
    expect(resultsOf(await asked)).toEqual([{ ok: true, text: 'still here' }]);
  });

  test('that asks after its answer reaches nobody: not in the turn, and not after it', async () => {
    await using server = await startToolServer({ tools: [quiet] });
    const asked = Promise.withResolvers<void>();
    server.intercept = (body, response) => {
      if (body.includes('"id":"late"')) asked.resolve();
      if (!body.includes('"method":"tools/call"')) return false;
      const { id } = JSON.parse(body);
      const result = { content: [{ type: 'text', text: 'done' }] };
      const late = {
        jsonrpc: '2.0',
        id: 'late',
        method: 'elicitation/create',
        params: { message: 'Password?', requestedSchema: form },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
      setTimeout(() => response.write(`data: ${JSON.stringify(late)}\n\n`), 50);
      return true;
    };
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('work'), fine] });
    let forms = 0;
    await world.ask('go', {
      onChange: (_turn, _draft, live) => {
        forms += live.forms.length;
      },
    });
    await asked.promise;
    expect(forms).toBe(0);
    expect(server.bodies.find((body) => body.includes('"id":"late"'))).toContain('"action":"decline"');
  });

  test('that does not wait for its form has it closed when the call is over', async () => {
    const tool: TestTool = {
      ...quiet,
      run: (_args, _signal, client) => {
        client.elicit('Anything?', form).catch(() => {}); // The call is over before it is answered.
        return new Promise((resolve) => setTimeout(() => resolve('done'), 50));
      },
    };
    await using server = await startToolServer({ tools: [tool], isStreaming: true, hasSessions: true });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('work'), fine] });
    let open = 0;
    const turn = await world.ask('go', {
      onChange: (_turn, _draft, live) => {
        open = live.forms.length;
      },
    });
    expect(turn.end).toEqual({ type: 'answered' });
    expect(open).toBe(0);
  });

  test('that asks form after form is cut short', async () => {
    const answers: string[] = [];
    const tool: TestTool = {
      ...quiet,
      run: async (_args, _signal, client) => {
        for (let count = 0; count < 8; count += 1) answers.push((await client.elicit('And?', form)).action);
        return 'done';
      },
    };
    await using server = await startToolServer({ tools: [tool], isStreaming: true, hasSessions: true });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('work'), fine] });
    await world.ask('go', {
      onChange: (turn, _draft, { forms: [open] }) => {
        if (open !== undefined)
          setImmediate(() => world.agent.answerForm(turn.question.id, open.id, { action: 'accept', values: {} }));
      },
    });
    expect(answers.map((action) => action === 'accept')).toEqual([true, true, true, true, true, false, false, false]);
  });

  test('whose policy became stricter while a call was interrupted is not called unasked', async () => {
    const started = Promise.withResolvers<void>();
    const tool: TestTool = {
      ...quiet,
      annotations: { readOnlyHint: true },
      run: () => {
        started.resolve();
        return new Promise(() => {});
      },
    };
    await using server = await startToolServer({ tools: [tool] });
    await using first = await startAgent({ toolServers: [configOf(server)], answers: [call('work')] });
    const turn = await takeStored(first.agent, toQuestion('go'), null);
    if (turn === undefined) throw new Error('not taken');
    const crash = new AbortController();
    const ran = run(first.agent, turn, { signal: crash.signal });
    await started.promise;
    crash.abort('suspend');
    await ran;
    await using second = await startAgent({
      toolServers: [{ ...configOf(server), approval: 'always' }],
      answers: [fine],
    });
    await run(second.agent, turn);
    expect(resultsOf(turn)).toEqual([{ ok: false, text: expect.stringContaining('nobody was asked') }]);
    expect(server.sent('tools/call')).toHaveLength(1);
  });

  test('that echoes a call in its failure has nothing of it in the log', async () => {
    await using server = await startToolServer({ tools: [addTool] });
    server.intercept = (body, response) => {
      if (!body.includes('"method":"tools/call"')) return false;
      response.writeHead(500).end(`could not do ${body}`);
      return true;
    };
    await using world = await startAgent({
      toolServers: [configOf(server)],
      answers: [call('add', { a: 123_456_789, b: 1 }), fine],
    });
    await world.ask('go');
    expect(JSON.stringify(world.log)).not.toContain('123456789');
  });
});
