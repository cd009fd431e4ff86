/** What needs no mention, and what was said before a question: on the real discord.js, with the intent and without. */
import { Events, type Message } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchChanges } from '../../../src/bot/discord/watch-changes.ts';
import type { ListeningConfig } from '../../../src/config/types.ts';
import type { SimulatedChannel, SimulatedDiscord, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import { logIn } from './support/logged-in.ts';

async function listen(
  toConfig: (discord: SimulatedDiscord) => Partial<ListeningConfig> = () => ({}),
  isGranted = true,
) {
  const config: { -readonly [Key in keyof ListeningConfig]?: ListeningConfig[Key] } = {};
  const furnish = (discord: SimulatedDiscord) => void Object.assign(config, toConfig(discord));
  const world = await logIn({ grantsMessageContent: isGranted }, furnish, {}, config);
  onTestFinished(() => world[Symbol.asyncDispose]());
  const { client, discord, listening } = world;
  const heard = new Map<string, ReturnType<typeof listening.hear>>();
  client.on(Events.MessageCreate, (message: Message) => heard.set(message.id, listening.hear(message)));
  watchChanges(client, {
    isPending: () => false,
    onChange: () => {},
    toChange: (message) => listening.hearAgain(message),
    onDelete: (message) => listening.forget(message),
    onLeave: () => {},
  });
  const [general, random] = discord.channels;
  if (general === undefined || random === undefined) throw new Error('the simulated guild has too few channels');
  const whatOf = async ({ id }: SimulatedMessage) => {
    await expect.poll(() => heard.has(id), { timeout: 10_000 }).toBe(true);
    return heard.get(id);
  };
  return {
    ...world,
    general,
    random,
    jimin: discord.createUser({ name: 'jimin' }),
    alex: discord.createUser({ name: 'alex' }),
    mention: `<@${discord.bot.id}>`,
    whatOf,
    /** What was said before the message, once all of it was told. */
    async talkBefore(message: SimulatedMessage): Promise<readonly string[]> {
      await whatOf(message);
      const { id, channelId } = message;
      const question = { id, channelId, authorId: '1', authorName: 'jimin', text: '?', askedAt: 0 };
      return (listening.withTalk(question).quotes ?? []).map(({ authorName, text }) => `${authorName}: ${text}`);
    },
  };
}

const idOf = ({ channels }: SimulatedDiscord, name: string) => {
  const channel = channels.find((candidate) => candidate.name === name);
  if (channel === undefined) throw new Error(`no channel ${name}`);
  return channel.id;
};

describe('no mention is needed', () => {
  test('in a channel named for the bot, and in its threads', async () => {
    const { general, random, jimin, whatOf } = await listen((discord) => ({
      answerChannelIds: [idOf(discord, 'general')],
    }));
    expect(await whatOf(general.says(jimin, '1+1'))).toEqual({ text: '1+1', language: 'en' });
    expect(await whatOf(general.startThread('sums').says(jimin, '1+1'))).toMatchObject({ text: '1+1' });
    expect(await whatOf(random.says(jimin, '1+1'))).toBeUndefined();
  });

  test('in a thread that the bot has opened', async () => {
    const { discord, general, jimin, whatOf } = await listen();
    const own = general.startThread('mine', { owner: discord.bot });
    const other = general.startThread('theirs', { owner: jimin });
    expect(await whatOf(own.says(jimin, '1+1'))).toMatchObject({ text: '1+1' });
    expect(await whatOf(other.says(jimin, '1+1'))).toBeUndefined();
  });

  test('but what members say to each other is not for the bot', async () => {
    const { discord, general, jimin, alex, mention, whatOf } = await listen((set) => ({
      answerChannelIds: [idOf(set, 'general')],
    }));
    const said = general.says(alex, 'look at this');
    await whatOf(said);
    for (const message of [
      general.says(jimin, `<@${alex.id}> hello`),
      general.says(jimin, 'I see', { repliesTo: said.id }),
      general.says(jimin, 'quietly', { repliesTo: said.id, pingsRepliedTo: false }),
      general.says(discord.createUser({ name: 'robot', isBot: true }), 'beep'),
      general.says(jimin, '', { embeds: [{ title: 'only this' }] }),
    ])
      expect(await whatOf(message)).toBeUndefined();
    expect(await whatOf(general.says(jimin, `${mention} <@${alex.id}> who?`))).toMatchObject({ text: '@alex who?' });
    expect(await whatOf(general.says(alex, 'and this', { repliesTo: said.id }))).toMatchObject({ text: 'and this' });
  });

  test('where the operator wants silence, a mention is needed, and nothing else is read', async () => {
    const set = (discord: SimulatedDiscord) => ({
      answerChannelIds: [idOf(discord, 'general')],
      ignoreChannelIds: [idOf(discord, 'general')],
    });
    const { discord, general, jimin, mention, whatOf, talkBefore } = await listen(set);
    const places: readonly SimulatedChannel[] = [general, general.startThread('mine', { owner: discord.bot })];
    for (const place of places) {
      expect(await whatOf(place.says(jimin, 'a secret'))).toBeUndefined();
      const question = place.says(jimin, `${mention} 1+1`);
      expect(await whatOf(question)).toMatchObject({ text: '1+1' });
      expect(await talkBefore(question)).toEqual([]);
    }
  });

  test('where the portal does not grant the intent, a mention is needed everywhere', async () => {
    const { general, jimin, listening, mention, whatOf, talkBefore } = await listen((discord) => ({
      answerChannelIds: [idOf(discord, 'general')],
    }));
    listening.content.refuse();
    expect(await whatOf(general.says(jimin, '1+1'))).toBeUndefined();
    expect(await talkBefore(general.says(jimin, `${mention} 1+1`))).toEqual([]);
  });
});

test('a question that was read is not taken for deleted because it may not be read any more', async () => {
  const { client, discord, general, jimin, alex, listening, whatOf, mention } = await listen((set) => ({
    answerChannelIds: [idOf(set, 'general')],
  }));
  const question = general.says(jimin, '1+1');
  expect(await whatOf(question)).toBeDefined();
  const channel = await client.channels.fetch(general.id);
  if (channel?.isTextBased() !== true) throw new Error('no channel');
  const look = async (id: string) => listening.look(await channel.messages.fetch({ message: id, cache: false }));
  const talk = general.says(jimin, `<@${alex.id}> hello`);
  expect(await look(question.id)).toMatchObject({ text: '1+1' });
  expect(await look(talk.id)).toBe('deleted');
  discord.grantMessageContent(false);
  listening.content.refuse();
  expect(await look(question.id)).toBeUndefined();
  expect(await look(general.says(jimin, `${mention} 2+2`).id)).toMatchObject({ text: '2+2' });
});

describe('what was said before a question', () => {
  test('is what members said since the last one, oldest first, with the names of files', async () => {
    const { discord, general, random, jimin, alex, mention, talkBefore } = await listen();
    const robot = discord.createUser({ name: 'robot', isBot: true });
    general.says(alex, 'long ago');
    await talkBefore(general.says(jimin, `${mention} first`));
    random.says(alex, 'elsewhere');
    general.says(robot, 'beep');
    general.says(alex, 'a hook', { isWebhook: true });
    general.says(alex, `hello <@${jimin.id}>`);
    general.says(jimin, '', { files: [{ name: 'cat.png', data: Buffer.from('x') }] });
    const question = general.says(jimin, `${mention} second`);
    general.says(alex, 'too late');
    expect(await talkBefore(question)).toEqual(['alex: hello @jimin', 'jimin: [file: cat.png]']);
  });

  test('is the newest of it, each cut', async () => {
    const { general, alex, jimin, mention, talkBefore } = await listen(() => ({ recentMessages: 3 }));
    for (let number = 0; number < 20; number += 1) general.says(alex, `${number}`);
    general.says(alex, 'x'.repeat(4000));
    const talk = await talkBefore(general.says(jimin, `${mention} ?`));
    expect(talk).toEqual(['alex: 18', 'alex: 19', `alex: ${'x'.repeat(499)}…`]);
  });

  test('is nothing that was deleted, and what was edited as it stands', async () => {
    const { general, alex, jimin, mention, whatOf, talkBefore } = await listen();
    const [one, other] = [general.says(alex, 'deleted'), general.says(alex, 'edited')];
    await whatOf(other);
    general.deletes(one.id);
    general.edits(other.id, 'as it stands');
    expect(await talkBefore(general.says(jimin, `${mention} ?`))).toEqual(['alex: as it stands']);
  });

  test('is nothing for an asker who may not read what was said, and nothing where none is wanted', async () => {
    const { general, alex, jimin, mention, listening, whatOf } = await listen();
    general.says(alex, 'hello');
    const { id, channelId } = general.says(jimin, `${mention} ?`);
    await whatOf({ id } as SimulatedMessage);
    const question = { id, channelId, authorId: '1', authorName: 'jimin', text: '?', askedAt: 0 };
    expect(listening.withTalk({ ...question, withoutHistory: true })).not.toHaveProperty('quotes');
    expect(listening.withTalk(question)).toHaveProperty('quotes');
    const deaf = await listen(() => ({ recentMessages: 0 }));
    deaf.general.says(deaf.alex, 'hello');
    expect(await deaf.talkBefore(deaf.general.says(deaf.jimin, `${deaf.mention} ?`))).toEqual([]);
  });

  test('comes from Discord’s lists, too, in its place', async () => {
    const { client, general, alex, jimin, mention, listening } = await listen();
    client.removeAllListeners(Events.MessageCreate);
    general.says(alex, 'one');
    general.says(alex, 'two');
    const question = general.says(jimin, `${mention} ?`);
    const channel = await client.channels.fetch(general.id);
    if (channel?.isTextBased() !== true) throw new Error('no channel');
    // Newest first, as Discord lists them.
    for (const message of (await channel.messages.fetch({ limit: 10, cache: false })).values()) listening.hear(message);
    const { id, channelId } = question;
    const asked = { id, channelId, authorId: '1', authorName: 'jimin', text: '?', askedAt: 0 };
    expect(listening.withTalk(asked).quotes?.map(({ text }) => text)).toEqual(['one', 'two']);
  });
});
