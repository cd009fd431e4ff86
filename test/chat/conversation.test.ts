import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Agent } from '../../src/agent/agent.ts';
import { createAgent } from '../../src/agent/create-agent.ts';
import { openTurnStore } from '../../src/agent/store/open.ts';
import { createConversation } from '../../src/chat/conversation.ts';
import { openTerminal } from '../../src/chat/terminal.ts';
import { silentLogger } from '../../src/log.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { type Step, startModelServer } from '../../src/simulator/model/model-server.ts';

const keys = { interrupt: '\u0003', end: '\u0004', up: '\u001b[A' };

/** A person at a terminal: what they type goes in, what they see comes out. */
async function startChat(answers: readonly Step[], history: readonly string[] = []) {
  const model = await startModelServer({ answers });
  const agent = createAgent({
    model: {
      apiKey: 'none',
      baseUrl: model.baseUrl,
      name: 'gpt-4o',
      reasoningEffort: undefined,
      temperature: undefined,
      maxOutputTokens: 100,
      systemPrompt: undefined,
      prices: undefined,
    },
    toolServers: [],
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
  const conversation = createConversation({ agent, language: 'en', signal: stop.signal });
  const terminal = openTerminal({
    input,
    output,
    prompt: '[you] ',
    history,
    onInterrupt: () => conversation.interrupt(terminal),
    onHistory: (lines) => kept.push(lines),
  });
  let seen = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const sees = async (text: string): Promise<void> => {
    while (!seen.includes(text)) await once(output, 'data', { signal: AbortSignal.timeout(5000) });
    seen = seen.slice(seen.indexOf(text) + text.length);
  };
  return { input, conversation, terminal, stop, kept, sees, unseen: () => seen, left: conversation.hold(terminal) };
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
  await chat.agent.accept({ ...question, id: 'free', text: 'left over' }, { processId: 0x7fffffff });
  await chat.agent.accept({ ...question, id: 'taken', text: 'not mine' }, { processId: process.ppid });
  await chat.agent.accept({ ...question, id: 'other', channelId: '123', text: 'elsewhere' }, null);
  const next = openChat(chat.agent);
  await next.sees('[👤 User] left over\n[🤖 LLM answer] Later.\n\n');
  await next.sees('[you] ');
  const left = (await chat.agent.unfinished()).map((turn) => turn.question.id);
  expect(left.toSorted()).toEqual(['other', 'taken']);
  next.terminal.end();
  await next.left;
  await Promise.all([chat.agent.close(), chat.model.close()]);
});
