import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { type ModelServer, startModelServer } from '../../src/simulator/model/model-server.ts';
import { createOfflineModel } from '../../src/simulator/model/offline-model.ts';
import { cleanEnvironment, freePort } from '../support/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let calculator: Awaited<ReturnType<typeof startCalculatorServer>>;
let model: ModelServer;
let folder: string;
let calculatorPort: number;

beforeAll(async () => {
  calculatorPort = await freePort();
  [calculator, model, folder] = await Promise.all([
    startCalculatorServer({ host: '127.0.0.1', port: calculatorPort, log: silentLogger }),
    startModelServer({ respond: createOfflineModel({ wordsPerSecond: Number.POSITIVE_INFINITY }) }),
    mkdtemp(join(tmpdir(), 'jupan-chat-')),
  ]);
});

afterAll(async () => {
  await Promise.all([calculator.close(), model.close()]);
  await rm(folder, { recursive: true, force: true });
});

interface Chat {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

function startChat(settings: Readonly<Record<string, string>> = {}, { viaNpm = false } = {}): Chat {
  const [command, args] = viaNpm
    ? ['npm', ['run', '--silent', 'chat']]
    : [process.execPath, [`${root}src/programs/launch.js`, 'chat']];
  const environment = cleanEnvironment({
    LC_ALL: 'ko_KR.UTF-8',
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(calculatorPort),
    STORE_URL: 'memory://',
    ...settings,
  });
  const child = spawn(command, args, { cwd: root, env: environment, stdio: 'pipe' });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code]) => code);
  return { process: child, output: () => output, errors: () => errors, ended };
}

test('tells the model that one person talks to it, and nothing of another front end', async () => {
  const chat = startChat();
  chat.process.stdin?.end('15와 27을 더해줘');
  await chat.ended;
  const system = model.requests.at(-1)?.messages[0]?.text;
  expect(system).toContain('One person talks to you in a terminal');
  expect(system).not.toMatch(/Discord|several people/i);
});

test('answers each line of a pipe, then ends with status 0 and nothing but the conversation', async () => {
  const chat = startChat();
  chat.process.stdin?.end('15와 27을 더해줘\n\n거기에 50을 더해줘');
  expect(await chat.ended).toBe(0);
  expect(chat.errors()).toBe('');
  expect(chat.output().split('\n')).toEqual([
    '[👤 사용자] 15와 27을 더해줘',
    '[🤖 LLM 답변] 15와 27을 더해보겠습니다.',
    '[🔧 도구 실행] add({"a":15,"b":27})',
    '[✅ 실행 결과] 42',
    '[🤖 LLM 답변] 15와 27을 더하면 42입니다.',
    '',
    '[👤 사용자] 거기에 50을 더해줘',
    '[🤖 LLM 답변] 42와 50을 더해보겠습니다.',
    '[🔧 도구 실행] add({"a":42,"b":50})',
    '[✅ 실행 결과] 92',
    '[🤖 LLM 답변] 42와 50을 더하면 92입니다.',
    '',
    '',
  ]);
});

test('goes on with the same history the next time', async () => {
  const settings = { STORE_URL: `sqlite://${folder}/again.sqlite`, LC_ALL: 'en_US.UTF-8' };
  const first = startChat(settings);
  first.process.stdin?.end('add 15 and 27');
  await first.ended;
  const second = startChat(settings);
  second.process.stdin?.end('what was the result?');
  await second.ended;
  expect(second.output()).toBe('[👤 User] what was the result?\n[🤖 LLM answer] The last result was 42.\n\n');
});

test.each(['exit', 'QUIT', '종료'])('leaves at the word %s', async (word) => {
  const chat = startChat();
  chat.process.stdin?.write(`${word}\n15와 27을 더해줘\n`);
  expect(await chat.ended).toBe(0);
  expect(chat.output()).toBe('');
});

test('says in one line how to start the calculator when there is none', async () => {
  const port = await freePort();
  const chat = startChat({ MCP_PORT: String(port) });
  chat.process.stdin?.end();
  expect(await chat.ended).toBe(0);
  expect(chat.output()).toMatch(
    new RegExp(`^\\[⚠️ 알림\\] http://127\\.0\\.0\\.1:${port}/mcp .*npm run mcp-server.*\\n\\n$`),
  );
});

test('names a bad setting on standard error and ends with status 1', async () => {
  const chat = startChat({ OPENAI_BASE_URL: '', OPENAI_TEMPERATURE: 'hot' });
  expect(await chat.ended).toBe(1);
  expect(chat.output()).toBe('');
  expect(chat.errors()).toMatch(/OPENAI_API_KEY: is missing\. .*\n.*OPENAI_TEMPERATURE: should be/);
  expect(chat.errors()).not.toContain('    at ');
});

test('names a store that cannot be used', async () => {
  const chat = startChat({ STORE_URL: 'sqlite:///proc/nowhere/x.sqlite' });
  expect(await chat.ended).toBe(1);
  expect(chat.errors()).toContain('STORE_URL: ');
});

test('says in words what goes wrong with the model, and takes the next question', async () => {
  await using scripted = await startModelServer({ answers: [{ status: 401, body: {} }, { text: '안녕하세요.' }] });
  const chat = startChat({ OPENAI_BASE_URL: scripted.baseUrl });
  chat.process.stdin?.end('하나\n둘\n');
  expect(await chat.ended).toBe(0);
  expect(chat.output()).toMatch(
    /하나\n\[⚠️ 알림\] .*OPENAI_API_KEY.*\n\n\[👤 사용자\] 둘\n\[🤖 LLM 답변\] 안녕하세요\.\n\n$/,
  );
});

test.each([false, true])(
  'stops on SIGTERM with status 0 (npm between: %s), the running answer being finished',
  async (viaNpm) => {
    const hold = new Hold();
    await using scripted = await startModelServer({ answers: [{ text: ['하나 ', hold, '둘'] }] });
    const chat = startChat({ OPENAI_BASE_URL: scripted.baseUrl }, { viaNpm });
    chat.process.stdin?.write('세어줘\n');
    await hold.reached;
    chat.process.kill('SIGTERM');
    hold.release();
    expect(await chat.ended).toBe(0);
    expect(chat.output()).toBe('[👤 사용자] 세어줘\n[🤖 LLM 답변] 하나 둘\n\n');
  },
);

test('takes up the answer that a killed process left', async () => {
  const stall = new Hold();
  await using scripted = await startModelServer({ answers: [{ text: [stall] }, { text: '둘.' }] });
  const settings = { OPENAI_BASE_URL: scripted.baseUrl, STORE_URL: `sqlite://${folder}/killed.sqlite` };
  const first = startChat(settings);
  first.process.stdin?.write('세어줘\n');
  await stall.reached;
  first.process.kill('SIGKILL');
  await first.ended;
  const second = startChat(settings);
  second.process.stdin?.end();
  expect(await second.ended).toBe(0);
  expect(second.output()).toBe('[👤 사용자] 세어줘\n[🤖 LLM 답변] 둘.\n\n');
});

test('ends when nobody reads what it writes any more', async () => {
  const chat = startChat();
  chat.process.stdout?.destroy();
  chat.process.stdin?.write('안녕\n안녕\n');
  expect(await chat.ended).toBe(0);
});
