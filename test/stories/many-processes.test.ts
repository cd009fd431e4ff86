/** Any number of equal processes that share a bot's shards through the store: they come, go, are killed, and are frozen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { isServed } from '../../src/bot/discord/shards.ts';
import type { SimulatedChannel, SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { type Fleet, fleetServers, startFleet } from '../support/fleet.ts';
import type { Program } from '../support/program.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { botMessages, replyTo } from '../support/world.ts';

for (const server of fleetServers(8)) {
  describe.skipIf(server.missing !== undefined)(
    `processes that share their shards through ${server.title}`,
    { timeout: 90_000 },
    () => {
      let storeUrl: URL;
      beforeEach(async () => {
        storeUrl = await server.prepare();
      });
      afterAll(() => server.drop(storeUrl));

      const ask = async ({ discord, model, channels }: Fleet, shard: number, answer: string) => {
        const [channel, member] = [channels[shard], discord.createUser({ name: 'mina' })];
        if (channel === undefined) throw new Error(`no channel of shard ${shard}`);
        model.enqueue({ text: answer });
        await replyTo(channel.says(member, `<@${discord.bot.id}> there?`), channel, (content) => content === answer);
        expect(botMessages(channel).filter(({ content }) => content === answer)).toHaveLength(1);
      };

      test('spread them evenly, and move them without an IDENTIFY when one comes and when one ends', async () => {
        await using fleet = await startFleet({ storeUrl: storeUrl.href, shards: 4 });
        const { discord, channels } = fleet;
        const first = fleet.start();
        await fleet.untilServed([[first, 4]]);
        for (const shard of channels.keys()) await ask(fleet, shard, `first ${shard}`);
        const { identifies } = discord.gateway;
        expect(identifies).toBe(4);
        const second = fleet.start();
        await fleet.untilServed([
          [first, 2],
          [second, 2],
        ]);
        for (const shard of channels.keys()) await ask(fleet, shard, `second ${shard}`);
        first.process.kill('SIGTERM');
        expect(await first.ended).toEqual({ code: 0, signal: null });
        await fleet.untilServed([[second, 4]]);
        for (const shard of channels.keys()) await ask(fleet, shard, `third ${shard}`);
        expect(discord.gateway.identifies).toBe(identifies);
        expect(discord.problems).toEqual([]);
      });

      /** Two processes with two shards each, and a turn of each in mid-air. */
      const startTwo = async (settings: Readonly<Record<string, string>> = {}, respond?: Respond) => {
        await using starting = new AsyncDisposableStack();
        const model = respond === undefined ? {} : { respond };
        const fleet = starting.use(await startFleet({ storeUrl: storeUrl.href, shards: 4, model }));
        const first = fleet.start(settings);
        await fleet.untilServed([[first, 4]]);
        const second = fleet.start();
        await fleet.untilServed([
          [first, 2],
          [second, 2],
        ]);
        starting.move(); // The test's own now.
        return { fleet, first, second };
      };
      const askHeld = async ({ discord, model, channels }: Fleet, shard: number, ...next: readonly string[]) => {
        const [channel, held] = [channels[shard], new Hold()];
        if (channel === undefined) throw new Error(`no channel of shard ${shard}`);
        model.enqueue({ text: [held, 'of the first'] }, ...next.map((text) => ({ text })));
        const question = channel.says(discord.createUser({ name: 'mina' }), `<@${discord.bot.id}> there?`);
        await held.reached;
        return { channel, held, question };
      };

      test('go on with the turns of one that is killed, within seconds, and answer what was asked meanwhile', async () => {
        // Which of the two is answered first is open.
        const { fleet, first, second } = await startTwo({}, ({ messages }) => ({
          text: JSON.stringify(messages.at(-1)).includes('and now?') ? 'now' : 'of the other',
        }));
        await using _ = fleet;
        const { discord, channels } = fleet;
        const [shard = 0, other = 0] = fleet.shardsOf(first);
        const { identifies } = discord.gateway;
        const { channel, held, question } = await askHeld(fleet, shard);
        first.process.kill('SIGKILL');
        await first.ended;
        held.release();
        const missed = channels[other]?.says(discord.createUser({ name: 'jun' }), `<@${discord.bot.id}> and now?`);
        await replyTo(question, channel, (content) => content === 'of the other');
        if (missed !== undefined && channels[other] !== undefined)
          await replyTo(missed, channels[other], (content) => content === 'now');
        expect(botMessages(channel)).toHaveLength(1);
        await fleet.untilServed([[second, 4]]);
        expect(discord.gateway.identifies).toBe(identifies);
        expect(discord.problems).toEqual([]);
      });

      test('take over from one that is frozen; thawed, it says nothing and ends', async () => {
        const { fleet, first, second } = await startTwo();
        await using _ = fleet;
        const { discord, channels } = fleet;
        const [shard = 0] = fleet.shardsOf(first);
        const { channel, held, question } = await askHeld(fleet, shard, 'of the other');

        first.process.kill('SIGSTOP');
        held.release();
        await replyTo(question, channel, (content) => content === 'of the other');

        await fleet.untilServed([[second, 4]]);
        const before = channels.map((each) => each.transcript());
        first.process.kill('SIGCONT');
        expect(await first.ended).toEqual({ code: 1, signal: null });
        expect(first.output).toContain('Another Jupan has taken over');
        expect(channels.map((each) => each.transcript())).toEqual(before);
        await fleet.untilServed([[second, 4]]);
        for (const each of channels.keys()) await ask(fleet, each, `after ${each}`);
        expect(discord.problems).toEqual([]);
      });

      test('answer a command from where the bot is not once, by the one whose shard was told of it', async () => {
        await using fleet = await startFleet({ storeUrl: storeUrl.href, shards: 4, settings: { USER_INSTALL: 'on' } });
        const { discord, model } = fleet;
        const first = fleet.start();
        await fleet.untilServed([[first, 4]]);
        await first.waitForEvent('commands-registered');
        // Of those that move to the second by the number of its guild, and told to one that stays.
        const channel = await channelElsewhere(discord, { shard: 3, shards: 4 });
        discord.gateway.tellOfOtherGuilds(0);
        const [mina, held] = [discord.createUser({ name: 'mina' }), new Hold()];
        model.enqueue({ text: [held, 'of the first'] });
        await channel.asks(mina, 'ask', { question: 'anybody?' });
        await held.reached;
        const second = fleet.start();
        await fleet.untilServed([
          [first, 2],
          [second, 2],
        ]);
        expect(fleet.shardsOf(second)).toContain(3);
        // Once new questions are answered there, the turns that stood are known.
        await ask(fleet, 3, 'of the shard');
        expect(model.requests).toHaveLength(2);
        model.enqueue({ text: 'of the second' });
        first.process.kill('SIGKILL');
        await first.ended;
        held.release();
        const isAnswered = () => botMessages(channel).some(({ content }) => content === '> anybody?\nof the second');
        await channel.waitFor(isAnswered, { timeoutMs: 30_000 });
        await fleet.untilServed([[second, 4]]);
        for (const shard of fleet.channels.keys()) await ask(fleet, shard, `after ${shard}`);
        expect(botMessages(channel)).toHaveLength(1);
        expect(model.requests).toHaveLength(7);
        expect([...model.problems, ...discord.problems]).toEqual([]);
      });

      test('take over from one that cannot reach the store, which says nothing from then on', async () => {
        await using proxy = await startTcpProxy({ host: storeUrl.hostname, port: Number(storeUrl.port) });
        const through = new URL(storeUrl);
        through.port = String(proxy.port);
        const { fleet, first, second } = await startTwo({ STORE_URL: through.href });
        await using _ = fleet;
        const { discord, channels } = fleet;
        const [shard = 0] = fleet.shardsOf(first);
        const { channel, held, question } = await askHeld(fleet, shard, 'of the other');
        await proxy.cut();
        const posts = () => postsOf(fleet, first);
        await replyTo(question, channel, (content) => content === 'of the other');
        const before = posts();
        held.release();
        await fleet.untilServed([[second, 4]]);
        for (const each of channels.keys()) await ask(fleet, each, `after ${each}`);
        await proxy.mend();
        expect(await first.ended).toEqual({ code: 1, signal: null });
        expect(posts()).toBe(before);
        expect(botMessages(channel).map(({ content }) => content)).not.toContain('of the first');
        expect(discord.problems).toEqual([]);
      });

      test('take over from one that cannot reach Discord, until it can', async () => {
        const { fleet, first, second } = await startTwo();
        await using _ = fleet;
        const { discord, channels } = fleet;
        const { identifies } = discord.gateway;
        const [shard = 0] = fleet.shardsOf(first);
        const { channel, held, question } = await askHeld(fleet, shard);
        discord.cutOff(first.process.pid ?? 0, true);
        held.release();
        await replyTo(question, channel, (content) => content === 'of the first');
        await fleet.untilServed([[second, 4]]);
        for (const each of channels.keys()) await ask(fleet, each, `meanwhile ${each}`);
        discord.cutOff(first.process.pid ?? 0, false);
        await fleet.untilServed([
          [first, 2],
          [second, 2],
        ]);
        for (const each of channels.keys()) await ask(fleet, each, `after ${each}`);
        expect(discord.gateway.identifies).toBe(identifies);
        expect(discord.problems).toEqual([]);
      });
    },
  );
}

/** In a guild that the bot is no member of, and whose number is that shard's. */
async function channelElsewhere(
  discord: SimulatedDiscord,
  { shard, shards }: { readonly shard: number; readonly shards: number },
): Promise<SimulatedChannel> {
  for (;;) {
    const guild = discord.createGuild({ name: 'Elsewhere', hasBot: false });
    if (isServed({ guildId: guild.id }, { ids: [shard], count: shards })) return discord.createChannel(guild, 'talk');
    await sleep(1); // The millisecond of its creation decides.
  }
}

/** How many messages that process has written, by the connections that it has had. */
function postsOf({ discord, everyPortOf }: Fleet, program: Program): number {
  const ports = everyPortOf(program);
  return discord.requests.filter(({ method, port }) => method !== 'GET' && ports.has(port)).length;
}
