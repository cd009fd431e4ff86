/** Several processes that are one bot: Discord's limits, and those of a model server, are the bot's and not each one's. */
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SimulatedChannel } from '../../src/simulator/discord/discord.ts';
import type { LoggedRequest } from '../../src/simulator/discord/face/request.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { storeServers } from '../support/store-servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { botMessages, replyTo } from '../support/world.ts';

const perSecond = 20;
/** Drafts of it come for as long as it grows. */
const slow = Array.from({ length: 60 }, (_, index) => `${index} `);
const respond: Respond = ({ messages }) =>
  JSON.stringify(messages.at(-1)).includes('slowly') ? { text: slow, chunkDelayMs: 150 } : { text: 'done' };

for (const server of storeServers(13)) {
  const { url } = server;
  const name = url === undefined ? `${server.name} (skipped: its TEST_..._URL is not set)` : server.name;
  describe.skipIf(url === undefined)(`two processes with one token on ${name}`, { timeout: 90_000 }, () => {
    let storeUrl: URL;
    beforeEach(async () => {
      storeUrl = await server.prepare(new URL(url ?? ''));
    });
    afterAll(() => server.drop(storeUrl));

    /** Each has two of four shards. */
    const startTwo = async (settings: Readonly<Record<string, string>> = {}) => {
      const fleet = await startFleet({
        storeUrl: storeUrl.href,
        shards: 4,
        settings: { DISCORD_REQUESTS_PER_SECOND: String(perSecond), ...settings },
        discord: { globalRequestsPerSecond: perSecond },
        model: { respond },
      });
      const first = fleet.start({ DISCORD_SHARDS: '0-1/4' });
      const second = fleet.start({ DISCORD_SHARDS: '2-3/4' });
      await fleet.untilServed([
        [first, 2],
        [second, 2],
      ]);
      await Promise.all([first, second].map((program) => program.waitForEvent('commands-registered')));
      const knowEachOther = () => [first, second].every(({ output }) => output.includes('"members":2'));
      await vi.waitFor(() => expect(knowEachOther()).toBe(true), 20_000);
      await untilQuiet(fleet);
      return { fleet, first, second };
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
      await using fleet = await startFleet({
        storeUrl: storeUrl.href,
        shards: 8,
        settings: { DISCORD_REQUESTS_PER_SECOND: String(perSecond) },
        discord: { globalRequestsPerSecond: perSecond },
        model: { respond },
      });
      const [first, second] = [fleet.start(), fleet.start()];
      await fleet.untilServed([
        [first, 4],
        [second, 4],
      ]);
      await untilQuiet(fleet);
      const from = fleet.discord.requests.length;
      const shards = [0, 1, 2, 3, 4, 5, 6, 7];
      const askInAll = () => openChannels(fleet, shards, 4).map((channel) => answered(fleet, channel, 'quickly'));
      const before = askInAll();
      second.process.kill('SIGTERM');
      await fleet.untilServed([[first, 8]]);
      await Promise.all([...before, ...askInAll()]);
      const loaded = fleet.discord.requests.slice(from).filter(({ route }) => route === '/guilds/{guild.id}/channels');
      expect(loaded.length).toBeGreaterThanOrEqual(4);
      expect(refused(fleet.discord.requests.slice(from))).toEqual([]);
      expect(fleet.discord.problems).toEqual([]);
    });

    // Who sent how much is counted while the machine has other things to do: what does not hold in three tries does not hold.
    test('let the answers of one go before the drafts and the typing of the other', { retry: 2 }, async () => {
      const { fleet, first, second } = await startTwo();
      await using _ = fleet;
      const { requests } = fleet.discord;
      const growing = openChannels(fleet, [0, 1], 15).map((channel) => answered(fleet, channel, 'slowly'));
      const edits = () => requests.filter(({ method }) => method === 'PATCH').length;
      await vi.waitFor(() => expect(edits()).toBeGreaterThan(perSecond), { timeout: 20_000, interval: 20 });
      const from = requests.length;
      await Promise.all(openChannels(fleet, [2, 3], 10).map((channel) => answered(fleet, channel, 'quickly')));
      const meanwhile = requests.slice(from);
      const [theirs = 0, ours = 0] = [first, second].map((each) => ofPorts(meanwhile, fleet.portsOf(each)).length);
      // Each would have its half if nothing went before anything: the drafts alone want more than all there is.
      expect(theirs).toBeLessThan(ours * 0.75);
      await Promise.all(growing);
      expect(refused(requests)).toEqual([]);
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
        expect(mostInASecond(ofPorts(meanwhile, fleet.portsOf(program)))).toBeLessThanOrEqual(perSecond / 2);
    });
  });
}

/** So many in the guild of each of these shards. */
/** What the first of all asks for at its start is not paced: Discord's second of it is over then. */
async function untilQuiet({ discord }: Fleet): Promise<void> {
  const isQuiet = () => Date.now() - (discord.requests.at(-1)?.receivedAt ?? 0) > 1_100;
  await vi.waitFor(() => expect(isQuiet()).toBe(true), 20_000);
}

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
