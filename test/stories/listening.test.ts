/** With the Message Content intent: what needs no mention, what was said before, and a portal that does not grant it. */
import { expect, test } from 'vitest';
import { botMessages, replyTo, startWorld, type World, type WorldOptions } from '../support/world.ts';

async function startListening(settings: Readonly<Record<string, string>>, options: WorldOptions = {}) {
  return await startWorld({
    discord: { grantsMessageContent: true, guildLocale: 'en-US' },
    model: { respond: () => ({ text: 'seen' }) },
    ...options,
    settings: { DISCORD_MESSAGE_CONTENT: 'on', ...settings },
  });
}

function lastAsked({ model }: World): string {
  return model.requests.at(-1)?.messages.at(-1)?.text ?? '';
}

test('a thread of the bot’s own needs no mention, talk is given along, and questions that were missed count as well', async () => {
  await using world = await startListening({ DISCORD_RECENT_MESSAGES: '5' });
  const { discord, general } = world;
  const [jimin, alex] = [discord.createUser({ name: 'jimin' }), discord.createUser({ name: 'alex' })];
  const thread = general.startThread('sums', { owner: discord.bot });
  await replyTo(thread.says(jimin, 'what is 1+1?'), thread);
  expect(lastAsked(world)).toBe('jimin: what is 1+1?');

  general.says(alex, 'I have 15 apples');
  general.says(alex, `and you, <@${jimin.id}>?`);
  await replyTo(general.says(jimin, `<@${discord.bot.id}> add 27`), general);
  expect(lastAsked(world)).toContain('I have 15 apples');
  expect(lastAsked(world)).toContain('and you, @jimin?');
  expect(botMessages(general)).toHaveLength(1);

  await world.stop();
  general.says(alex, 'I ate three');
  const missed = general.says(jimin, `<@${discord.bot.id}> how many?`);
  const inThread = thread.says(jimin, 'and 2+2?');
  await world.start();
  await replyTo(inThread, thread);
  await replyTo(missed, general);
  const asked = world.model.requests.map(({ messages }) => messages.at(-1)?.text ?? '');
  const howMany = asked.find((text) => text.includes('how many?'));
  expect(howMany).toContain('I ate three');
  expect(howMany).not.toContain('15 apples');
  expect(discord.problems).toEqual([]);
  expect(world.model.problems).toEqual([]);
});

test('a channel named for the bot needs no mention; one that is to be left alone is read on a mention alone', async () => {
  await using world = await startListening({ DISCORD_RECENT_MESSAGES: '5' });
  const { discord, general } = world;
  const jimin = discord.createUser({ name: 'jimin' });
  await world.stop();
  await world.start({ DISCORD_ANSWER_CHANNELS: general.id });
  await replyTo(general.says(jimin, 'what is 1+1?'), general);
  expect(lastAsked(world)).toBe('jimin: what is 1+1?');

  await world.stop();
  await world.start({ DISCORD_ANSWER_CHANNELS: general.id, DISCORD_IGNORE_CHANNELS: general.id });
  const talk = general.says(jimin, 'a secret of ours');
  await replyTo(general.says(jimin, `<@${discord.bot.id}> hello`), general);
  expect(lastAsked(world)).toBe('jimin: hello');
  expect(general.messages.some(({ repliesTo }) => repliesTo === talk.id)).toBe(false);
});

test('a portal that does not grant it costs one line in the log, and the bot goes on without', async () => {
  await using world = await startListening(
    { DISCORD_RECENT_MESSAGES: '5' },
    { discord: { grantsMessageContent: false, guildLocale: 'en-US' } },
  );
  const { discord, general, program } = world;
  const jimin = discord.createUser({ name: 'jimin' });
  general.says(jimin, 'talk');
  await replyTo(general.says(jimin, `<@${discord.bot.id}> hello`), general);
  expect(lastAsked(world)).toBe('jimin: hello');
  expect(program.log.filter(({ level }) => level === 'warn' || level === 'error').map(({ event }) => event)).toContain(
    'message-content-refused',
  );
  expect(discord.gateway.identifies).toBe(1);
});

test('a grant that is taken away while the bot runs costs one line, and no question', async () => {
  await using world = await startListening({ DISCORD_RECENT_MESSAGES: '5' });
  const { discord, general, program } = world;
  const jimin = discord.createUser({ name: 'jimin' });
  await replyTo(general.says(jimin, `<@${discord.bot.id}> one`), general);
  discord.grantMessageContent(false);
  discord.gateway.invalidateSession(false);
  await program.waitForEvent('message-content-refused');
  const question = general.says(jimin, `<@${discord.bot.id}> two`);
  await replyTo(question, general);
  expect(program.log.filter(({ event }) => event === 'message-content-refused')).toHaveLength(1);
  expect(program.log.filter(({ event }) => event === 'gateway-closed')).toEqual([]);
  expect((await world.stop()).code).toBe(0);
});
