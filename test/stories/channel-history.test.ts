/** `/history`: a channel's questions in pages, saved as files, and seen by those alone who can read the channel's messages. */
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { invalidKey } from '../../src/simulator/model/failures.ts';
import { answerTo, buttonsOf, labelsOf, press, turnPage, useCommand } from '../support/private.ts';
import { startWorld, type World } from '../support/world.ts';

const spent = 'This button is of no use any more. Please use the command again.';
const onlyReaders = 'Only those who can read this channel’s earlier messages can see its conversation.';
const elsewhereText = 'That belongs to another channel.';
const none = 'I know of no conversation here.';

let world: World;
let alex: SimulatedUser;
let jimin: SimulatedUser;
let moderator: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US', channelRequestsPer5s: Number.POSITIVE_INFINITY } });
  alex = world.discord.createUser({ name: 'alex', displayName: 'A*l*ex', locale: 'en-US' });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  moderator = world.discord.createUser({ name: 'mod', locale: 'en-US', isModerator: true });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** Asks, and resolves once the turn is over and in the history: the answer may stand before. */
async function asking(channel: SimulatedChannel, ask: () => unknown): Promise<void> {
  const ended = () =>
    world.program.log.filter(({ event, channelId }) => event === 'turn-end' && channelId === channel.id).length;
  const before = ended();
  await ask();
  await expect.poll(ended, { timeout: 25_000 }).toBe(before + 1);
}

async function ask(channel: SimulatedChannel, text: string): Promise<void> {
  world.model.enqueue({ text: 'fine' });
  await asking(channel, () => channel.says(alex, `${mention} ${text}`));
}

/** A channel in which so many questions were asked: `question 1` and so on. */
async function channelWith(name: string, questions: number): Promise<SimulatedChannel> {
  const channel = createChannel(name);
  for (let number = 1; number <= questions; number += 1) await ask(channel, `question ${number}`);
  return channel;
}

const asked = ({ content }: SimulatedMessage) => [...content.matchAll(/^> (.*)$/gm)].map(([, text]) => text);
const numbers = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => `question ${from - at}`);

describe('the list', () => {
  test('says who asked what when, and how it came out, the newest first; nobody else sees it', async () => {
    const channel = createChannel('list');
    await ask(channel, 'is **this** #bold? see https://example.org');
    world.model.enqueue(invalidKey());
    await asking(channel, () => channel.says(jimin, `${mention} 안녕`));
    const list = await useCommand(channel, moderator, 'history');
    const time = String.raw`<t:\d{10}:f>`;
    expect(list.content.split('\n')).toEqual([
      '**2 questions in this channel**',
      expect.stringMatching(new RegExp(`^\\*\\*지민\\*\\* ${time} – the language model refused access$`)),
      '> 안녕',
      expect.stringMatching(new RegExp(`^\\*\\*A\\\\\\*l\\\\\\*ex\\*\\* ${time} – answered$`)),
      '> is \\*\\*this\\*\\* \\#bold? see https\\://example.org',
    ]);
    expect(labelsOf(list)).toEqual(['Save as Markdown', 'Save as JSON']);
    expect(list.pings).toEqual([]);
    const korean = await useCommand(channel, jimin, 'history');
    expect(korean.content).toContain('**이 채널의 질문 2개**');
    expect(korean.content).toContain(' – 언어 모델이 접속을 거부함');
  });

  test('of a channel without a conversation says so', async () => {
    const list = await useCommand(createChannel('empty'), alex, 'history');
    expect([list.content, labelsOf(list)]).toEqual([none, []]);
  });

  test('has pages, which stay as they are while more is asked, also after a crash', async () => {
    const channel = await channelWith('pages', 14);
    const list = await useCommand(channel, alex, 'history');
    expect(asked(list)).toEqual(numbers(14, 9));
    expect(list.content).toMatch(/-# page 1 of 3$/);
    expect(labelsOf(list)).toEqual(['(Newer)', 'Older', 'Save as Markdown', 'Save as JSON']);
    await ask(channel, 'question 15');
    await world.kill();
    await world.start();
    const second = await turnPage(channel, alex, list, 'Older');
    expect(asked(second)).toEqual(numbers(8, 3));
    const last = await turnPage(channel, alex, list, 'Older');
    expect(asked(last)).toEqual(numbers(2, 1));
    expect(labelsOf(last)).toEqual(['Newer', '(Older)', 'Save as Markdown', 'Save as JSON']);
    expect(asked(await turnPage(channel, alex, list, 'Newer'))).toEqual(numbers(8, 3));
    expect(asked(await useCommand(channel, alex, 'history'))).toEqual(numbers(15, 10));
  });

  test('in a direct message is for the one who is there', async () => {
    const direct = world.discord.openDm(alex);
    world.model.enqueue({ text: 'hi' });
    await asking(direct, () => direct.says(alex, 'hello'));
    expect(asked(await useCommand(direct, alex, 'history'))).toEqual(['hello']);
  });
});

describe('the conversation as a file', () => {
  test('is Markdown to read, with every call and its whole result', async () => {
    const channel = createChannel('markdown');
    world.model.enqueue(
      { text: 'Let me see.', toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] },
      { text: 'It is **42**.' },
    );
    await asking(channel, () => channel.says(alex, `${mention} add 15\nand 27`));
    const list = await useCommand(channel, alex, 'history');
    const saved = await answerTo(channel, await press(channel, alex, list, 'Save as Markdown'));
    expect(saved.content).toBe('The conversation, with 1 question.');
    const [file] = saved.attachments;
    expect([file?.filename, file?.description]).toEqual([`history-${channel.id}.md`, saved.content]);
    const text = Buffer.from(file?.data ?? []).toString();
    expect(text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, 'TIME')).toBe(
      [
        '# Conversation\n',
        '## A*l*ex, TIME\n',
        '> add 15\n> and 27\n',
        'Let me see.\n',
        '- ✅ `add({"a":15,"b":27})`\n',
        '  ```\n  42\n  ```\n',
        'It is **42**.\n',
      ].join('\n'),
    );
  });

  test('is JSON for programs: the records, without what the bot keeps to show them', async () => {
    const channel = createChannel('json');
    world.model.enqueue({ text: 'fine' });
    await asking(channel, () => channel.asks(alex, 'ask', { question: 'how are you?' }));
    const list = await useCommand(channel, alex, 'history');
    const saved = await answerTo(channel, await press(channel, alex, list, 'Save as JSON'));
    const [file] = saved.attachments;
    expect(file?.filename).toBe(`history-${channel.id}.json`);
    const text = Buffer.from(file?.data ?? []).toString();
    const { channelId, turns } = JSON.parse(text);
    expect([channelId, turns.length]).toEqual([channel.id, 1]);
    expect(turns[0]).toMatchObject({
      version: 4,
      question: { authorId: alex.id, text: 'how are you?' },
      steps: [{ text: 'fine', calls: [] }],
      end: { type: 'answered' },
    });
    expect(text).not.toContain('delivery');
    expect(text).not.toContain('token"');
  });

  test('is saved as often as it is asked for, also of a conversation that has gone on since', async () => {
    const channel = await channelWith('often', 1);
    const list = await useCommand(channel, alex, 'history');
    await ask(channel, 'question 2');
    const presses = await Promise.all([1, 2].map(() => press(channel, alex, list, 'Save as JSON')));
    for (const id of presses) expect((await answerTo(channel, id)).content).toBe('The conversation, with 2 questions.');
  });
});

describe('what a member has asked for themselves', () => {
  test('is shown to them alone, and is no part of what the channel has asked', async () => {
    const channel = await channelWith('own', 1);
    for (const number of [1, 2, 3, 4, 5, 6, 7]) {
      world.model.enqueue({ text: 'between us' });
      await asking(channel, () => channel.asks(alex, 'ask', { question: `secret ${number}`, private: 'true' }));
    }
    expect(asked(await useCommand(channel, alex, 'history'))).toEqual(['question 1']);
    const own = await useCommand(channel, alex, 'history', { private: 'true' });
    expect(own.content).toContain('**7 questions that only you can see**');
    expect(asked(own)[0]).toBe('secret 7');
    expect(asked(await turnPage(channel, alex, own, 'Older'))).toEqual(['secret 1']);
    const saved = await answerTo(channel, await press(channel, alex, own, 'Save as JSON'));
    expect(Buffer.from(saved.attachments[0]?.data ?? []).toString()).toContain('secret 1');

    // Neither somebody else nor a moderator gets to it, by no button of it either.
    for (const member of [jimin, moderator]) {
      expect(asked(await useCommand(channel, member, 'history', { private: 'true' }))).toEqual([]);
      for (const { custom_id } of buttonsOf(own)) {
        const answer = await answerTo(channel, await channel.presses(member, own.id, custom_id));
        expect(answer.content).not.toContain('secret');
        expect(answer.attachments).toEqual([]);
      }
    }
    // What one has said oneself is shown to those as well who cannot read what others have said.
    channel.overwrite(alex, { deny: ['ReadMessageHistory'] });
    expect(asked(await useCommand(channel, alex, 'history', { private: 'true' }))[0]).toBe('secret 7');
  });

  test('in a direct message is what was asked there', async () => {
    const direct = world.discord.openDm(moderator);
    world.model.enqueue({ text: 'hi' });
    await asking(direct, () => direct.asks(moderator, 'ask', { question: 'hello', private: 'true' }));
    expect(asked(await useCommand(direct, moderator, 'history', { private: 'true' }))).toEqual(['hello']);
  });
});

describe('who may not see it', () => {
  test('is a member who cannot read the channel’s earlier messages: neither by the command nor by any button', async () => {
    const channel = await channelWith('secret', 7);
    const list = await useCommand(channel, alex, 'history');
    channel.overwrite(jimin, { deny: ['ReadMessageHistory'] });
    const korean = '이 채널의 이전 메시지를 읽을 수 있는 멤버만 대화를 볼 수 있습니다.';
    expect((await useCommand(channel, jimin, 'history')).content).toBe(korean);
    const ids = buttonsOf(list).map(({ custom_id }) => custom_id);
    expect(ids).toHaveLength(4);
    for (const id of ids)
      expect((await answerTo(channel, await channel.presses(jimin, list.id, id))).content).toBe(korean);
    // What one could read before is not shown any more either.
    channel.overwrite(alex, { deny: ['ReadMessageHistory'] });
    for (const label of ['Older', 'Save as JSON'])
      expect((await answerTo(channel, await press(channel, alex, list, label))).content).toBe(onlyReaders);
    expect(channel.messages.find(({ id }) => id === list.id)?.content).toBe(list.content);
  });

  test('is whoever presses in another channel', async () => {
    const channel = await channelWith('here', 7);
    const list = await useCommand(channel, alex, 'history');
    const elsewhere = createChannel('there');
    const copy = elsewhere.says(world.discord.bot, 'a copy of the message');
    for (const { custom_id } of buttonsOf(list))
      expect((await answerTo(elsewhere, await elsewhere.presses(alex, copy.id, custom_id))).content).toBe(
        elsewhereText,
      );
    expect(elsewhere.messages.flatMap(({ attachments }) => attachments)).toEqual([]);
  });

  test('is everybody, once it is forgotten', async () => {
    const channel = await channelWith('forgotten', 7);
    const list = await useCommand(channel, alex, 'history');
    await useCommand(channel, moderator, 'forget');
    expect((await answerTo(channel, await press(channel, alex, list, 'Older'))).content).toBe(spent);
    expect((await answerTo(channel, await press(channel, alex, list, 'Save as Markdown'))).content).toBe(none);
    expect((await useCommand(channel, alex, 'history')).content).toBe(none);
  });

  test('is whoever makes buttons up', async () => {
    const channel = await channelWith('made-up', 1);
    const copy = channel.says(world.discord.bot, 'a copy of the message');
    for (const id of [
      'history',
      `history:${channel.id}:all:1:0`,
      `history:${channel.id}:all::`,
      `history:${channel.id}:all:1:-1`,
      `history:${channel.id}:some:1:0`,
      `history:${channel.id}:own:1:0`,
      `save:${channel.id}:all:exe`,
      `save:${channel.id}:some:json`,
      'save',
    ])
      expect((await answerTo(channel, await channel.presses(alex, copy.id, id))).content, id).toBe(spent);
  });
});

test('a conversation that cannot be read is said to be so, and is there again later', async () => {
  const channel = await channelWith('away', 7);
  const list = await useCommand(channel, alex, 'history');
  const rename = (from: string, to: string) => {
    const database = new DatabaseSync(String(world.settings.STORE_URL).replace('sqlite://', ''), { timeout: 5000 });
    database.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
    database.close();
  };
  const unreadable = 'I cannot read that right now. Please try again in a moment.';
  rename('entries', 'away');
  expect((await useCommand(channel, alex, 'history')).content).toBe(unreadable);
  for (const label of ['Older', 'Save as JSON'])
    expect((await answerTo(channel, await press(channel, alex, list, label))).content).toBe(unreadable);
  rename('away', 'entries');
  expect(asked(await useCommand(channel, alex, 'history'))).toEqual(numbers(7, 2));
});
