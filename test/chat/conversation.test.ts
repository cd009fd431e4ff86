import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../src/agent/agent.ts';
import { createAgent } from '../../src/agent/create-agent.ts';
import { openTurnStore } from '../../src/agent/store/open.ts';
import { Conversation } from '../../src/chat/conversation.ts';
import { openTerminal } from '../../src/chat/terminal.ts';
import type { ToolServerConfig } from '../../src/config/tool-servers.ts';
import { silentLogger } from '../../src/log.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { type Step, startModelServer } from '../../src/simulator/model/model-server.ts';
import { startToolServer, type TestTool } from '../agent/support/tool-server.ts';
import { toModelConfig } from '../support/model-config.ts';
import { takeStored } from '../support/take-stored.ts';

const keys = { interrupt: '\u0003', end: '\u0004', up: '\u001b[A' };

/** A person at a terminal: what they type goes in, what they see comes out. */
async function startChat(
  answers: readonly Step[],
  history: readonly string[] = [],
  toolServers: readonly ToolServerConfig[] = [],
) {
  const model = await startModelServer({ answers });
  const agent = createAgent({
    model: toModelConfig(model.baseUrl, { maxOutputTokens: 100 }),
    toolServers,
    store: await openTurnStore('memory://', { log: silentLogger }),
    log: silentLogger,
  });
  return { model, agent, ...openChat(agent, history) };
}

function openChat(agent: Agent, history: readonly string[] = []) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const stop = new AbortController();
  const kept: (readonly string[])[] = [];
  const conversation = new Conversation({ agent, language: 'en', signal: stop.signal });
  const terminal = openTerminal({
    input,
    output,
    prompt: '[you] ',
    history,
    onInterrupt: () => conversation.interrupt(terminal),
    onHistory: (lines) => kept.push(lines),
  });
  let seen = '';
  let told = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    told += text;
  });
  const sees = async (text: string): Promise<void> => {
    while (!seen.includes(text)) await once(output, 'data', { signal: AbortSignal.timeout(15_000) });
    seen = seen.slice(seen.indexOf(text) + text.length);
  };
  return {
    input,
    conversation,
    terminal,
    stop,
    kept,
    sees,
    unseen: () => seen,
    told: () => told,
    left: conversation.run(terminal),
  };
}

test('Ctrl-C stops the answer that is being written and prompts again', async () => {
  const stall = new Hold();
  const chat = await startChat([{ text: ['One ', stall, 'two'] }, { text: 'Hello.' }]);
  await chat.sees('[you] ');
  chat.input.write('count\r');
  await chat.sees('[🤖 LLM answer] One');
  await stall.reached;
  chat.input.write(keys.interrupt);
  await chat.sees('[⚠️ Notice] Stopped.\n\n');
  await chat.sees('[you] ');
  expect(chat.model.requests[0]).toMatchObject({ isAnswered: false });
  chat.input.write('hello\r');
  await chat.sees('[🤖 LLM answer] Hello.\n\n');
  await chat.sees('[you] ');
  chat.input.write(keys.end);
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('Ctrl-C at the prompt asks for another one, and that leaves', async () => {
  const chat = await startChat([]);
  await chat.sees('[you] ');
  chat.input.write(`half a question${keys.interrupt}`);
  await chat.sees('\nPress Ctrl-C again to leave.\n');
  await chat.sees('[you] ');
  expect(chat.unseen()).not.toContain('half');
  chat.input.write(keys.interrupt);
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('a question in between takes the first Ctrl-C back', async () => {
  const chat = await startChat([{ text: 'Hello.' }]);
  await chat.sees('[you] ');
  chat.input.write(keys.interrupt);
  await chat.sees('Press Ctrl-C again to leave.');
  chat.input.write('hello\r');
  await chat.sees('Hello.');
  await chat.sees('[you] ');
  chat.input.write(keys.interrupt);
  await chat.sees('Press Ctrl-C again to leave.');
  chat.input.write('exit\r');
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('what is typed during an answer stays unseen until the prompt is back', async () => {
  const hold = new Hold();
  const chat = await startChat([{ text: ['One ', hold, 'two.'] }]);
  chat.input.write('count\r');
  await chat.sees('One ');
  await hold.reached;
  chat.input.write('and th');
  hold.release();
  await chat.sees('two.\n\n');
  expect(chat.unseen()).not.toMatch(/^[^[]*and/);
  await chat.sees('[you] ');
  await chat.sees('and th');
  chat.terminal.end();
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('what is to be said of the model comes between answers, never within one', async () => {
  const hold = new Hold();
  const chat = await startChat([{ text: ['One ', hold, 'two.'] }]);
  const retires = { type: 'model-retires', model: 'gpt-4o', date: '2027-01-14', instead: 'OPENAI_MODEL=x' } as const;
  await chat.sees('[you] ');
  chat.conversation.tell({ type: 'model-unknown', model: 'gpt-5o' }, chat.terminal);
  await chat.sees('[⚠️ Notice] The server does not know the model gpt-5o.');
  await chat.sees('[you] ');
  chat.input.write('count\r');
  await chat.sees('[🤖 LLM answer] One');
  await hold.reached;
  chat.conversation.tell(retires, chat.terminal);
  hold.release();
  await chat.sees(
    ' two.\n\n[⚠️ Notice] The model gpt-4o is switched off on 2027-01-14. Before that, set OPENAI_MODEL=x.',
  );
  await chat.sees('[you] ');
  chat.terminal.end();
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('the arrow keys bring back earlier questions, of earlier days too', async () => {
  const chat = await startChat([{ text: 'Hello.' }], ['from yesterday']);
  await chat.sees('[you] ');
  chat.input.write(`${keys.up}\r`);
  await chat.sees('Hello.');
  expect(chat.model.requests[0]?.messages.at(-1)?.text).toBe('User: from yesterday');
  expect(chat.kept.at(-1)).toEqual(['from yesterday']);
  chat.terminal.end();
  await chat.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('a question that an earlier process left is answered first', async () => {
  const chat = await startChat([{ text: 'Later.' }, { text: 'Hello.' }]);
  chat.terminal.end();
  await chat.left;
  const question = { channelId: 'terminal', authorId: 'terminal', authorName: 'User', askedAt: 1 };
  // Of these three only the first is free to take: no process has the id 0x7fffffff, this one's parent lives, and the last is another front end's.
  await takeStored(chat.agent, { ...question, id: 'free', text: 'left over' }, { processId: 0x7fffffff });
  await takeStored(chat.agent, { ...question, id: 'taken', text: 'not mine' }, { processId: process.ppid });
  await takeStored(chat.agent, { ...question, id: 'other', channelId: '123', text: 'elsewhere' }, null);
  const next = openChat(chat.agent);
  await next.sees('[👤 User] left over\n[🤖 LLM answer] Later.\n\n');
  await next.sees('[you] ');
  const left = (await chat.agent.unfinished()).map((turn) => turn.question.id);
  expect(left.toSorted()).toEqual(['other', 'taken']);
  next.terminal.end();
  await next.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

test('a store that cannot list what is unfinished is told of, and questions are answered all the same', async () => {
  const model = await startModelServer({ answers: [{ text: 'Hello.' }] });
  const agent = createAgent({
    model: toModelConfig(model.baseUrl),
    toolServers: [],
    store: await openTurnStore('memory://', { log: silentLogger }),
    log: silentLogger,
  });
  agent.unfinished = () => Promise.reject(new Error('The store is away.'));
  const chat = openChat(agent);
  await chat.sees('[⚠️ Notice] The conversation cannot be stored.');
  await chat.sees('[you] ');
  chat.input.write('hello\r');
  await chat.sees('Hello.');
  chat.input.write(keys.end);
  await chat.left;
  await Promise.all([agent.close(), model.close()]);
});

test('a question of a terminal on another machine is left to it, and taken when nobody can be waiting there', async () => {
  const chat = await startChat([{ text: 'Later.' }]);
  chat.terminal.end();
  await chat.left;
  const question = { channelId: 'terminal', authorId: 'terminal', authorName: 'User' };
  const claim = { processId: 1, host: 'another-machine' };
  await takeStored(chat.agent, { ...question, id: 'new', text: 'just now', askedAt: Date.now() }, claim);
  await takeStored(chat.agent, { ...question, id: 'old', text: 'yesterday', askedAt: Date.now() - 86_400_000 }, claim);
  const next = openChat(chat.agent);
  await next.sees('[👤 User] yesterday\n[🤖 LLM answer] Later.\n\n');
  await next.sees('[you] ');
  expect((await chat.agent.unfinished()).map((turn) => turn.question.id)).toEqual(['new']);
  next.terminal.end();
  await next.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});

describe('what a tool wants to know', () => {
  const tools: TestTool[] = [
    { name: 'delete', annotations: {}, run: () => 'deleted' },
    {
      name: 'book',
      annotations: { readOnlyHint: true },
      run: async (_args, _signal, client) => {
        const properties = { city: { type: 'string' }, nights: { type: 'integer', default: 1 } };
        return JSON.stringify(await client.elicit('Where to?', { type: 'object', properties, required: ['city'] }));
      },
    },
    {
      name: 'draw',
      annotations: { readOnlyHint: true },
      run: () => ({
        content: [{ type: 'image', data: Buffer.from('pixels').toString('base64'), mimeType: 'image/png' }],
      }),
    },
  ];
  const call = (name: string): Step => ({ toolCalls: [{ name, arguments: {} }] });

  async function startWithTools(...answers: readonly Step[]) {
    const server = await startToolServer({ tools, isStreaming: true, hasSessions: true });
    const chat = await startChat(
      answers,
      [],
      [{ name: 'desk', url: server.url, headers: {}, approval: 'destructive' }],
    );
    const close = async () => {
      chat.input.write(keys.end);
      await chat.left;
      await Promise.all([chat.agent.close(), chat.model.close()]);
      await server.close();
    };
    return { ...chat, server, [Symbol.asyncDispose]: close };
  }

  test('a call is made when the person says yes, and not when they say anything else', async () => {
    await using chat = await startWithTools(call('delete'), { text: 'Done.' }, call('delete'), { text: 'Not done.' });
    chat.input.write('delete it\r');
    await chat.sees('[✋ Approval] May delete({}) be run? (y/N)');
    chat.input.write('y\r');
    await chat.sees('[✅ Result] deleted');
    await chat.sees('Done.');
    chat.input.write('again\r');
    await chat.sees('(y/N)');
    chat.input.write('\r');
    await chat.sees('[❌ Error] Not run: ');
    await chat.sees('Not done.');
    expect(chat.server.sent('tools/call')).toHaveLength(1);
  });

  test('all of the arguments are shown before they are approved, and nothing in them is hidden', async () => {
    const text = `${'x'.repeat(600)}\u202eend`;
    await using chat = await startWithTools(
      { toolCalls: [{ name: 'delete', arguments: { text } }] },
      { text: 'Not done.' },
    );
    chat.input.write('delete it\r');
    await chat.sees(`May delete({"text":"${'x'.repeat(600)}\\u202eend"}) be run? (y/N)`);
    chat.input.write('\r');
    await chat.sees('Not done.');
  });

  test('Ctrl-C while it is asked stops the answer, and the next question is read as one', async () => {
    await using chat = await startWithTools(call('delete'), { text: 'Hello.' });
    chat.input.write('delete it\r');
    await chat.sees('(y/N)');
    chat.input.write(keys.interrupt);
    await chat.sees('Stopped.');
    chat.input.write('hello\r');
    await chat.sees('Hello.');
    expect(chat.server.sent('tools/call')).toEqual([]);
  });

  test('a form is asked field by field, and a field that does not fit once more', async () => {
    await using chat = await startWithTools(call('book'), { text: 'Booked.' });
    chat.input.write('book\r');
    await chat.sees('[📝 Form] desk: Where to? Fill it in? (y/N)');
    chat.input.write('y\r');
    await chat.sees('[📝 Form] city (text)');
    chat.input.write('Seoul\r');
    await chat.sees('[📝 Form] nights (whole number; = 1)');
    chat.input.write('many\r');
    await chat.sees('[📝 Form] nights');
    chat.input.write('3\r');
    await chat.sees('{"action":"accept","content":{"city":"Seoul","nights":3}}');
    await chat.sees('Booked.');
  });

  test('a file is written down, and its path told', async () => {
    await using chat = await startWithTools(call('draw'), { text: 'Drawn.' });
    chat.input.write('draw\r');
    await chat.sees('[📎 File] ');
    await chat.sees('\n');
    const path =
      chat
        .told()
        .match(/\[📎 File\] (.*)/)?.[1]
        ?.trim() ?? '';
    expect(path).toMatch(/1-image-1\.png$/);
    expect(readFileSync(path, 'utf8')).toBe('pixels');
    rmSync(dirname(path), { recursive: true });
  });
});
