/** Discord's limits, as the contract tells them: what matters most goes first, and nothing is dropped but typing and drafts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({
    model: {
      latencyMs: 100,
      respond: ({ messages }) =>
        messages.at(-1)?.role === 'tool'
          ? { text: 'done: 3' }
          : { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
    },
  });
  jimin = world.discord.createUser({ name: 'jimin', locale: 'ko' });
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string) {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

const story = ['✅ add({"a":1,"b":2}) → 3', 'done: 3'];

test('with more channels at once than Discord takes requests for, every channel gets its whole story', async () => {
  const channels = Array.from({ length: 80 }, (_, index) => createChannel(`busy-${index}`));
  const before = world.discord.requests.length;
  const questions = channels.map((channel) => channel.says(jimin, `<@${world.discord.bot.id}> 1+2`));
  await Promise.all(channels.map((channel, index) => replyTo(questions[index] ?? channel.says(jimin, ''), channel)));
  await Promise.all(channels.map((channel) => expectToStand(channel, story)));

  const requests = world.discord.requests.slice(before);
  expect(requests.filter(({ status }) => status === 429).length).toBeLessThan(channels.length / 4);
  // Under load a notice is posted once, finished, and typing gives way: fewer requests a turn than the 4 of quiet times.
  expect(requests.length).toBeLessThan(channels.length * 4);
  // The first sign of every turn goes before what comes second in another: of those who ask at once, nobody sees nothing for long.
  const places = channels.map(({ id }) =>
    requests.flatMap(({ path }, place) => (path.startsWith(`/channels/${id}/`) ? [place] : [])),
  );
  const lastSign = Math.max(...places.map(([first = Number.POSITIVE_INFINITY]) => first));
  const lastSecond = Math.max(...places.map(([, second = 0]) => second));
  expect(lastSign).toBeLessThan(channels.length * 1.5);
  expect(lastSign).toBeLessThan(lastSecond);
  expect(world.discord.problems).toEqual([]);
});

test('several questions in one channel are answered whole and in order, in spite of its limit of 5 messages in 5 s', async () => {
  const channel = createChannel('one');
  const questions = Array.from({ length: 4 }, () => channel.says(jimin, `<@${world.discord.bot.id}> 1+2`));
  await expectToStand(
    channel,
    questions.flatMap(() => story),
  );
  const replies = botMessages(channel).flatMap(({ repliesTo }) => repliesTo ?? []);
  expect(replies).toEqual(questions.map(({ id }) => id));
});

test('a turn with more messages than the interactions of a channel may make in a while loses none and doubles none', async () => {
  await using small = await startWorld({ discord: { webhookMessageLimit: 4, webhookMessageWindowMs: 3_000 } });
  const { general, discord, model } = small;
  const words = Array.from({ length: 8 }, (_, index) => `step ${index + 1}`);
  const add = (b: number) => [{ name: 'add', arguments: { a: 1, b } }];
  model.enqueue(...words.map((text, index) => ({ text, toolCalls: add(index) })), { text: 'done' });
  await general.asks(jimin, 'ask', { question: 'a long one' });
  const shown = () => botMessages(general).flatMap(({ content }) => content.split('\n'));
  await general.waitFor(() => shown().at(-1) === 'done', { timeoutMs: 40_000 });

  const notices = words.map((word, index) => [word, `✅ add({"a":1,"b":${index}}) → ${index + 1}`]);
  expect(shown()).toEqual(['> a long one', ...notices.flat(), 'done']);
  const refused = discord.requests.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  // Whoever is refused waits as long as Discord says.
  expect(refused.length).toBeLessThan(botMessages(general).length);
  expect(discord.edge.invalidRequests).toBe(0);
  expect(discord.problems).toEqual([]);
});
