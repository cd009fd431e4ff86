/** Several processes behind the one address to which Discord posts: whoever gets a command, whoever has the shard answers, also while that is on its way. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedChannel } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { startBalancer } from '../support/balancer.ts';
import { type Fleet, fleetServers, startFleet } from '../support/fleet.ts';
import { answerTo, labelsOf, press, useCommand } from '../support/private.ts';
import { freePort, type Program } from '../support/program.ts';
import { botMessages } from '../support/world.ts';

for (const server of fleetServers(6)) {
  describe.skipIf(server.missing !== undefined)(`interactions by HTTP on ${server.title}`, { timeout: 120_000 }, () => {
    let storeUrl: URL;
    beforeEach(async () => {
      storeUrl = await server.prepare();
    });
    afterAll(() => server.drop(storeUrl));

    /** Processes with two shards each, in the order in which they came. */
    const startTwo = async (respond?: Respond, acknowledgeWithinMs = 3_000) => {
      await using starting = new AsyncDisposableStack();
      const model = respond === undefined ? {} : { respond };
      const fleet = starting.use(
        await startFleet({ storeUrl: storeUrl.href, shards: 4, model, discord: { acknowledgeWithinMs } }),
      );
      const balancer = starting.use(await startBalancer());
      const portOf = new Map<Program, number>();
      const start = async (): Promise<Program> => {
        const port = await freePort();
        const program = fleet.start({ INTERACTIONS_PORT: String(port) });
        portOf.set(program, port);
        return program;
      };
      const share = (...programs: Program[]) => {
        balancer.ports = programs.map((program) => portOf.get(program) ?? 0);
      };
      const first = await start();
      await fleet.untilServed([[first, 4]]);
      await first.waitForEvent('commands-registered');
      const second = await start();
      await fleet.untilServed([
        [first, 2],
        [second, 2],
      ]);
      share(first, second);
      await fleet.discord.endpoint.set(balancer.url);
      return { stack: starting.move(), fleet, balancer, first, second, start, share };
    };
    const channelOf = ({ channels }: Fleet, shard: number | undefined): SimulatedChannel => {
      const channel = channels[shard ?? 0];
      if (channel === undefined) throw new Error(`no channel of shard ${shard}`);
      return channel;
    };
    const answersOf = (channel: SimulatedChannel, answer: string) =>
      botMessages(channel).filter(({ content }) => content.endsWith(`\n${answer}`));
    const untilAnswered = (channel: SimulatedChannel, answer: string) =>
      channel.waitFor(() => answersOf(channel, answer)[0], { timeoutMs: 40_000 });

    test('are answered by whoever has the shard, wherever they come in', async () => {
      const { stack, fleet, first, second } = await startTwo();
      await using _ = stack;
      const { discord, model, channels } = fleet;
      const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
      // Two of each in a row: one comes to the process that has the shard, and one to the other.
      for (const channel of channels) {
        for (const answer of [`${channel.name} one`, `${channel.name} two`]) {
          model.enqueue({ text: answer });
          await channel.asks(mina, 'ask', { question: 'who?' });
          await untilAnswered(channel, answer);
        }
        for (const answer of ['pressed', 'pressed again']) {
          const help = await useCommand(channel, mina, 'help');
          model.enqueue({ text: answer });
          await press(channel, mina, help, labelsOf(help)[0] ?? '');
          await untilAnswered(channel, answer);
          expect(await channel.completes(mina, 'tools', 'tool', 'sq')).not.toEqual([]);
        }
      }
      expect(discord.endpoint.deliveries.every(({ status }) => status === 202)).toBe(true);
      expect(discord.problems).toEqual([]);
      for (const { log } of [first, second])
        expect(log.filter(({ event }) => String(event).startsWith('interaction-'))).toEqual([]);
    });

    test('are acknowledged in time and answered once each while shards move, and when a process ends', async () => {
      const { stack, fleet, first, second, start, share } = await startTwo(() => ({ text: 'moved' }));
      await using _ = stack;
      const { discord, channels } = fleet;
      const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
      const moving = new AbortController();
      const asking = channels.map(async (channel) => {
        const ids: string[] = [];
        while (!moving.signal.aborted) {
          const id = await channel.asks(mina, 'ask', { question: `number ${ids.length}` });
          ids.push(id);
          await channel.waitFor(() => botMessages(channel).find(({ interaction }) => interaction?.id === id), {
            timeoutMs: 40_000,
          });
        }
        const isThinking = () => botMessages(channel).some(({ interaction }) => interaction?.isThinking === true);
        await channel.waitFor(() => !isThinking(), { timeoutMs: 40_000 });
        expect(botMessages(channel).map(({ interaction }) => interaction?.id)).toEqual(ids);
      });
      const third = await start();
      await expect.poll(() => fleet.shardsOf(third).length, { timeout: 45_000 }).toBe(1);
      share(second, third);
      first.process.kill('SIGTERM');
      expect(await first.ended).toEqual({ code: 0, signal: null });
      await fleet.untilServed([
        [second, 2],
        [third, 2],
      ]);
      moving.abort();
      await Promise.all(asking);
      expect(discord.endpoint.deliveries.filter(({ status }) => status !== 202)).toEqual([]);
      expect(discord.problems).toEqual([]);
    });

    test('of a process that is gone are answered once by the next: a question, one in private, and a command', async () => {
      const echo: Respond = ({ messages }) => ({
        text: JSON.stringify(messages.at(-1)).includes('me?') ? 'in secret' : 'after all',
      });
      // Whose process is frozen is answered after 2.2 s. What is told in time on a busy machine is not what this is about.
      const { stack, fleet, first, second, share } = await startTwo(echo, 4_500);
      await using _ = stack;
      const { discord } = fleet;
      const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
      const channel = channelOf(fleet, fleet.shardsOf(first)[0]);
      // What is pressed while nobody has the shard cannot be answered before Discord has given up.
      const help = await useCommand(channel, mina, 'help');
      // Frozen, it is waited for: its process is there.
      first.process.kill('SIGSTOP');
      share(second);
      const pressed = await press(channel, mina, help, labelsOf(help)[0] ?? '');
      await channel.asks(mina, 'ask', { question: 'anybody?' });
      const secret = await channel.asks(mina, 'ask', { question: 'and me?', private: 'true' });
      const tools = await channel.asks(mina, 'tools', {});
      expect((await answerTo(channel, pressed)).content).toContain('moving to another machine');
      await untilAnswered(channel, 'after all');
      expect((await answerTo(channel, secret)).content).toContain('in secret');
      expect((await answerTo(channel, tools)).content).toContain('add');
      await fleet.untilServed([[second, 4]]);
      const before = fleet.channels.map((each) => each.transcript());
      first.process.kill('SIGCONT');
      expect(await first.ended).toEqual({ code: 1, signal: null });
      expect(fleet.channels.map((each) => each.transcript())).toEqual(before);
      expect(answersOf(channel, 'after all')).toHaveLength(1);
      expect(discord.problems).toEqual([]);
    });

    test('are answered once although whoever has acknowledged them, and whoever answers them, is killed', async () => {
      const { stack, fleet, first, second, start, share } = await startTwo(undefined, 4_500);
      await using _ = stack;
      const { discord, model } = fleet;
      const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
      const channel = channelOf(fleet, fleet.shardsOf(first)[0]);
      first.process.kill('SIGSTOP');
      share(second);
      const held = new Hold();
      model.enqueue({ text: [held, 'never'] }, { text: 'at last' });
      const id = await channel.asks(mina, 'ask', { question: 'still?' });
      await channel.waitFor(() => botMessages(channel).some(({ interaction }) => interaction?.id === id));
      await held.reached;
      second.process.kill('SIGKILL');
      first.process.kill('SIGKILL');
      held.release();
      const third = await start();
      await fleet.untilServed([[third, 4]]);
      await untilAnswered(channel, 'at last');
      share(third);
      expect(await discord.endpoint.repeat(id)).toBe(true);
      await useCommand(channel, mina, 'help');
      expect(answersOf(channel, 'at last')).toHaveLength(1);
      expect(discord.problems).toEqual([]);
    });

    test('are not acknowledged any more by a process that was frozen before it did', async () => {
      const { stack, fleet, first, second, start, share } = await startTwo();
      await using _ = stack;
      const { discord } = fleet;
      const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
      const channel = channelOf(fleet, fleet.shardsOf(second)[0]);
      second.process.kill('SIGSTOP');
      share(first);
      const id = await channel.asks(mina, 'ask', { question: 'frozen?' });
      await expect.poll(() => discord.endpoint.deliveries.some(({ interactionId }) => interactionId === id)).toBe(true);
      first.process.kill('SIGSTOP');
      const third = await start();
      await fleet.untilServed([[third, 4]]);
      await third.waitForEvent('interaction-too-late');
      const requests = discord.requests.length;
      first.process.kill('SIGCONT');
      second.process.kill('SIGCONT');
      expect(await Promise.all([first.ended, second.ended])).toEqual([
        { code: 1, signal: null },
        { code: 1, signal: null },
      ]);
      // The third may still register its commands.
      const saying = discord.requests
        .slice(requests)
        .filter(({ path }) => /\/(interactions|webhooks|messages)/.test(path));
      expect(saying).toEqual([]);
      expect(botMessages(channel)).toEqual([]);
      // Nobody could answer: Discord says so to whoever asked.
      expect(discord.problems).toEqual(['/ask was not acknowledged within 3000 ms.']);
    });
  });
}
