/** The bounds of catch-up, and `/ask` whose token ends while nobody is there. */
import { expect, test } from 'vitest';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

const english = { guildLocale: 'en-US' } as const;

/** The bot has seen the channel, and is down. */
async function leave(world: World) {
  const jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  world.model.enqueue({ text: 'before' });
  await replyTo(world.general.says(jimin, `<@${world.discord.bot.id}> before`), world.general);
  await world.stop();
  return (channel: typeof world.general, text: string) => channel.says(jimin, `<@${world.discord.bot.id}> ${text}`);
}

test('of too many questions the newest are answered in order, and one note a channel replies to the last of the others', async () => {
  await using world = await startWorld({
    discord: english,
    settings: { CATCH_UP_QUESTIONS: '2', CATCH_UP_TOO_OLD: 'note' },
  });
  const says = await leave(world);
  const { general } = world;
  const questions = ['one', 'two', 'three', 'four'].map((text) => says(general, text));
  world.model.enqueue({ text: 'answer three' }, { text: 'answer four' });
  await world.start();
  await expectToStand(general, ['before', /^⚠️ I was away for a while/, 'answer three', 'answer four']);
  const [, note] = botMessages(general);
  expect(note?.repliesTo).toBe(questions[1]?.id);
  await world.stop();
  await world.start();
  world.model.enqueue({ text: 'after' });
  await replyTo(says(general, 'after'), general);
  await expectToStand(general, ['before', /^⚠️/, 'answer three', 'answer four', 'after']);
  expect(world.discord.problems).toEqual([]);
});

test('nothing is caught up with when the age is 0', async () => {
  await using world = await startWorld({ discord: english, settings: { CATCH_UP_MINUTES: '0' } });
  const says = await leave(world);
  says(world.general, 'missed');
  await world.start();
  world.model.enqueue({ text: 'after' });
  await replyTo(says(world.general, 'after'), world.general);
  await expectToStand(world.general, ['before', 'after']);
});

test('threads, channels and posts that are new are read, and only channels with something new', async () => {
  await using world = await startWorld({ discord: english });
  const says = await leave(world);
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const channel = world.discord.createChannel(guild, 'made-meanwhile');
  const thread = world.general.startThread('begun meanwhile');
  const asked = [says(channel, 'in a new channel'), says(thread, 'in a new thread')] as const;
  const before = world.discord.requests.length;
  world.model.enqueue({ text: 'hi' }, { text: 'hi' });
  await world.start();
  await Promise.all([replyTo(asked[0], channel), replyTo(asked[1], thread)]);
  const reads = world.discord.requests
    .slice(before)
    .filter(({ method, path }) => method === 'GET' && /\/messages/.test(path));
  expect(reads.length).toBeLessThanOrEqual(3);
  expect(
    reads.some(({ path }) => path.includes(world.discord.channels.find(({ name }) => name === 'random')?.id ?? '-')),
  ).toBe(false);
});

test('a direct message is found at the next try when its channel could not be opened at once', async () => {
  await using world = await startWorld({ discord: english });
  const jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  const dm = world.discord.openDm(jimin);
  world.model.enqueue({ text: 'before' });
  await replyTo(dm.says(jimin, 'before'), dm);
  await world.stop();
  const question = dm.says(jimin, 'missed');
  const route = new RegExp(`^/channels/${dm.id}$`);
  world.discord.faults.add({ method: 'GET', route, effect: { type: 'status', status: 500 } });
  world.model.enqueue({ text: 'found' });
  await world.start();
  await replyTo(question, dm);
  await expectToStand(dm, ['before', 'found']);
});

test('/ask whose token ended while nobody was there goes on in the channel, headed by the question', async () => {
  const lifeMs = 4000;
  await using world = await startWorld({ discord: { ...english, interactionTokenLifeMs: lifeMs } });
  const { general } = world;
  const jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  const held = new Hold();
  world.model.enqueue({ text: [held] });
  const askedAt = Date.now();
  await general.asks(jimin, 'ask', { question: 'hello' });
  await held.reached;
  await world.kill();
  held.release();
  await expect.poll(() => Date.now() - askedAt, { timeout: 10_000 }).toBeGreaterThan(lifeMs);
  world.model.enqueue({ text: 'hi' });
  await world.start();
  await general.waitFor(() => botMessages(general).some(({ content }) => content === '> hello\nhi'), {
    timeoutMs: 10_000,
  });
  expect(botMessages(general).filter(({ content }) => content.includes('hi'))).toHaveLength(1);
});
