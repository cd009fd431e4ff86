/** What members press while a turn works and after: Stop, Again and Why?, in the whole bot. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import type { Step } from '../../src/simulator/model/model-server.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../agent/support/tool-server.ts';
import { buttonOf, buttonsOf, labelsOf, press, privateReply } from '../support/buttons.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

const paid: string[] = [];
let looked = Promise.withResolvers<void>();
const tools: TestTool[] = [
  {
    name: 'look',
    annotations: { readOnlyHint: true },
    run: async () => {
      await looked.promise;
      return 'seen';
    },
  },
  {
    name: 'count',
    annotations: { readOnlyHint: true },
    run: ({ to = '' }) => String(to).repeat(5000) || '42',
  },
  {
    name: 'pay',
    annotations: {},
    run: ({ to }) => {
      paid.push(String(to));
      return `paid ${to}`;
    },
  },
  {
    name: 'draw',
    annotations: { readOnlyHint: true },
    run: () => ({ content: [{ type: 'image', data: Buffer.from('png').toString('base64'), mimeType: 'image/png' }] }),
  },
];

let world: World;
let server: TestToolServer;
let folder: string;
let alex: SimulatedUser;
let jimin: SimulatedUser;
let stranger: SimulatedUser;
let approver: SimulatedUser;
let moderator: SimulatedUser;
let mention: string;

beforeAll(async () => {
  server = await startToolServer({ tools });
  folder = await mkdtemp(join(tmpdir(), 'jupan-buttons-'));
  const path = join(folder, 'servers.json');
  await writeFile(path, JSON.stringify({ mcpServers: { desk: { url: server.url } } }));
  // The role must have an id before the bot is told of it.
  const roleId = '123456789012345678';
  world = await startWorld({
    program: 'bot',
    discord: { allowsUserInstall: true },
    settings: { MCP_CONFIG: path, APPROVAL_ROLES: roleId, USER_INSTALL: 'on' },
  });
  world.discord.createRole('Approvers', roleId);
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  stranger = world.discord.createUser({ name: 'stranger', locale: 'en-US' });
  approver = world.discord.createUser({ name: 'boss', locale: 'en-US', roleIds: [roleId] });
  moderator = world.discord.createUser({ name: 'mod', locale: 'en-US', isModerator: true });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await server?.close();
  if (folder) await rm(folder, { recursive: true });
});

let channels = 0;

function createChannel(locale = 'en-US'): SimulatedChannel {
  channels += 1;
  return world.discord.createChannel(world.discord.createGuild({ name: `guild-${channels}`, locale }), 'talk');
}

const callOf = (name: string, args: object = {}): Step => ({ toolCalls: [{ name, arguments: { ...args } }] });

/** The bot's messages that everybody sees, as `id content`. */
function standing(channel: SimulatedChannel): string[] {
  return botMessages(channel)
    .filter(({ isEphemeral }) => isEphemeral !== true)
    .map(({ id, content }) => `${id} ${content}`);
}

async function settled(channel: SimulatedChannel, content: string): Promise<SimulatedMessage> {
  return await channel.waitFor(
    () => botMessages(channel).find((message) => message.content === content && labelsOf(message).includes('Why?')),
    { timeoutMs: 25_000 },
  );
}

/** Asks, and waits for the answer, which has its buttons below it. */
async function ask(channel: SimulatedChannel, text: string, ...answers: readonly Step[]) {
  world.model.enqueue(...answers);
  const question = channel.says(alex, `${mention} ${text}`);
  const last = answers.at(-1);
  const content = typeof last === 'object' && 'text' in last ? String(last.text) : '';
  const answer = await settled(channel, content);
  return { question, answer };
}

/** What Discord was asked for in that channel since, without looking things up. */
function requestsSince(start: number, { id }: SimulatedChannel): string[] {
  return world.discord.requests
    .slice(start)
    .filter(({ path, method }) => path.includes(id) && method !== 'GET')
    .map(({ method, route = '' }) => `${method} ${route.split('/').at(-1)}`);
}

describe('Stop', () => {
  test('stands below a running call and a growing answer, goes with them, and costs no request', async () => {
    const channel = createChannel();
    looked = Promise.withResolvers();
    const hold = new Hold();
    const start = world.discord.requests.length;
    world.model.enqueue(callOf('look'), { text: ['It is ', 'there', hold, '.'] });
    channel.says(alex, `${mention} look`);
    const { message } = await buttonOf(channel, 'Stop');
    expect(message.content).toBe('🔧 look({})');
    looked.resolve();
    await hold.reached;
    const draft = await channel.waitFor(() => botMessages(channel).find(({ content }) => content === 'It is there'), {
      timeoutMs: 25_000,
    });
    expect(labelsOf(draft)).toEqual(['Stop']);
    const notice = botMessages(channel)[0];
    expect([notice?.content, notice?.components]).toEqual(['✅ look({}) → seen', []]);
    hold.release();
    const answer = await settled(channel, 'It is there.');
    expect(labelsOf(answer)).toEqual(['Again', 'Why?']);
    await expectToStand(channel, ['✅ look({}) → seen', 'It is there.']);
    const made = requestsSince(start, channel).filter((request) => request !== 'POST typing');
    expect(made).toEqual(['POST messages', 'PATCH {message.id}', 'POST messages', 'PATCH {message.id}']);
  });

  test('ends the answer for its asker, and a call with it; what can be pressed then are Again and Why?', async () => {
    const channel = createChannel();
    looked = Promise.withResolvers();
    world.model.enqueue(callOf('look'));
    channel.says(alex, `${mention} look`);
    await press(channel, alex, 'Stop');
    await expectToStand(channel, [/^❌ look\({}\) → /, '⚠️ Stopped.']);
    expect(botMessages(channel).map(labelsOf)).toEqual([[], ['Again', 'Why?']]);
    looked.resolve();
  });

  test('is for moderators and approvers too, and for nobody else; spent, it says so', async () => {
    for (const user of [moderator, approver]) {
      const channel = createChannel();
      const hold = new Hold();
      world.model.enqueue({ text: ['A', ' long', hold] });
      channel.says(alex, `${mention} talk`);
      const { message, id } = await buttonOf(channel, 'Stop');
      const refused = await channel.presses(stranger, message.id, id);
      const reply = await privateReply(channel, refused);
      expect(reply.content).toBe('Only the member who asked, or a moderator, can stop this answer.');
      await channel.presses(user, message.id, id);
      await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '⚠️ Stopped.'));
      const late = await channel.presses(alex, message.id, id);
      expect((await privateReply(channel, late)).content).toBe('That is settled already.');
    }
  });

  test('does nothing from another channel, and works after a restart', async () => {
    const channel = createChannel();
    const elsewhere = createChannel();
    looked = Promise.withResolvers();
    world.model.enqueue(callOf('look'));
    channel.says(alex, `${mention} look`);
    const { message, id } = await buttonOf(channel, 'Stop');
    const copy = elsewhere.says(world.discord.bot, 'a copy of the message');
    const pressed = await elsewhere.presses(alex, copy.id, id);
    expect((await privateReply(elsewhere, pressed)).content).toBe('That belongs to another channel.');
    await world.kill();
    await world.start();
    await channel.presses(alex, message.id, id);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '⚠️ Stopped.'), {
      timeoutMs: 25_000,
    });
    looked.resolve();
  });
});

describe('Again', () => {
  test('writes the new answer over the old one, message by message, in the same place', async () => {
    const channel = createChannel();
    const { question, answer } = await ask(channel, 'count', callOf('count'), { text: 'It is 42.' });
    const [notice] = botMessages(channel);
    channel.says(stranger, 'something in between');
    world.model.enqueue(callOf('count', { to: 'x' }), { text: 'It is x.' });
    const start = world.discord.requests.length;
    await press(channel, alex, 'Again');
    await settled(channel, 'It is x.');
    // An edit of a notice may come after the answer.
    await channel.waitFor(() => /^✅ count\({"to":"x"}\) → x+/.test(botMessages(channel)[0]?.content ?? ''));
    expect(botMessages(channel)[0]?.id).toBe(notice?.id);
    expect(botMessages(channel)[1]).toMatchObject({ id: answer.id, content: 'It is x.', repliesTo: question.id });
    expect(botMessages(channel)).toHaveLength(2);
    expect(requestsSince(start, channel).filter((request) => /POST messages|DELETE/.test(request))).toEqual([]);
    // Once more: the answer of now is the one to replace.
    world.model.enqueue({ text: 'Still x.' });
    await press(channel, alex, 'Again');
    await settled(channel, 'Still x.');
    await expectToStand(channel, ['Still x.']);
    expect(botMessages(channel)[0]?.id).toBe(answer.id);
  });

  test('asks the question as it stands now, with what was said before it and without what was said since', async () => {
    const channel = createChannel();
    await ask(channel, 'my name is Alex', { text: 'Hello, Alex.' });
    const { question } = await ask(channel, 'count to 2', { text: '1, 2' });
    await ask(channel, 'thanks', { text: 'You are welcome.' });
    channel.edits(question.id, `${mention} count to 3`);
    world.model.enqueue({ text: '1, 2, 3' });
    const message = await settled(channel, '1, 2');
    await channel.presses(alex, message.id, buttonsOf(message)[0]?.custom_id ?? '');
    await settled(channel, '1, 2, 3');
    const texts = (index: number) =>
      world.model.requests
        .at(index)
        ?.messages.slice(1)
        .map(({ text }) => text);
    expect(texts(-1)).toEqual(['Alex: my name is Alex', 'Hello, Alex.', 'Alex: count to 3']);
    await ask(channel, 'and now?', { text: 'Done.' });
    expect(texts(-1)).toEqual([
      ...['Alex: my name is Alex', 'Hello, Alex.', 'Alex: count to 3', '1, 2, 3'],
      ...['Alex: thanks', 'You are welcome.', 'Alex: and now?'],
    ]);
  });

  test('shortens and lengthens: what is left over goes when the new answer stands, what is missing is posted', async () => {
    const channel = createChannel();
    const long = Array.from({ length: 120 }, (_, line) => `${line}: ${'word '.repeat(8).trim()}.`).join('\n');
    const { answer } = await ask(channel, 'tell', callOf('draw'), { text: 'Short.' });
    expect(botMessages(channel).map(({ attachments }) => attachments.length)).toEqual([0, 1, 0]);
    world.model.enqueue({ text: long });
    await press(channel, alex, 'Again');
    await expectToStand(channel, [/^0: word/, /word/, /\n119: word.*\.$/s]);
    const parts = botMessages(channel);
    expect(parts.map(({ content }) => content).join('\n')).toBe(long);
    expect(parts.map(({ attachments }) => attachments.length)).toEqual([0, 0, 0]);
    expect(parts[0]?.id).toBe(answer.id);
    expect(parts.map(labelsOf)).toEqual([[], [], ['Again', 'Why?']]);
    world.model.enqueue({ text: 'Short again.' });
    await press(channel, alex, 'Again');
    await expectToStand(channel, ['Short again.']);
  });

  test('leaves the old answer standing until the new one grows, and as it was when that fails', async () => {
    const channel = createChannel();
    await ask(channel, 'count', callOf('count'), { text: 'It is 42.' });
    const before = standing(channel);
    const buttons = botMessages(channel).map(buttonsOf);
    world.model.enqueue(callOf('count', { to: 'y' }), { status: 400, body: { error: { message: 'no' } } });
    const pressed = await press(channel, alex, 'Again');
    const reply = await privateReply(channel, pressed);
    expect(reply.content).toBe(
      'The language model had a problem. Please ask again. My earlier answer stays as it was.',
    );
    expect(standing(channel)).toEqual(before);
    expect(
      botMessages(channel)
        .filter(({ isEphemeral }) => !isEphemeral)
        .map(buttonsOf),
    ).toEqual(buttons);
    await ask(channel, 'what was it?', { text: '42, I said.' });
    const texts = world.model.requests.at(-1)?.messages.map(({ text }) => text);
    expect(texts).toContain('It is 42.');
    expect(texts?.filter((text) => text === 'Alex: count')).toHaveLength(1);
  });

  test('stopped, gives the old answer back; where that was a failure, the newer failure stands', async () => {
    const channel = createChannel();
    const { answer } = await ask(channel, 'tell', { text: 'As it was.' });
    const [silent, hold] = [new Hold(), new Hold()];
    world.model.enqueue({ text: [silent, 'Something', ' new', hold] });
    const start = world.discord.requests.length;
    await press(channel, alex, 'Again');
    // The old answer shows that there is work: no typing, which only a new message would end.
    const before = await buttonOf(channel, 'Stop');
    expect(before.message).toMatchObject({ id: answer.id, content: 'As it was.' });
    expect(requestsSince(start, channel)).toEqual(['PATCH {message.id}']);
    silent.release();
    const growing = await channel.waitFor(() =>
      botMessages(channel).find(({ content }) => content === 'Something new'),
    );
    expect([growing.id, labelsOf(growing)]).toEqual([answer.id, ['Stop']]);
    await press(channel, alex, 'Stop');
    await settled(channel, 'As it was.');
    await expectToStand(channel, ['As it was.']);
    const other = createChannel();
    world.model.enqueue({ status: 400, body: {} }, { status: 401, body: {} });
    other.says(alex, `${mention} hello`);
    await settled(other, '⚠️ The language model had a problem. Please ask again.');
    await press(other, alex, 'Again');
    await expectToStand(other, ['⚠️ The language model does not accept my access. Please tell whoever runs this bot.']);
  });

  test('is refused kindly where the question is gone, and where the answer is not kept any more', async () => {
    const channel = createChannel();
    const { question, answer } = await ask(channel, 'tell', { text: 'Told.' });
    channel.deletes(question.id);
    const gone = await press(channel, alex, 'Again');
    expect((await privateReply(channel, gone)).content).toBe('That question is gone, so I leave my answer as it is.');
    expect(standing(channel)[0]).toBe(`${answer.id} Told.`);
    const forget = await channel.asks(moderator, 'forget', {});
    await privateReply(channel, forget);
    const [again, why] = buttonsOf(answer);
    for (const button of [again, why]) {
      const late = await channel.presses(alex, answer.id, button?.custom_id ?? '');
      expect((await privateReply(channel, late)).content).toBe('I no longer keep that answer.');
    }
  });

  test('is for the asker, moderators and approvers, from its own channel', async () => {
    const channel = createChannel();
    const elsewhere = createChannel();
    const { answer } = await ask(channel, 'tell', { text: 'Told.' });
    const [again] = buttonsOf(answer);
    const id = again?.custom_id ?? '';
    const refused = await channel.presses(stranger, answer.id, id);
    expect((await privateReply(channel, refused)).content).toBe(
      'Only the member who asked, or a moderator, can have this answered again.',
    );
    const copy = elsewhere.says(world.discord.bot, 'a copy of the message');
    const lost = await elsewhere.presses(alex, copy.id, id);
    expect((await privateReply(elsewhere, lost)).content).toBe('I no longer keep that answer.');
    for (const [user, text] of [
      [moderator, 'Told by a moderator.'],
      [approver, 'Told by an approver.'],
    ] as const) {
      world.model.enqueue({ text });
      await press(channel, user, 'Again');
      await settled(channel, text);
    }
    // The question stays that of its asker.
    expect(world.model.requests.at(-1)?.messages.at(-1)?.text).toBe('Alex: tell');
  });

  test('pressed twice at once, is done once', async () => {
    const channel = createChannel();
    const { answer } = await ask(channel, 'tell', { text: 'Told.' });
    const hold = new Hold();
    world.model.enqueue({ text: ['Told ', hold, 'again.'] });
    const id = buttonsOf(answer)[0]?.custom_id ?? '';
    const presses = await Promise.all([alex, moderator].map((user) => channel.presses(user, answer.id, id)));
    await hold.reached;
    const reply = await Promise.race(presses.map((pressId) => privateReply(channel, pressId)));
    expect(reply.content).toBe('I am answering that again already.');
    hold.release();
    await settled(channel, 'Told again.');
    await expectToStand(channel, ['Told again.', /already/]);
  });

  test('works after a restart, and goes on where a crash cut it off', async () => {
    const channel = createChannel();
    const { answer } = await ask(channel, 'count', callOf('count'), { text: 'It is 42.' });
    await world.kill();
    await world.start();
    looked = Promise.withResolvers();
    world.model.enqueue(callOf('look'), { text: 'It is there.' });
    await press(channel, alex, 'Again');
    await channel.waitFor(() => botMessages(channel)[0]?.content === '🔧 look({})', { timeoutMs: 25_000 });
    await world.kill();
    looked.resolve();
    await world.start();
    await settled(channel, 'It is there.');
    await expectToStand(channel, ['✅ look({}) → seen', 'It is there.']);
    expect(botMessages(channel)[1]?.id).toBe(answer.id);
    await ask(channel, 'and?', { text: 'That is all.' });
    expect(world.model.requests.at(-1)?.messages.filter(({ text }) => text === 'Alex: count')).toHaveLength(1);
  });

  test('makes no call unasked that would do more when made twice', async () => {
    const channel = createChannel();
    await ask(channel, 'pay Bob', callOf('pay', { to: 'Bob' }), { text: 'Paid.' });
    expect(paid).toEqual(['Bob']);
    world.model.enqueue(callOf('pay', { to: 'Bob' }), { text: 'Not paid again.' });
    await press(channel, alex, 'Again');
    await press(channel, alex, 'Deny');
    await settled(channel, 'Not paid again.');
    expect(paid).toEqual(['Bob']);
    world.model.enqueue(callOf('count'), callOf('pay', { to: 'Bob' }), { text: 'Paid again.' });
    await press(channel, alex, 'Again');
    await press(channel, alex, 'Approve');
    await settled(channel, 'Paid again.');
    expect(paid).toEqual(['Bob', 'Bob']);
  });

  test('of /ask writes over the response, headed by the question as before', async () => {
    const channel = createChannel();
    world.model.enqueue(callOf('count'), { text: 'It is 42.' });
    await channel.asks(alex, 'ask', { question: 'count' });
    const answer = await settled(channel, 'It is 42.');
    const [first] = botMessages(channel);
    world.model.enqueue({ text: 'Forty-two.' });
    await press(channel, alex, 'Again');
    await settled(channel, '> count\nForty-two.');
    await expectToStand(channel, ['> count\nForty-two.']);
    expect(botMessages(channel)[0]?.id).toBe(first?.id);
    expect(answer.id).not.toBe(first?.id);
  });

  test('of /ask in a channel where the bot may not write goes through the press', async () => {
    const channel = createChannel();
    channel.deny('SendMessages');
    world.model.enqueue({ text: 'It is 42.' });
    await channel.asks(alex, 'ask', { question: 'count' });
    const answer = await settled(channel, '> count\nIt is 42.');
    world.model.enqueue(callOf('count'), { text: 'Forty-two.' });
    await press(channel, alex, 'Again');
    await settled(channel, 'Forty-two.');
    await expectToStand(channel, ['> count\n✅ count({}) → 42', 'Forty-two.']);
    expect(botMessages(channel)[0]?.id).toBe(answer.id);
  });

  test('of a private answer stays between the bot and its asker', async () => {
    const channel = createChannel();
    world.model.enqueue({ text: 'It is 42.' });
    await channel.asks(alex, 'ask', { question: 'count', private: 'true' });
    const answer = await settled(channel, '> count\nIt is 42.');
    world.model.enqueue(callOf('count'), { text: 'Forty-two.' });
    await press(channel, alex, 'Again');
    await settled(channel, 'Forty-two.');
    expect(botMessages(channel).map(({ content, isEphemeral }) => [content, isEphemeral])).toEqual([
      ['> count\n✅ count({}) → 42', true],
      ['Forty-two.', true],
    ]);
    expect(botMessages(channel)[0]?.id).toBe(answer.id);
    const reply = await privateReply(channel, await press(channel, alex, 'Why?'));
    expect(reply.content).toContain('✅ count (desk)');
  });

  test('where only the asker has installed the bot, is written over what was pressed', async () => {
    const group = world.discord.createGroup('friends', [alex]);
    world.model.enqueue({ text: 'It is 42.' });
    await group.asks(alex, 'ask', { question: 'count' });
    const answer = await settled(group, '> count\nIt is 42.');
    world.model.enqueue(callOf('count'), { text: 'Forty-two.' });
    await press(group, alex, 'Again');
    await settled(group, 'Forty-two.');
    await expectToStand(group, ['> count\n✅ count({}) → 42', 'Forty-two.']);
    expect(botMessages(group)[0]?.id).toBe(answer.id);
    world.model.enqueue(callOf('count'), { status: 400, body: {} });
    const pressed = await press(group, alex, 'Again');
    await privateReply(group, pressed);
    await expectToStand(group, ['> count\n✅ count({}) → 42', 'Forty-two.', /stays as it was/]);
  });
});

describe('Why?', () => {
  test('shows whoever can read the channel what the answer is made of, in their own language', async () => {
    const channel = createChannel();
    const { answer } = await ask(channel, 'count', callOf('count', { to: '' }), { text: 'It is 42.' });
    const pressed = await press(channel, stranger, 'Why?');
    const { content } = await privateReply(channel, pressed);
    const lines = content.split('\n');
    expect(lines[0]).toBe('How this answer came about:');
    expect(lines[1]).toMatch(
      /^1\) The model answered in [\d.]+ \w+, \d+ tokens read \(\d+ % from the cache\), \d+ written/,
    );
    expect(lines[2]).toMatch(/^✅ count \(desk\) – done \([\d.]+ \w+\)$/);
    expect(lines.slice(3, 5)).toEqual(['– Arguments: {"to":""}', '– Result: 42']);
    expect(lines.at(-1)).toMatch(/^In all: [\d.]+ \w+, 2 answers of the model, 1 call, /);
    const korean = await channel.presses(jimin, answer.id, buttonsOf(answer)[1]?.custom_id ?? '');
    expect((await privateReply(channel, korean)).content).toMatch(/^이 답이 나온 과정:\n1\) 모델이 .* 만에 답했습니다/);
  });

  test('attaches what no line holds, to the letter, and names who approved without a ping', async () => {
    const channel = createChannel();
    await ask(channel, 'pay Eve', callOf('pay', { to: 'Eve' }), { text: 'Paid.' });
    world.model.enqueue(callOf('pay', { to: 'Eve' }), callOf('count', { to: 'z' }), { text: 'Done.' });
    await press(channel, alex, 'Again');
    await press(channel, alex, 'Approve');
    await settled(channel, 'Done.');
    const reply = await privateReply(channel, await press(channel, stranger, 'Why?'));
    expect(reply.content).toContain(`Approved by <@${alex.id}>`);
    expect(reply.content).toContain('The attached file holds all of it, to the letter.');
    expect(reply.pings).toEqual([]);
    expect(reply.attachments.map(({ filename }) => filename)).toEqual(['timeline.txt']);
    const file = Buffer.from(reply.attachments[0]?.data ?? []).toString();
    expect(file).toContain('z'.repeat(5000));
    expect(file).toContain(`Approved by ${alex.id}`);
  });

  test('is not for those who may not read what was said before', async () => {
    const channel = createChannel();
    const { answer } = await ask(channel, 'tell', { text: 'Told.' });
    channel.overwrite(stranger, { deny: ['ReadMessageHistory'] });
    const pressed = await channel.presses(stranger, answer.id, buttonsOf(answer)[1]?.custom_id ?? '');
    expect((await privateReply(channel, pressed)).content).toBe(
      'Only those who can read this channel’s earlier messages can see its conversation.',
    );
  });

  test('works in a direct message, after a restart, and of a failure', async () => {
    const dm = world.discord.openDm(alex);
    world.model.enqueue({ status: 401, body: {} });
    dm.says(alex, 'hello');
    await settled(dm, '⚠️ The language model does not accept my access. Please tell whoever runs this bot.');
    await world.stop();
    await world.start();
    const reply = await privateReply(dm, await press(dm, alex, 'Why?'));
    expect(reply.content).toMatch(/⚠️ The language model does not accept my access.*\nIn all: /s);
    world.model.enqueue({ text: 'Hello.' });
    await press(dm, alex, 'Again');
    await settled(dm, 'Hello.');
    await expectToStand(dm, ['Hello.', /^How this answer came about/]);
  });
});
