/** Redis and PostgreSQL that go away in the middle of everything: what was asked is answered once, no history is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hold } from '../../src/simulator/model/hold.ts';
import { freePort, startProgram } from '../support/program.ts';
import { storeServers } from '../support/store-servers.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

const servers = storeServers(11);

for (const server of servers) {
  describe.skipIf(server.missing !== undefined)(`while ${server.title} is away`, { timeout: 60_000 }, () => {
    let proxy: TcpProxy;
    let own: URL;
    let world: World;
    const ask = (text: string) => world.general.says(member(), `<@${world.discord.bot.id}> ${text}`);
    const member = () =>
      world.discord.users.find(({ name: known }) => known === 'mina') ??
      world.discord.createUser({ name: 'mina', displayName: 'Mina' });
    const isThinking = () => botMessages(world.general).some(({ interaction }) => interaction?.isThinking === true);
    const lastPrompt = () => (world.model.requests.at(-1)?.messages ?? []).slice(1).map(({ text }) => text);

    beforeEach(async () => {
      own = await server.prepare();
      proxy = await startTcpProxy({ host: own.hostname, port: Number(own.port) });
      const through = new URL(own);
      through.host = `127.0.0.1:${proxy.port}`;
      world = await startWorld({ settings: { STORE_URL: through.href } });
      world.model.enqueue({ text: 'noted' });
      await replyTo(ask('remember 42'), world.general);
      await world.program.waitForEvent('turn-end');
    });
    afterEach(async () => {
      // What was not taken by a process that ends is answered by nobody, and Discord says so.
      const unanswered = '/ask was not acknowledged within 3000 ms.';
      expect(world.discord.problems.filter((problem) => problem !== unanswered)).toEqual([]);
      await world[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    });
    afterAll(async () => {
      if (own !== undefined) await server.drop(own);
    });

    /** The channel is as it should be, and the next question knows everything that was said. */
    async function expectAllKept(): Promise<void> {
      await vi.waitFor(
        async () => expect((await server.keys(own)).filter((key) => /:(turn|unreadable):/.test(key))).toEqual([]),
        { timeout: 20_000, interval: 100 },
      );
      world.model.enqueue({ text: 'yes' });
      await replyTo(ask('all there?'), world.general, (content) => content === 'yes');
      await expectToStand(world.general, ['noted', 'the answer', 'yes']);
      expect(lastPrompt()).toEqual(['Mina: remember 42', 'noted', 'Mina: how much?', 'the answer', 'Mina: all there?']);
      expect(world.program.log.filter(({ event }) => event === 'store-record-unreadable')).toEqual([]);
    }

    test('for a moment: a running answer is posted, and stored once it is back', async () => {
      const held = new Hold();
      world.model.enqueue({ text: [held, 'the answer'] });
      const question = ask('how much?');
      await held.reached;
      await proxy.cut();
      held.release();
      await replyTo(question, world.general, (content) => content === 'the answer');
      await proxy.mend();
      await expectAllKept();
    });

    test('frozen: the same', async () => {
      const held = new Hold();
      world.model.enqueue({ text: [held, 'the answer'] });
      const question = ask('how much?');
      await held.reached;
      proxy.freeze();
      held.release();
      await replyTo(question, world.general, (content) => content === 'the answer');
      proxy.thaw();
      await expectAllKept();
    });

    test('connections are lost again and again: nothing is', async () => {
      const [first, second] = [new Hold(), new Hold()];
      world.model.enqueue(
        { text: ['Wait', first, '.'], toolCalls: [{ name: 'add', arguments: '{"a":15,"b":27}' }] },
        { text: [second, 'the answer'] },
      );
      const question = ask('how much?');
      for (const held of [first, second]) {
        await held.reached;
        for (let count = 0; count < 5; count += 1) {
          await proxy.cut();
          await proxy.mend();
        }
        held.release();
      }
      await replyTo(question, world.general, (content) => content === 'the answer');
      expect(botMessages(world.general).filter(({ content }) => content.includes('add('))).toHaveLength(1);
    });

    test('for longer than the lease: nothing is posted, and all of it when it is back', async () => {
      const held = new Hold();
      world.model.enqueue({ text: [held, 'the answer'] });
      const question = ask('how much?');
      await held.reached;
      await proxy.cut();
      await world.program.waitForEvent('store-lease-in-doubt', { timeoutMs: 25_000 });
      held.release();
      await world.program.waitForEvent('turn-end-not-stored');
      expect(botMessages(world.general).map(({ content }) => content)).toEqual(['noted']);
      await proxy.mend();
      await replyTo(question, world.general, (content) => content === 'the answer');
      await expectAllKept();
      expect(world.discord.gateway.identifies).toBe(1);
    });

    test('for this bot alone: another one takes over, and this one ends without another word', async () => {
      const other = startProgram('start', {
        ...world.settings,
        STORE_URL: own.href,
        MCP_PORT: String(await freePort()),
      });
      try {
        await other.waitForEvent('store-in-use');
        const held = new Hold();
        world.model.enqueue({ text: [held, 'the wrong answer'] }, { text: 'the answer' });
        const question = ask('how much?');
        await held.reached;
        await proxy.cut();
        await other.waitForEvent('ready', { timeoutMs: 25_000 });
        await replyTo(question, world.general, (content) => content === 'the answer');
        held.release();
        await world.program.waitForEvent('turn-end-not-stored');
        await proxy.mend();
        expect(await world.program.ended).toEqual({ code: 1, signal: null });
        expect(world.program.output).toContain('Another Jupan has taken over this store');
        await expectAllKept();
      } finally {
        other.process.kill('SIGKILL');
        await other.ended;
      }
    });

    test('the bot can be stopped meanwhile, and goes on with the question after the next start', async () => {
      const held = new Hold();
      world.model.enqueue({ text: [held] });
      const question = ask('how much?');
      await held.reached;
      await proxy.cut();
      expect(await world.stop()).toEqual({ code: 0, signal: null });
      held.release();
      await proxy.mend();
      world.model.enqueue({ text: 'the answer' });
      await world.start();
      await replyTo(question, world.general, (content) => content === 'the answer');
      await expectAllKept();
    });

    test('frozen as a command comes and the bot is told to stop: what is promised is kept', async () => {
      const held = new Hold();
      world.model.enqueue({ text: [held] });
      const question = ask('how much?');
      await held.reached;
      proxy.freeze();
      await world.general.asks(member(), 'ask', { question: 'and besides?' });
      // What is set for the channel is being read.
      await sleep(150);
      const stopped = world.stop();
      await world.program.waitForEvent('stopping');
      await sleep(400);
      proxy.thaw();
      expect(await stopped).toEqual({ code: 0, signal: null });
      held.release();
      // It may still have been taken. If not, nothing was shown, and Discord says that nobody answered.
      const isPromised = isThinking();
      world.model.enqueue({ text: 'the answer' }, ...(isPromised ? [{ text: 'besides' }] : []));
      await world.start();
      await replyTo(question, world.general, (content) => content === 'the answer');
      await world.general.waitFor(() => !isThinking());
      expect(botMessages(world.general)).toHaveLength(isPromised ? 3 : 2);
    });
  });
}
