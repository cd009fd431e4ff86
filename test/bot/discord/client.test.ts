/** What the real discord.js client keeps, and when its requests wait. */
import { Events, type Message, Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { priority, RequestQueue } from '../../../src/bot/channel/request-queue.ts';
import { InvalidRequests } from '../../../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../../../src/log.ts';
import { logIn } from './support/logged-in.ts';

test('the bot knows what it may do itself, however many members have written', async () => {
  await using world = await logIn();
  const { client, discord } = world;
  const [general] = discord.channels;
  if (general === undefined) throw new Error('the simulated guild has no channel');
  const names: (string | undefined)[] = [];
  client.on(Events.MessageCreate, ({ member }: Message) => names.push(member?.displayName));
  const authors = Array.from({ length: 250 }, (_, index) => discord.createUser({ name: `member-${index}` }));
  for (const author of authors) general.says(author, 'hello');
  await expect.poll(() => names, { timeout: 10_000 }).toHaveLength(250);
  expect(names.at(-1)).toBe('member-249');
  const guild = client.guilds.cache.first();
  expect(guild?.members.me?.id).toBe(discord.bot.id);
  expect(guild?.members.cache.size).toBeLessThan(100);
  expect(client.users.cache.size).toBeLessThan(100);
});

test('a refusal of what is read, for the limit of all requests, holds up what is written', async () => {
  const requests = new RequestQueue();
  await using world = await logIn({ globalRequestsPerSecond: 10 }, () => {}, {}, {}, { requests });
  const { client, discord } = world;
  const read = () => client.rest.get(Routes.user());
  const reading = Promise.all(Array.from({ length: 12 }, read));
  // The answer has been read as well by then.
  const isRefused = () =>
    discord.requests.some(({ status, answeredAt }) => status === 429 && Date.now() - answeredAt > 100);
  await expect.poll(isRefused, { timeout: 10_000 }).toBe(true);
  const { promise, resolve } = Promise.withResolvers<number>();
  const send = async () => {
    resolve(Date.now());
    return undefined;
  };
  let isSent = false;
  requests.wake({
    wanted: () => {
      if (isSent) return [];
      isSent = true;
      return [{ lane: 'create', priority: priority.sign, isCounted: true, send }];
    },
  });
  const sentAt = await promise;
  // The second begins with the first of them, or with one that came a second later on a machine that is held up.
  const refused = discord.requests.filter(({ status }) => status === 429).map(({ receivedAt }) => receivedAt);
  const counted = discord.requests.map(({ receivedAt }) => receivedAt).filter((at) => at <= Math.min(...refused));
  const second = counted.filter((at) => at > Math.min(...refused) - 1_000);
  expect(sentAt - Math.min(...second)).toBeGreaterThan(950);
  await reading;
  requests.close();
});

describe('refused requests', () => {
  const refusal = { status: 403, headers: new Headers() };
  const channel = (id: number) => `https://discord.com/api/v10/channels/${id}/messages`;

  function count(cautiousFrom: number, stopFrom: number) {
    const clock = { now: 0 };
    return {
      clock,
      requests: new InvalidRequests({ log: silentLogger, cautiousFrom, stopFrom, now: () => clock.now }),
    };
  }

  test('far from the limit, nothing waits', () => {
    const { requests } = count(10, 20);
    for (let times = 0; times < 9; times += 1) requests.note(channel(1), refusal);
    expect(requests.waitMs(channel(1))).toBe(0);
  });

  test('past the first bound, what was refused lately waits until older refusals count no more; all else goes on', () => {
    const { requests, clock } = count(10, 20);
    for (let times = 0; times < 10; times += 1) requests.note(channel(1), refusal);
    expect(requests.waitMs(channel(1))).toBeGreaterThan(0);
    expect(requests.waitMs(`${channel(1)}/5`)).toBeGreaterThan(0);
    expect(requests.waitMs(channel(2))).toBe(0);
    clock.now += requests.waitMs(channel(1));
    expect(clock.now).toBeGreaterThanOrEqual(600_000);
    expect(requests.waitMs(channel(1))).toBe(0);
  });

  test('past the second bound, everything waits', () => {
    const { requests } = count(10, 20);
    for (let times = 0; times < 20; times += 1) requests.note(channel(times), refusal);
    expect(requests.waitMs(channel(99))).toBeGreaterThan(0);
    expect(requests.waitMs('https://discord.com/api/v10/gateway/bot')).toBeGreaterThan(0);
  });

  test('answers that are no refusals, and limits that many share, do not count', () => {
    const { requests } = count(1, 2);
    for (const status of [200, 204, 400, 404, 500]) requests.note(channel(1), { status, headers: new Headers() });
    requests.note(channel(1), { status: 429, headers: new Headers({ 'x-ratelimit-scope': 'shared' }) });
    expect(requests.waitMs(channel(1))).toBe(0);
    requests.note(channel(1), { status: 429, headers: new Headers({ 'x-ratelimit-scope': 'user' }) });
    requests.note(channel(1), { status: 401, headers: new Headers() });
    expect(requests.waitMs(channel(1))).toBeGreaterThan(0);
  });

  test('of a channel that refuses are no more than the bound, while another channel is written to', async () => {
    await using world = await logIn({}, () => {}, { cautiousFrom: 5, stopFrom: 100 });
    const { client, discord } = world;
    const [closed, open] = discord.channels;
    if (closed === undefined || open === undefined) throw new Error('the simulated guild has too few channels');
    discord.restrict(closed, 'no-access');
    const write = (id: string) =>
      client.rest.post(Routes.channelMessages(id), { body: { content: 'hello' }, signal: AbortSignal.timeout(1000) });
    for (let times = 0; times < 8; times += 1) await write(closed.id).catch(() => undefined);
    await write(open.id);
    const refused = discord.requests.filter(({ status }) => status === 403);
    expect(refused).toHaveLength(5);
    expect(open.messages).toHaveLength(1);
  });
});
