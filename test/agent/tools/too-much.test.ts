/** Servers that send too much of everything: it is cut where it arrives, and nobody else waits for it. */
import { describe, expect, test } from 'vitest';
import type { CallProgress } from '../../../src/agent/agent.ts';
import type { Form, FormReply } from '../../../src/agent/form.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { startAgent } from '../support/start-agent.ts';
import { watchStretches } from '../support/stretches.ts';
import { addTool, startToolServer, type TestTool, type TestToolServer } from '../support/tool-server.ts';

const fine = { text: 'fine' };
const work = { toolCalls: [{ name: 'work', arguments: {} }] };
const quiet: TestTool = { name: 'work', annotations: { readOnlyHint: true }, run: () => 'done' };

function configOf({ url }: TestToolServer, name = 'server') {
  return { name, url, headers: {} };
}

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results);
}

async function callWork(tool: TestTool) {
  await using server = await startToolServer({ tools: [tool] });
  await using world = await startAgent({ toolServers: [configOf(server)], answers: [fine, work, fine] });
  await world.ask('hello');
  using stretches = watchStretches();
  const [result] = resultsOf(await world.ask('go'));
  return { result, longestMs: stretches.longest(), log: JSON.stringify(world.log) };
}

describe('a result', () => {
  test.each([
    ['an address of question marks', { uri: `file:///${'?'.repeat(200_000)}\n`, mimeType: 'image/png' }],
    ['a type of plus signs', { uri: 'file:///a/', mimeType: `image/${'+'.repeat(200_000)}\n` }],
    ['an address of dots', { uri: `file:///${'.'.repeat(200_000)}`, mimeType: 'image/png' }],
  ])('with %s holds nobody up', async (_, resource) => {
    const content = [{ type: 'resource' as const, resource: { ...resource, blob: 'aGVsbG8=' } }];
    const { result, longestMs } = await callWork({ ...quiet, run: () => ({ content }) });
    expect(result).toMatchObject({ ok: true, files: [{ bytes: 5 }] });
    expect(result?.files?.[0]?.name.length).toBeLessThan(100);
    expect(result?.text.length).toBeLessThan(1_000);
    expect(longestMs).toBeLessThan(1_000);
  });

  test('of a hundred thousand parts is cut as one', async () => {
    const content = Array.from({ length: 100_000 }, (_, place) => ({ type: 'text' as const, text: `part ${place}` }));
    const { result } = await callWork({ ...quiet, run: () => ({ content }) });
    expect(result?.text).toMatch(/^part 0\npart 1\n/);
    expect(result?.text.length).toBeLessThan(16_100);
  });

  test('that is an error of five megabytes is cut', async () => {
    const { result, log } = await callWork({
      ...quiet,
      run: () => {
        throw new Error('no '.repeat(1_700_000));
      },
    });
    expect(result?.ok).toBe(false);
    expect(result?.text.length).toBeLessThan(2_100);
    expect(log.length).toBeLessThan(10_000);
  });

  test.each(['', 'x'])('is cut between characters and says how long it was (after %j)', async (start) => {
    const { result } = await callWork({ ...quiet, run: () => `${start}${'🙂'.repeat(10_000)}` });
    const [head = '', mark] = result?.text.split('\n') ?? [];
    expect(head.length).toBe(16_000 - start.length);
    expect(head.isWellFormed()).toBe(true);
    expect(mark).toBe(`… (cut here: ${20_000 + start.length} characters in all)`);
  });
});

describe('progress', () => {
  async function progressOf(run: TestTool['run'], onSeen: (progress: CallProgress) => void = () => {}) {
    await using server = await startToolServer({ tools: [{ ...quiet, run }], isStreaming: true, hasSessions: true });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [work, fine] });
    const seen: CallProgress[] = [];
    const turn = await world.ask('go', {
      onChange: (_turn, _draft, live) => {
        for (const progress of live.progress.values()) {
          seen.push(progress);
          onSeen(progress);
        }
      },
    });
    expect(resultsOf(turn)).toMatchObject([{ ok: true, text: 'done' }]);
    return seen;
  }

  test('of a million characters is shown in a line', async () => {
    const [first] = await progressOf(async (_args, _signal, client) => {
      await client.progress(1, 2, `half\n${' '.repeat(1_000_000)}`);
      return 'done';
    });
    expect(first).toMatchObject({ progress: 1, total: 2, message: expect.stringMatching(/^half.{0,200}$/) });
  });

  test('that comes two thousand times is told far less often, and the last time always', async () => {
    const lastSeen = Promise.withResolvers<void>();
    const run: TestTool['run'] = async (_args, _signal, client) => {
      for (let step = 1; step <= 2_000; step += 1) await client.progress(step);
      await lastSeen.promise;
      return 'done';
    };
    const seen = await progressOf(run, ({ progress }) => {
      if (progress === 2_000) lastSeen.resolve();
    });
    expect(seen.length).toBeLessThan(1_000);
  });
});

describe('a form', () => {
  /** What the tool is told, and the form as it was shown, if it was. */
  async function ask(properties: object, values: (form: Form) => Record<string, string>, message = 'Well?') {
    const asked = Promise.withResolvers<FormReply>();
    const tool: TestTool = {
      ...quiet,
      run: async (_args, _signal, client) => {
        asked.resolve((await client.elicit(message, { type: 'object', properties })) as FormReply);
        return 'done';
      },
    };
    await using server = await startToolServer({ tools: [tool], isStreaming: true, hasSessions: true });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [work, fine] });
    let shown: Form | undefined;
    await world.ask('go', {
      onChange: (turn, _draft, { forms: [form] }) => {
        if (form === undefined || shown !== undefined) return;
        shown = form;
        const answer = { action: 'accept', values: values(form) } as const;
        setImmediate(() => world.agent.answerForm(turn.question.id, form.id, answer));
      },
    });
    return { reply: await asked.promise, shown };
  }

  test('with too many fields, or too many choices, is declined', async () => {
    const fields = Array.from({ length: 51 }, (_, place) => [`field${place}`, { type: 'string' }]);
    expect(await ask(Object.fromEntries(fields), () => ({}))).toEqual({
      reply: { action: 'decline' },
      shown: undefined,
    });
    const choices = Array.from({ length: 201 }, (_, place) => `choice${place}`);
    expect((await ask({ a: { type: 'string', enum: choices } }, () => ({}))).reply).toEqual({ action: 'decline' });
  });

  test('of endless words is shown cut', async () => {
    const long = 'x'.repeat(100_000);
    const properties = { a: { type: 'string', title: long, description: long, default: long } };
    const { shown } = await ask(properties, () => ({ a: 'short' }), long);
    expect(shown?.message.length).toBe(2_000);
    expect(shown?.fields).toMatchObject([
      { title: expect.stringMatching(/^x{199}…$/), description: expect.stringMatching(/^x{499}…$/), preset: undefined },
    ]);
  });

  test('whose names and choices are too long for a front end can be filled in all the same', async () => {
    const name = 'n'.repeat(150);
    const choice = `first\n${'c'.repeat(150)}`;
    const properties = {
      [name]: { type: 'string' },
      '': { type: 'string', enum: [choice, '#1', 'other'], default: choice },
      '#2': { type: 'string', default: 'preset' },
    };
    const { reply, shown } = await ask(properties, ({ fields }) => ({ [fields[0]?.name ?? '']: 'typed' }));
    expect(shown?.fields.map((field) => field.name)).toEqual(['#1', '##2', '#2']);
    expect(shown?.fields[1]).toMatchObject({
      preset: '##1',
      options: [{ value: '##1' }, { value: '#1' }, { value: 'other' }],
    });
    expect(reply).toEqual({ action: 'accept', content: { [name]: 'typed', '': choice, '#2': 'preset' } });
  });
});

describe('a list of tools', () => {
  const many = (count: number) => Array.from({ length: count }, (_, place) => ({ ...addTool, name: `tool${place}` }));

  test('of 130 is searched, and takes no other server’s tools away', async () => {
    await using large = await startToolServer({ tools: many(130) });
    await using small = await startToolServer({ tools: [addTool] });
    await using world = await startAgent({
      toolServers: [configOf(large, 'large'), configOf(small, 'small')],
      answers: [fine],
    });
    await world.ask('hello');
    expect(world.model.requests[0]?.tools.map(({ name }) => name)).toEqual(['find_tools', 'add']);
    expect(world.log.filter(({ event }) => event === 'tools-searched')).toMatchObject([{ fields: { tools: 131 } }]);
  });

  test('of forty thousand holds nobody up, and what is allowed is found among them', async () => {
    const tools = [...many(40_000), { ...addTool, name: 'wanted' }];
    await using server = await startToolServer({ tools, toolsPerPage: 1_000 });
    await using world = await startAgent({
      toolServers: [
        { ...configOf(server, 'all'), prefix: 'all' },
        { ...configOf(server, 'one'), allow: ['wanted'], always: ['wanted'] },
      ],
      answers: [fine],
      limits: { toolConnectMs: 60_000 },
    });
    using stretches = watchStretches();
    await world.ask('hello');
    expect(stretches.longest()).toBeLessThan(1_000);
    const names = world.model.requests[0]?.tools.map(({ name }) => name) ?? [];
    expect(names).toEqual(['find_tools', 'wanted']);
    expect(world.log.find(({ event }) => event === 'tools-too-many')?.fields.missing).toEqual({ all: 39_001 });
  });
});
