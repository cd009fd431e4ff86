/** How often a bot may identify, and what becomes of a session that another process goes on with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi } from './bot.ts';
import { connect, identity } from './gateway-client.ts';

test('what Discord recommends and allows is told by /gateway/bot', async () => {
  await using discord = await startDiscord({ sessionStarts: 7, maxConcurrency: 2, recommendedShards: 16 });
  using client = await connect(discord);
  client.send(2, identity(discord, { shard: [0, 16] }));
  await client.event('READY');
  const { body } = await callApi(discord, 'GET', '/gateway/bot');
  expect(body).toMatchObject({ shards: 16, session_start_limit: { total: 7, remaining: 6, max_concurrency: 2 } });
});

test('two shards that share their turn may not identify at once; others may', async () => {
  await using discord = await startDiscord({ maxConcurrency: 2 });
  const identified = async (id: number) => {
    const client = await connect(discord);
    client.send(2, identity(discord, { shard: [id, 4] }));
    return await client.find(({ op, t }) => op === 9 || t === 'READY');
  };
  expect((await identified(0)).t).toBe('READY');
  expect((await identified(1)).t).toBe('READY');
  expect(await identified(2)).toMatchObject({ op: 9, d: false });
  expect(discord.problems).toEqual(['Shard 2 identified within 5 s of another that it shares its turn with.']);
});

test('a bot that identifies more often than it may in a day loses its token', async () => {
  await using discord = await startDiscord({ sessionStarts: 1 });
  using first = await connect(discord);
  first.send(2, identity(discord));
  await first.event('READY');
  using second = await connect(discord);
  second.send(2, identity(discord));
  expect(await Promise.all([first.closed, second.closed])).toEqual([4004, 4004]);
  using third = await connect(discord);
  third.send(2, identity(discord));
  expect(await third.closed).toBe(4004);
  expect(discord.problems).toHaveLength(1);
});

test('a session that is resumed elsewhere loses its first socket, and nothing of what it was told', async () => {
  await using discord = await startDiscord();
  const [general] = discord.channels;
  const member = discord.createUser({ name: 'mina' });
  using first = await connect(discord);
  first.send(2, identity(discord));
  const ready = await first.event('READY');
  general?.says(member, `<@${discord.bot.id}> one`);
  await first.event('MESSAGE_CREATE');
  using second = await connect(discord);
  second.send(6, { token: discord.token, session_id: ready.d.session_id, seq: ready.s });
  expect(await first.closed).toBe(1006);
  await second.event('RESUMED');
  expect((await second.event('MESSAGE_CREATE')).d.content).toContain('one');
  general?.says(member, `<@${discord.bot.id}> two`);
  await second.find(({ t, d }) => t === 'MESSAGE_CREATE' && String(d.content).includes('two'));
  expect(discord.gateway.sessions).toMatchObject([{ shard: [0, 1] }]);
});

test.skipIf(process.platform !== 'linux')('nothing comes through from a process that is cut off', async () => {
  await using discord = await startDiscord();
  const other = startOther(`${discord.apiUrl}/v10/gateway`);
  try {
    expect(await other.ask()).toBe('200');
    discord.cutOff(other.process.pid ?? 0, true);
    expect(await other.ask()).toBe('failed');
    expect((await callApi(discord, 'GET', '/gateway')).status).toBe(200);
    discord.cutOff(other.process.pid ?? 0, false);
    expect(await other.ask()).toBe('200');
  } finally {
    other.process.kill('SIGKILL');
  }
});

/** A process that asks for the address once for each line it is sent, and prints what came of it. */
function startOther(address: string): { readonly process: ChildProcess; ask(): Promise<string> } {
  const program = `process.stdin.on('data', async () => {
    const status = await fetch(${JSON.stringify(address)}).then((answer) => answer.status, () => 'failed');
    process.stdout.write(String(status));
  });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    process: child,
    async ask() {
      const answer = once(child.stdout, 'data');
      child.stdin.write('ask\n');
      return String((await answer)[0]);
    },
  };
}
