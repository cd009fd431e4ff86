/** The contract's «What a turn looks like in the channel», against the whole product: npm start, a calculator, a scripted model. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { toWords } from '../../src/simulator/model/answer.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld();
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string, locale?: string) {
  const guild = locale === undefined ? world.discord.guilds[0] : world.discord.createGuild({ name, locale });
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

describe('the story', () => {
  test('15와 27을 더해줘: typing, the text, a notice that turns, the answer as a reply', async () => {
    const channel = createChannel('story');
    const [first, second] = [new Hold(), new Hold()];
    world.model.enqueue(
      { text: ['15와 27을 ', '더해보겠습니다.', first], toolCalls: [{ name: 'add', arguments: '{"a":15,"b":27}' }] },
      { text: ['15와 27을 더하면', second, ' 42입니다.'] },
    );
    const question = channel.says(jimin, `${mention} 15와 27을 더해줘`);
    await first.reached;
    const typing = world.discord.requests.find(({ path }) => path === `/channels/${channel.id}/typing`);
    expect(typing?.status).toBe(204);
    first.release();

    // The answer grows while the model writes.
    const growing = await replyTo(question, channel, (content) => content === '15와 27을 더하면');
    second.release();
    const answer = await replyTo(question, channel, (content) => content === '15와 27을 더하면 42입니다.');
    expect(answer.id).toBe(growing.id);

    await expectToStand(channel, [
      '15와 27을 더해보겠습니다.',
      '✅ add({"a":15,"b":27}) → 42',
      '15와 27을 더하면 42입니다.',
    ]);
  });

  test('a notice runs before it is done', async () => {
    const channel = createChannel('running');
    const held = new Hold();
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: [held, '3'] });
    const question = channel.says(jimin, `${mention} 1+2`);
    const notice = await channel.waitFor(() => botMessages(channel).find(({ content }) => content.startsWith('✅')));
    expect(notice.revisions[0]).toBe('🔧 add({"a":1,"b":2})');
    held.release();
    await replyTo(question, channel, (content) => content === '3');
  });

  test('two steps, then a question that needs the earlier result', async () => {
    const channel = createChannel('two-steps');
    world.model.enqueue(
      { toolCalls: [{ name: 'add', arguments: { a: 100, b: 200 } }] },
      { toolCalls: [{ name: 'add', arguments: { a: 300, b: 50 } }] },
      { text: '350입니다.' },
      { toolCalls: [{ name: 'multiply', arguments: { a: 350, b: 2 } }] },
      { text: '700입니다.' },
    );
    await replyTo(channel.says(jimin, `${mention} 100과 200을 더한 다음 50을 더해줘`), channel);
    await replyTo(channel.says(jimin, `${mention} 거기에 2를 곱해줘`), channel);
    await expectToStand(channel, [
      '✅ add({"a":100,"b":200}) → 300',
      '✅ add({"a":300,"b":50}) → 350',
      '350입니다.',
      '✅ multiply({"a":350,"b":2}) → 700',
      '700입니다.',
    ]);
    const heard = world.model.requests.at(-1)?.messages.map(({ role, text }) => `${role}: ${text}`);
    expect(heard).toContain('user: 지민: 100과 200을 더한 다음 50을 더해줘');
    expect(heard).toContain('assistant: 350입니다.');
  });

  test('several calls of one step are one notice, a line a call', async () => {
    const channel = createChannel('parallel');
    world.model.enqueue(
      {
        toolCalls: [
          { name: 'add', arguments: { a: 1, b: 2 } },
          { name: 'divide', arguments: { a: 1, b: 0 } },
        ],
      },
      { text: 'done' },
    );
    await replyTo(channel.says(jimin, `${mention} both`), channel);
    await expectToStand(channel, [/^✅ add\(\{"a":1,"b":2\}\) → 3\n❌ divide\(\{"a":1,"b":0\}\) → \S.*$/, 'done']);
  });
});

test('numbers stay exact from the model’s text to the calculator and back', async () => {
  const channel = createChannel('exact');
  const [a, b] = ['9007199254740993', '123456789012345678901234567890'];
  world.model.enqueue({ toolCalls: [{ name: 'add', arguments: `{"a":${a},"b":${b}}` }] }, ({ messages }) => ({
    text: messages.at(-1)?.text ?? '',
  }));
  const answer = await replyTo(channel.says(jimin, `${mention} big`), channel);
  expect(answer.content).toBe(String(BigInt(a) + BigInt(b)));
  await expectToStand(channel, [`✅ add({"a":${a},"b":${b}}) → ${answer.content}`, answer.content]);
});

test('a long answer goes on in further messages, code fences closed and reopened', async () => {
  const channel = createChannel('long');
  const code = `\`\`\`js\n${'const answer = 42;\n'.repeat(150)}\`\`\`\nThat is all.`;
  world.model.enqueue({ text: toWords(code) });
  const question = channel.says(jimin, `${mention} write code`);
  await channel.waitFor(() => botMessages(channel).some(({ content }) => content.endsWith('That is all.')));
  const parts = botMessages(channel);
  expect(parts.map(({ repliesTo }) => repliesTo)).toEqual([question.id, undefined]);
  for (const { content } of parts) {
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(content.match(/```/g)).toHaveLength(2);
  }
  expect(parts.flatMap(({ content }) => content.match(/const answer = 42;/g) ?? [])).toHaveLength(150);
});

test('nobody is pinged by what the model writes, save the asker by the reply', async () => {
  const channel = createChannel('pings');
  const alex = world.discord.createUser({ name: 'alex' });
  const ping = `@everyone @here <@${alex.id}> <@&${channel.guild?.id}>`;
  world.model.enqueue(
    { text: `${ping} calling`, toolCalls: [{ name: 'evaluate', arguments: { expression: ping } }] },
    { text: `${ping} done` },
  );
  await replyTo(channel.says(jimin, `${mention} shout`), channel);
  expect(botMessages(channel).map(({ pings }) => pings)).toEqual([[], [], [jimin.id]]);
  for (const { method, path, body } of world.discord.requests) {
    const isWrite = (method === 'POST' || method === 'PATCH') && path.startsWith(`/channels/${channel.id}/messages`);
    if (isWrite) expect(body).toHaveProperty('allowed_mentions.parse', []);
  }
});

test('every message it creates carries a nonce of the question, enforced', async () => {
  const channel = createChannel('nonce');
  world.model.enqueue({ text: 'one' });
  const question = channel.says(jimin, `${mention} hello`);
  await replyTo(question, channel);
  const [create] = world.discord.requests.filter(
    ({ method, path }) => method === 'POST' && path === `/channels/${channel.id}/messages`,
  );
  expect(create?.body).toMatchObject({ nonce: expect.stringContaining(question.id), enforce_nonce: true });
});

describe('/ask', () => {
  test('thinks at once; its first message is headed by the question, the others follow', async () => {
    const channel = createChannel('ask');
    const held = new Hold();
    world.model.enqueue(
      { text: [held, '더해보겠습니다.'], toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] },
      { text: '42입니다.' },
    );
    const interactionId = await channel.asks(jimin, 'ask', { question: '15와 27을 더해줘' });
    await held.reached;
    await channel.waitFor(({ messages }) =>
      messages.find(({ interaction }) => interaction?.id === interactionId && interaction.isThinking),
    );
    held.release();
    await expectToStand(channel, ['> 15와 27을 더해줘\n더해보겠습니다.', '✅ add({"a":15,"b":27}) → 42', '42입니다.']);
    expect(botMessages(channel).flatMap(({ pings }) => pings)).toEqual([]);
  });

  test('shares the history of the channel it is used in', async () => {
    const channel = createChannel('ask-history');
    world.model.enqueue({ text: 'blue' }, { text: 'you said blue' });
    await replyTo(channel.says(jimin, `${mention} my colour is blue`), channel);
    await channel.asks(jimin, 'ask', { question: 'my colour?' });
    await channel.waitFor(() => botMessages(channel).at(-1)?.content.endsWith('you said blue'));
    expect(world.model.requests.at(-1)?.messages.map(({ text }) => text)).toContain('지민: my colour is blue');
  });
});

test('errors are in the language of the guild for a mention, of the user for /ask', async () => {
  const failing = {
    status: 401,
    body: {
      error: {
        message: 'Incorrect API key provided: sk-wrong.',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
        param: null,
      },
    },
  };
  const alex = world.discord.createUser({ name: 'alex', locale: 'en-US' });
  for (const [locale, pattern] of [
    ['ko', /^⚠️ .*운영자/],
    ['en-US', /^⚠️ The language model does not accept/],
  ] as const) {
    const channel = createChannel(`language-${locale}`, locale);
    await world.discord.waitForBot();
    world.model.enqueue(failing);
    expect((await replyTo(channel.says(alex, `${mention} hi`), channel)).content).toMatch(pattern);
    world.model.enqueue(failing);
    await channel.asks(locale === 'ko' ? alex : jimin, 'ask', { question: 'hi' });
    const response = await channel.waitFor(() =>
      botMessages(channel).find(({ interaction }) => interaction !== undefined && !interaction.isThinking),
    );
    expect(response.content).toMatch(locale === 'ko' ? /^> hi\n⚠️ The language model/ : /^> hi\n⚠️ .*운영자/);
  }
});

test('turns of one channel run one after another in the order asked; other channels go on meanwhile', async () => {
  const [busy, idle] = [createChannel('busy'), createChannel('idle')];
  const held = new Hold();
  world.model.enqueue({ text: [held, 'first'] });
  const first = busy.says(jimin, `${mention} one`);
  await held.reached;
  const later = ['two', 'three'].map((text) => busy.says(jimin, `${mention} ${text}`));
  world.model.enqueue({ text: 'elsewhere' });
  await replyTo(idle.says(jimin, `${mention} other`), idle);
  expect(botMessages(busy)).toEqual([]);
  world.model.enqueue(
    ({ messages }) => ({ text: `re ${messages.at(-1)?.text}` }),
    ({ messages }) => ({ text: `re ${messages.at(-1)?.text}` }),
  );
  held.release();
  await replyTo(first, busy);
  for (const question of later) await replyTo(question, busy);
  await expectToStand(busy, ['first', 're 지민: two', 're 지민: three']);
});
