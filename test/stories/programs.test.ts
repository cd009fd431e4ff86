/** The contract's «Commands» and «Settings»: how the programs start, what they say when they cannot, and how they stop. */
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { type ModelServer, startModelServer } from '../../src/simulator/model/model-server.ts';
import { freePort, startProgram } from '../support/program.ts';
import { replyTo, startWorld } from '../support/world.ts';

let discord: SimulatedDiscord;
let model: ModelServer;
let folder: string;

beforeAll(async () => {
  [discord, model, folder] = await Promise.all([
    startDiscord(),
    startModelServer(),
    mkdtemp(join(tmpdir(), 'jupan-programs-')),
  ]);
});

afterAll(async () => {
  await Promise.all([discord.close(), model.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Settings that work, in a store of their own. */
async function goodSettings(): Promise<Record<string, string>> {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(await freePort()),
    STORE_URL: `sqlite://${folder}/${await freePort()}.sqlite`,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The processes below this one, by their parents as the kernel tells. */
async function descendantsOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    pids.map(
      async (each) =>
        [
          each,
          Number(/^PPid:\s*(\d+)/m.exec(await readFile(`/proc/${each}/status`, 'utf8').catch(() => ''))?.[1] ?? 0),
        ] as const,
    ),
  );
  const children = parents.filter(([, parent]) => parent === pid).map(([each]) => each);
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

describe('bad settings end the program at once, with status 1 and one message that names every variable', () => {
  test('nothing set', async () => {
    const program = startProgram('start', {});
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.errors).toMatch(/DISCORD_TOKEN: is missing.*discord\.com\/developers/);
    expect(program.errors).toMatch(/OPENAI_API_KEY: is missing.*platform\.openai\.com/);
    expect(program.output).not.toMatch(/^\s+at /m);
  });

  test('several wrong ones, a token that Discord refuses among them', async () => {
    const program = startProgram('start', {
      ...(await goodSettings()),
      DISCORD_TOKEN: 'a.wrong.token',
      OPENAI_TEMPERATURE: 'warm',
      LOG_LEVEL: 'loud',
    });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    for (const variable of ['DISCORD_TOKEN', 'OPENAI_TEMPERATURE', 'LOG_LEVEL'])
      expect(program.errors).toContain(`${variable}: `);
    expect(program.output).not.toContain('a.wrong.token');
  });

  test('a token that Discord refuses, an address that is taken and a store that cannot be opened', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const settings = {
      ...(await goodSettings()),
      DISCORD_TOKEN: 'a.wrong.token',
      MCP_PORT: String(port),
      STORE_URL: 'sqlite:///proc/none/jupan.sqlite',
    };
    const program = startProgram('start', settings);
    expect(await program.ended).toEqual({ code: 1, signal: null });
    server.close();
    for (const variable of ['DISCORD_TOKEN', 'MCP_PORT', 'STORE_URL'])
      expect(program.errors).toContain(`${variable}: `);
    expect(program.output).not.toMatch(/^\s+at /m);
  });
});

describe('told to stop', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'npm start ends on %s to npm itself, with status 0 and no process left behind',
    async (signal) => {
      const program = startProgram('start', await goodSettings(), { viaNpm: true });
      await program.waitForEvent('ready', { timeoutMs: 20_000 });
      const pids = await descendantsOf(program.process.pid ?? 0);
      expect(pids.length).toBeGreaterThanOrEqual(2);
      program.process.kill(signal);
      expect(await program.ended).toEqual({ code: 0, signal: null });
      expect(pids.filter(isAlive)).toEqual([]);
    },
  );

  test('the bot ends within 10 s even while a model never answers, and goes on with the question after the next start', async () => {
    const world = await startWorld();
    await using _ = world;
    const never = new Hold();
    world.model.enqueue({ text: [never] });
    const jimin = world.discord.createUser({ name: 'jimin' });
    const question = world.general.says(jimin, `<@${world.discord.bot.id}> hello`);
    await never.reached;
    const before = Date.now();
    expect(await world.stop()).toEqual({ code: 0, signal: null });
    expect(Date.now() - before).toBeLessThan(10_000);
    world.model.enqueue({ text: 'there you are' });
    await world.start();
    expect((await replyTo(question, world.general)).content).toBe('there you are');
  });

  test('while Discord has not let it in yet, it ends without waiting for that', async () => {
    const gateway = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(gateway, 'listening');
    const identified = Promise.withResolvers<void>();
    gateway.on('connection', (socket) => {
      socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 40_000 }, s: null, t: null }));
      socket.on('message', () => identified.resolve());
    });
    const { port } = gateway.address() as AddressInfo; // A TCP server has an address with a port.
    const limit = { total: 1000, remaining: 1000, reset_after: 1000, max_concurrency: 1 };
    const body = { url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit };
    discord.faults.add({ route: '/gateway/bot', times: 10, effect: { type: 'status', status: 200, body } });
    const program = startProgram('bot', await goodSettings());
    await identified.promise;
    program.process.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.log.map(({ event }) => event)).not.toContain('stopped-late');
    discord.faults.clear();
    for (const socket of gateway.clients) socket.terminate();
    gateway.close();
  });

  test('a running answer gets the time to finish', async () => {
    const world = await startWorld();
    await using _ = world;
    const held = new Hold();
    const add = { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] };
    world.model.enqueue(({ messages }) => ({ ...add, text: [held, messages.at(-1)?.text ?? ''] }), {
      text: 'just in time',
    });
    const jimin = world.discord.createUser({ name: 'jimin' });
    const question = world.general.says(jimin, `<@${world.discord.bot.id}> hello`);
    await held.reached;
    // As a service manager does: to every process at once. The calculator is still needed.
    for (const pid of await descendantsOf(world.program.process.pid ?? 0)) process.kill(pid, 'SIGTERM');
    const stopped = world.stop();
    await world.program.waitForEvent('stopping');
    // Longer than the program needs to end when it waits for nothing.
    await sleep(1000);
    held.release();
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect((await replyTo(question, world.general)).content).toBe('just in time');
    expect(world.general.transcript()).toContain('✅ add({"a":1,"b":2}) → 3');
  });
});

test('a calculator that dies is started again; until then its calls fail in plain words', async () => {
  const world = await startWorld({ discord: { channelRequestsPer5s: Number.POSITIVE_INFINITY } });
  await using _ = world;
  const jimin = world.discord.createUser({ name: 'jimin' });
  const mention = `<@${world.discord.bot.id}>`;
  const ask = async (text: string) => {
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text });
    await replyTo(world.general.says(jimin, `${mention} 1+2`), world.general, (content) => content === text);
  };
  await ask('first');
  for (const pid of await descendantsOf(world.program.process.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await world.program.waitForEvent('calculator-exit');
  await ask('right after');
  await world.program.waitForOutput(/"event":"listening".*"event":"listening"/s, { timeoutMs: 15_000 });
  // The agent notices by itself, a moment later at the most.
  const isBack = () => world.general.messages.at(-2)?.content === '✅ add({"a":1,"b":2}) → 3';
  for (let round = 0; round < 20 && !isBack(); round += 1) {
    await sleep(round * 50);
    await ask(`back ${round}`);
  }
  await world.general.waitFor(isBack);
  expect(world.discord.problems).toEqual([]);
});

test('npm run bot answers without tools, and says so, while no tool server is there', async () => {
  const world = await startWorld({ program: 'bot' });
  await using _ = world;
  const jimin = world.discord.createUser({ name: 'jimin' });
  world.model.enqueue({ text: '아마 42일 거예요.' });
  const question = world.general.says(jimin, `<@${world.discord.bot.id}> 15+27`);
  await replyTo(question, world.general);
  const [warning, answer] = world.general.messages.filter(({ author }) => author.isBot);
  expect(warning?.content).toMatch(/^⚠️ .*도구/);
  expect(answer?.content).toBe('아마 42일 거예요.');
});
