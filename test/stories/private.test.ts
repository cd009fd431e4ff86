/** Questions that nobody but their asker sees: `/ask private:`. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mina: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' } });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  mina = world.discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'en-US' });
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

const lastPrompt = () => JSON.stringify(world.model.requests.at(-1)?.body);

async function askPrivately(user: SimulatedUser, question: string, answer: string): Promise<void> {
  world.model.enqueue({ text: answer });
  await world.general.asks(user, 'ask', { question, private: 'true' });
  await world.general.waitFor((channel) =>
    botMessages(channel).some(({ content }) => content === `> ${question}\n${answer}`),
  );
}

test('only the asker sees question, notices and answer', async () => {
  const { general, model } = world;
  model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] }, { text: 'It is 42.' });
  await general.asks(jimin, 'ask', { question: 'what is 15 + 27?', private: 'true' });
  await general.waitFor((channel) => botMessages(channel).some(({ content }) => content === 'It is 42.'));
  const shown = botMessages(general);
  expect(shown.map(({ content }) => content)).toEqual([
    '> what is 15 + 27?\n✅ add({"a":15,"b":27}) → 42',
    'It is 42.',
  ]);
  expect(shown.map(({ isEphemeral }) => isEphemeral)).toEqual([true, true]);
});

test('it goes on in a conversation that nobody else’s question sees, nor that member’s in the open', async () => {
  const { general, model } = world;
  await askPrivately(jimin, 'my number is 4711', 'Noted.');
  await askPrivately(jimin, 'what is my number?', '4711.');
  expect(lastPrompt()).toContain('my number is 4711');
  await askPrivately(mina, 'what is the number?', 'I do not know.');
  expect(lastPrompt()).not.toContain('4711');
  model.enqueue({ text: 'No idea.' });
  general.says(jimin, `<@${world.discord.bot.id}> and in the open?`);
  await general.waitFor((channel) => channel.messages.some(({ content }) => content === 'No idea.'));
  expect(lastPrompt()).not.toContain('4711');
});

test('it survives the end of the process, and is still the asker’s alone', async () => {
  const { general, model } = world;
  const held = new Hold();
  model.enqueue({ text: [held, 'Still here.'] });
  await general.asks(jimin, 'ask', { question: 'are you there?', private: 'true' });
  await held.reached;
  await world.kill();
  model.enqueue({ text: 'Still here.' });
  await world.start();
  const answer = await general.waitFor((channel) =>
    botMessages(channel).find(({ content }) => content === '> are you there?\nStill here.'),
  );
  expect(answer.isEphemeral).toBe(true);
});

test('while it is answered, others in the channel are, too; /stop ends it for its asker', async () => {
  const { general, model } = world;
  const held = new Hold();
  model.enqueue({ text: [held, 'never seen'] });
  await general.asks(jimin, 'ask', { question: 'a long one', private: 'true' });
  await held.reached;
  await general.asks(mina, 'stop', {});
  await general.waitFor((channel) =>
    channel.messages.some(({ content }) => content === 'I am not answering anything in this channel.'),
  );
  await general.asks(jimin, 'stop', {});
  await general.waitFor((channel) =>
    botMessages(channel).some(({ content, isEphemeral }) => content.endsWith('⚠️ Stopped.') && isEphemeral === true),
  );
  held.release();
});

test('in a direct message it changes nothing', async () => {
  const dm = world.discord.openDm(jimin);
  world.model.enqueue({ text: 'hi' });
  await dm.asks(jimin, 'ask', { question: 'hello', private: 'true' });
  await expectToStand(dm, ['> hello\nhi']);
});
