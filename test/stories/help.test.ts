/** `/help`: what it says in which place, and its examples, pressed by those who may and those who may not. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { answerTo, buttonsOf, labelsOf, press, useCommand } from '../support/private.ts';
import { botMessages, startWorld, type World } from '../support/world.ts';

const approversRole = '123456789012345678';
const notAllowed = 'I am not set up to answer you here. Whoever runs this bot can change that.';
const spent = 'This button is of no use any more. Please use the command again.';
const english = [
  'add 15 and 27',
  'add 100 and 200, then add 50',
  'plot sin(x) and cos(x) from -3 to 3',
  'What is 2 to the power of 100?',
];

let world: World;
let alex: SimulatedUser;
let jimin: SimulatedUser;
/** May approve calls, and so press and command, but not ask. */
let approver: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' } });
  world.discord.createRole('Approvers', approversRole);
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  approver = world.discord.createUser({ name: 'boss', locale: 'en-US', roleIds: [approversRole] });
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

/** The answer to an example, which everybody sees. */
function publicAnswer(channel: SimulatedChannel, content: string): Promise<SimulatedMessage> {
  return channel.waitFor(() => botMessages(channel).find((message) => message.content === content), {
    timeoutMs: 25_000,
  });
}

const publicMessages = (channel: SimulatedChannel) => botMessages(channel).filter(({ isEphemeral }) => !isEphemeral);

describe('/help', () => {
  test('says to one member alone what can be done here, with examples to press', async () => {
    const help = await useCommand(createChannel('help'), alex, 'help');
    expect(help.content.split('\n')).toEqual([
      'I answer questions, work them out with tools, and show how.',
      '',
      '**How to ask here**',
      '- Mention me with a question, or reply to one of my messages with the ping on.',
      '- Use `/ask` and write your question.',
      '- Right-click or hold any message, then Apps → **Ask Jupan**: I read it, and you may add a question.',
      '',
      '**What I can do here**',
      expect.stringMatching(/^- I use \d+ tools: `\/tools` shows them\.$/),
      '- Send pictures and text files along; what you reply to or forward to me comes along as well.',
      '- I show pictures and files that tools make.',
      '- I remember what was said here, for everybody in this channel: `/history` shows it.',
      '- `/ask` with `private` shows question and answer to you alone.',
      '- `/stop` stops the answer that I am working on.',
      '- `/usage` shows what you have asked and what it cost.',
      '- `/forget-me` deletes what is stored of your questions, here and everywhere.',
      '',
      '**Press an example to ask it:**',
    ]);
    expect(labelsOf(help)).toEqual(english);
    expect(help.pings).toEqual([]);
  });

  test('speaks the language of whoever asks', async () => {
    const help = await useCommand(createChannel('help-ko'), jimin, 'help');
    expect(help.content).toContain('**여기서 묻는 방법**');
    expect(labelsOf(help)[0]).toBe('15와 27을 더해줘');
  });

  test('of a moderator tells of /forget, and in a direct message so does everybody’s', async () => {
    const moderator = world.discord.createUser({ name: 'mod', locale: 'en-US', isModerator: true });
    expect((await useCommand(createChannel('help-mod'), moderator, 'help')).content).toContain(
      '- `/forget` deletes what I remember.',
    );
    const direct = await useCommand(world.discord.openDm(alex), alex, 'help');
    expect(direct.content).toContain('- Write anything: here, every message is a question.');
    expect(direct.content).toContain('- `/forget` deletes what I remember.');
    expect(direct.content).not.toContain('Mention me');
  });

  test('says what is missing where the bot lacks a permission', async () => {
    const silent = createChannel('no-writing');
    silent.deny('SendMessages');
    expect((await useCommand(silent, alex, 'help')).content).toContain('because I may not write in this channel.');
    const thread = createChannel('thread-parent').startThread('no writing in threads');
    thread.deny('SendMessagesInThreads');
    expect((await useCommand(thread, alex, 'help')).content).toContain('because I may not write in this channel.');
    const bare = createChannel('no-files');
    bare.deny('AttachFiles', 'ReadMessageHistory');
    const help = await useCommand(bare, alex, 'help');
    expect(help.content).toContain('in answers to `/ask` only: I may not attach any in this channel.');
    expect(help.content).toContain('- I may not read earlier messages here');
    expect(help.content).toContain('- Mention me');
  });
});

describe('an example', () => {
  test('that is pressed is asked as the presser: quoted, answered for all to see, and remembered', async () => {
    const channel = createChannel('example');
    const help = await useCommand(channel, jimin, 'help');
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] }, { text: '42입니다.' });
    await press(channel, jimin, help, '15와 27을 더해줘');
    await publicAnswer(channel, '42입니다.');
    expect(publicMessages(channel).map(({ content }) => content)).toEqual([
      '> 15와 27을 더해줘\n✅ add({"a":15,"b":27}) → 42',
      '42입니다.',
    ]);
    world.model.enqueue({ text: '15와 27이요.' });
    channel.says(alex, `<@${world.discord.bot.id}> what was asked?`);
    await publicAnswer(channel, '15와 27이요.');
    expect(world.model.requests.at(-1)?.messages.map(({ text }) => text)).toContain('지민: 15와 27을 더해줘');
  });

  test('pressed twice at once is asked once, and again when it is answered', async () => {
    const channel = createChannel('twice');
    const help = await useCommand(channel, alex, 'help');
    const hold = new Hold();
    world.model.enqueue({ text: [hold, '42'] });
    await press(channel, alex, help, 'add 15 and 27');
    const second = await press(channel, alex, help, 'add 15 and 27');
    const refusal = await answerTo(channel, second);
    expect(refusal.content).toBe('You have asked that already, and I am about to answer it.');
    hold.release();
    await publicAnswer(channel, '> add 15 and 27\n42');
    const isOver = () =>
      world.program.log.some(({ event, channelId }) => event === 'turn-end' && channelId === channel.id);
    await expect.poll(isOver, { timeout: 25_000 }).toBe(true);
    world.model.enqueue({ text: '42, again' });
    await press(channel, alex, help, 'add 15 and 27');
    await publicAnswer(channel, '> add 15 and 27\n42, again');
    expect(publicMessages(channel)).toHaveLength(2);
  });

  test('survives a crash while it is answered, and its button works after the restart', async () => {
    const channel = createChannel('crash');
    const help = await useCommand(channel, alex, 'help');
    const hold = new Hold();
    world.model.enqueue({ text: [hold, 'never'] });
    await press(channel, alex, help, 'add 15 and 27');
    await hold.reached;
    await world.kill();
    hold.release();
    world.model.enqueue({ text: '42' });
    await world.start();
    await publicAnswer(channel, '> add 15 and 27\n42');
    expect(publicMessages(channel)).toHaveLength(1);
    world.model.enqueue({ text: '350' });
    await press(channel, alex, help, 'add 100 and 200, then add 50');
    await publicAnswer(channel, '> add 100 and 200, then add 50\n350');
  });

  test('is asked where it is pressed, and one that is made up is not asked at all', async () => {
    const channel = createChannel('made-up');
    const copy = channel.says(world.discord.bot, 'a copy of the message');
    for (const id of [
      'example:en:toString',
      'example:en:',
      'example:xx:sum',
      'example',
      'example:__proto__:sum',
      'unknown:1:2',
      'nonsense',
    ]) {
      expect((await answerTo(channel, await channel.presses(alex, copy.id, id))).content, id).toBe(spent);
    }
    world.model.enqueue({ text: '42' });
    await channel.presses(alex, copy.id, 'example:en:sum');
    await publicAnswer(channel, '> add 15 and 27\n42');
  });
});

describe('who may not ask', () => {
  test('is shown no examples, and refused kindly when pressing one all the same', async () => {
    const channel = createChannel('not-allowed');
    const help = await useCommand(channel, alex, 'help');
    await world.stop();
    Object.assign(world.settings, { ALLOWED_ROLES: '223456789012345678', APPROVAL_ROLES: approversRole });
    await world.start();
    try {
      const own = await useCommand(channel, approver, 'help');
      expect(own.content).toBe(`I answer questions, work them out with tools, and show how.\n\n⚠️ ${notAllowed}`);
      expect(buttonsOf(own)).toEqual([]);
      for (const member of [approver, alex]) {
        const refusal = await answerTo(channel, await press(channel, member, help, 'add 15 and 27'));
        expect(refusal.content).toBe(notAllowed);
      }
      expect((await useCommand(channel, alex, 'help')).content).toBe(notAllowed);
      expect(publicMessages(channel)).toEqual([]);
    } finally {
      await world.stop();
      Object.assign(world.settings, { ALLOWED_ROLES: '', APPROVAL_ROLES: '' });
      await world.start();
    }
  });
});
