/** Several processes that are one bot: Discord's limits, and those of a model server, are the bot's and not each one's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SimulatedChannel } from '../../src/simulator/discord/discord.ts';
import type { LoggedRequest } from '../../src/simulator/discord/face/request.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { type Fleet, fleetServers, startFleet } from '../support/fleet.ts';
import type { Program } from '../support/program.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { botMessages, replyTo } from '../support/world.ts';

const perSecond = 20;
/** Drafts of it come for as long as it grows. */
const slow = Array.from({ length: 60 }, (_, index) => `${index} `);
const respond: Respond = ({ messages }) =>
  JSON.stringify(messages.at(-1)).includes('slowly') ? { text: slow, chunkDelayMs: 150 } : { text: 'done' };

for (const server of fleetServers(13)) {
  describe.skipIf(server.missing !== undefined)(
    `two processes with one token on ${server.title}`,
    { timeout: 90_000 },
    () => {
      let storeUrl: URL;
      beforeEach(async () => {
        storeUrl = await server.prepare();
      });
      afterAll(() => server.drop(storeUrl));

      const startLimited = (shards: number, settings: Readonly<Record<string, string>> = {}) =>
        startFleet({
          storeUrl: storeUrl.href,
          shards,
          settings: { DISCORD_REQUESTS_PER_SECOND: String(perSecond), ...settings },
          discord: { globalRequestsPerSecond: perSecond },
          model: { respond },
        });

      /** Each has two of four shards. */
      const startTwo = async (settings: Readonly<Record<string, string>> = {}) => {
        await using starting = new AsyncDisposableStack();
        const fleet = starting.use(await startLimited(4, settings));
        const first = fleet.start({ DISCORD_SHARDS: '0-1/4' });
        const second = fleet.start({ DISCORD_SHARDS: '2-3/4' });
        await fleet.untilServed([
          [first, 2],
          [second, 2],
        ]);
        await Promise.all([first, second].map((program) => program.waitForEvent('commands-registered')));
        await untilSettled(fleet, [first, second]);
        starting.move(); // The test's own now.
        return { fleet, first, second };
      };

      const untilSettled = async (fleet: Fleet, programs: readonly Program[]) => {
        const knowEachOther = () => programs.every(({ output }) => output.includes('"members":2'));
        await vi.waitFor(() => expect(knowEachOther()).toBe(true), 20_000);
        await untilQuiet(fleet);
      };

      test('never ask more of Discord than it takes, and answer everybody', async () => {
        const { fleet } = await startTwo();
        await using _ = fleet;
        const from = fleet.discord.requests.length;
        await Promise.all(openChannels(fleet, [0, 1, 2, 3], 12).map((channel) => answered(fleet, channel, 'quickly')));
        expect(refused(fleet.discord.requests.slice(from))).toEqual([]);
        expect(fleet.discord.problems).toEqual([]);
      });

      test('never ask for more when shards move, and with them what is to be known of their servers', async () => {
        await using fleet = await startLimited(8);
        const [first, second] = [fleet.start(), fleet.start()];
        await fleet.untilServed([
          [first, 4],
          [second, 4],
        ]);
        // By whoever has the first shard.
        await Promise.any([first, second].map((program) => program.waitForEvent('commands-registered')));
        await untilSettled(fleet, [first, second]);
        const from = fleet.discord.requests.length;
        const shards = [0, 1, 2, 3, 4, 5, 6, 7];
        const askInAll = () => openChannels(fleet, shards, 4).map((channel) => answered(fleet, channel, 'quickly'));
        const before = Promise.all(askInAll());
        before.catch(() => undefined); // Waited for below.
        second.process.kill('SIGTERM');
        await fleet.untilServed([[first, 8]]);
        await Promise.all([before, ...askInAll()]);
        const loaded = fleet.discord.requests
          .slice(from)
          .filter(({ route }) => route === '/guilds/{guild.id}/channels');
        expect(loaded.length).toBeGreaterThanOrEqual(4);
        expect(refused(fleet.discord.requests.slice(from))).toEqual([]);
        expect(fleet.discord.problems).toEqual([]);
      });

      test('never ask for more where one of them is alone, however few channels ask', async () => {
        await using fleet = await startLimited(1);
        const alone = fleet.start();
        await fleet.untilServed([[alone, 1]]);
        await alone.waitForEvent('commands-registered');
        await untilQuiet(fleet);
        const from = fleet.discord.requests.length;
        const askOnAndOn = async (channel: SimulatedChannel) => {
          for (let count = 0; count < 10; count += 1) await answered(fleet, channel, 'quickly');
        };
        await Promise.all(openChannels(fleet, [0], 6).map(askOnAndOn));
        expect(refused(fleet.discord.requests.slice(from))).toEqual([]);
        expect(fleet.discord.problems).toEqual([]);
      });

      // Who sent how much is counted while the machine has other things to do: what does not hold in three tries does not hold.
      test('let the answers of one go before the drafts and the typing of the other', { retry: 2 }, async () => {
        const { fleet, first, second } = await startTwo();
        await using _ = fleet;
        const { requests } = fleet.discord;
        const growing = Promise.all(
          openChannels(fleet, [0, 1], 15).map((channel) => answered(fleet, channel, 'slowly')),
        );
        growing.catch(() => undefined); // Waited for below.
        const edits = () => requests.filter(({ method }) => method === 'PATCH').length;
        await vi.waitFor(() => expect(edits()).toBeGreaterThan(perSecond), { timeout: 20_000, interval: 20 });
        const from = requests.length;
        await Promise.all(openChannels(fleet, [2, 3], 10).map((channel) => answered(fleet, channel, 'quickly')));
        const meanwhile = requests.slice(from);
        const [theirs = 0, ours = 0] = [first, second].map(
          (each) => ofPorts(meanwhile, fleet.everyPortOf(each)).length,
        );
        // Each would have its half if nothing went before anything: the drafts alone want more than all there is.
        expect(theirs).toBeLessThan(ours * 0.75);
        await growing;
        expect(refused(requests)).toEqual([]);
      });

      test('take no more questions a minute of a member than one of them would', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'jupan-rate-'));
        onTestFinished(() => rm(folder, { recursive: true }));
        const operator = join(folder, 'jupan.json');
        await writeFile(operator, JSON.stringify({ limits: { questionsPerMinute: 4 } }));
        const { fleet } = await startTwo({ JUPAN_CONFIG: operator });
        await using _ = fleet;
        const { discord } = fleet;
        const mina = discord.createUser({ name: 'mina', locale: 'en-US' });
        const ask = async (shard: number) => {
          const [channel] = openChannels(fleet, [shard], 1);
          if (channel === undefined) throw new Error('no channel');
          return (await replyTo(channel.says(mina, `<@${discord.bot.id}> there?`), channel)).content;
        };
        for (const shard of [0, 1, 0, 1]) expect(await ask(shard)).toBe('done');
        expect(await ask(0)).toContain('faster than I may answer');
        // What is taken is told every second, and heard as often.
        await sleep(3_000);
        // Alone, the other would take as many. It may take some until it has heard.
        const replies: string[] = [];
        while (replies.at(-1)?.includes('faster') !== true) {
          replies.push(await ask(replies.length % 2 === 0 ? 2 : 3));
          await sleep(500);
        }
        expect(replies.length).toBeLessThanOrEqual(4);
      });

      test('keep to half of it each while the store is away', async () => {
        await using proxy = await startTcpProxy({ host: storeUrl.hostname, port: Number(storeUrl.port) });
        const through = new URL(storeUrl);
        through.port = String(proxy.port);
        const { fleet, first, second } = await startTwo({ STORE_URL: through.href });
        await using _ = fleet;
        const { discord } = fleet;
        const mina = discord.createUser({ name: 'mina' });
        const channels = openChannels(fleet, [0, 1, 2, 3], 8);
        await proxy.cut();
        const from = discord.requests.length;
        for (const channel of channels) channel.says(mina, `<@${discord.bot.id}> there?`);
        const isTold = (channel: SimulatedChannel) => () =>
          botMessages(channel).some(({ content }) => content.includes('cannot read our conversation'));
        await Promise.all(channels.map((channel) => channel.waitFor(isTold(channel), { timeoutMs: 25_000 })));
        const meanwhile = discord.requests.slice(from);
        expect(refused(meanwhile)).toEqual([]);
        for (const program of [first, second])
          expect(mostInASecond(ofPorts(meanwhile, fleet.everyPortOf(program)))).toBeLessThanOrEqual(perSecond / 2);
      });
    },
  );
}

/** What the first of all asks for at its start is not paced: Discord's second of it is over then. */
async function untilQuiet({ discord }: Fleet): Promise<void> {
  const isQuiet = () => Date.now() - (discord.requests.at(-1)?.receivedAt ?? 0) > 1_100;
  await vi.waitFor(() => expect(isQuiet()).toBe(true), 20_000);
}

/** So many in the guild of each of these shards. */
function openChannels({ discord, channels }: Fleet, shards: readonly number[], each: number): SimulatedChannel[] {
  return shards.flatMap((shard) => {
    const guild = channels[shard]?.guild;
    if (guild === undefined) throw new Error(`no guild of shard ${shard}`);
    return Array.from({ length: each }, (_, index) => discord.createChannel(guild, `busy-${index}`));
  });
}

async function answered({ discord }: Fleet, channel: SimulatedChannel, how: 'quickly' | 'slowly'): Promise<void> {
  const question = channel.says(discord.createUser({ name: 'mina' }), `<@${discord.bot.id}> answer ${how}`);
  const whole = how === 'quickly' ? 'done' : slow.join('').trim();
  await replyTo(question, channel, (content) => content === whole);
}

function refused(requests: readonly LoggedRequest[]): LoggedRequest[] {
  return requests.filter(({ status }) => status === 429);
}

function ofPorts(requests: readonly LoggedRequest[], ports: ReadonlySet<number>): LoggedRequest[] {
  return requests.filter(({ port }) => ports.has(port));
}

function mostInASecond(requests: readonly LoggedRequest[]): number {
  const times = requests.map(({ receivedAt }) => receivedAt);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}
