/** A Redis server of the test's own, which is killed, started again and frozen in the middle of turns. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hold } from '../../src/simulator/model/hold.ts';
import { freePort } from '../support/program.ts';
import { isRedisInstalled, startRedisServer } from '../support/redis-server.ts';
import { expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

describe.skipIf(!isRedisInstalled)(
  `a real Redis server${isRedisInstalled ? '' : ' (skipped: redis-server is not installed)'}`,
  { timeout: 60_000 },
  () => {
    let folder: string;
    let port: number;
    let server: ChildProcess;
    let world: World;

    async function startServer(): Promise<void> {
      server = await startRedisServer(port, { dir: folder, appendonly: 'yes', appendfsync: 'always', save: '' });
    }

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jupan-redis-'));
      port = await freePort();
      await startServer();
      world = await startWorld({ settings: { STORE_URL: `redis://127.0.0.1:${port}` } });
    });
    afterEach(async () => {
      expect(world.discord.problems).toEqual([]);
      await world[Symbol.asyncDispose]();
      server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    });

    /** A turn in the midst of which `disturb` happens, then one that must know of it. */
    async function askThrough(disturb: () => Promise<void>): Promise<void> {
      const member = world.discord.createUser({ name: 'mina', displayName: 'Mina' });
      const ask = (text: string) => world.general.says(member, `<@${world.discord.bot.id}> ${text}`);
      const held = new Hold();
      world.model.enqueue(
        { toolCalls: [{ name: 'add', arguments: '{"a":15,"b":27}' }] },
        { text: ['It ', held, 'is 42.'] },
        { text: 'Yes.' },
      );
      const question = ask('15 + 27?');
      await held.reached;
      await disturb();
      held.release();
      await replyTo(question, world.general, (content) => content === 'It is 42.');
      // Once its turn is settled, the next question is answered from the history.
      await vi.waitFor(() => expect(listTurns()).toBe(''), { timeout: 20_000, interval: 100 });
      await replyTo(ask('sure?'), world.general, (content) => content === 'Yes.');
      await expectToStand(world.general, ['✅ add({"a":15,"b":27}) → 42', 'It is 42.', 'Yes.']);
      expect(
        world.model.requests
          .at(-1)
          ?.messages.slice(1)
          .map(({ role }) => role),
      ).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    }

    const listTurns = () =>
      execFileSync('redis-cli', ['-p', String(port), 'keys', 'jupan:turn:*'], { encoding: 'utf8' }).trim();

    test('that is killed and started again loses nothing, and the bot goes on', () =>
      askThrough(async () => {
        const gone = once(server, 'exit');
        server.kill('SIGKILL');
        await gone;
        await world.program.waitForEvent('store-connection-lost');
        await startServer();
      }));

    test('that is frozen and thawed: the same', () =>
      askThrough(async () => {
        server.kill('SIGSTOP');
        await world.program.waitForEvent('store-connection-lost');
        server.kill('SIGCONT');
      }));
  },
);
