/** How much members are shown: notices of many calls, long answers, formulas. The whole bot, with the settings that say so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings: { NOTICES: 'folded' } });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const guild = world.discord.guilds[0] ?? world.discord.createGuild({ name: 'Another', locale: 'en-US' });
  return world.discord.createChannel(guild, name);
}

/** One step with that many additions and a division by zero, then the answer. */
function enqueueCalls(additions: number): void {
  const calls = Array.from({ length: additions }, (_, a) => ({ name: 'add', arguments: { a, b: 1 } }));
  const division = { name: 'divide', arguments: { a: 1, b: 0 } };
  world.model.enqueue({ toolCalls: [...calls, division] }, { text: 'There it is.' });
}

describe('notices', () => {
  test('of more than three calls are one line and those that failed, in one message', async () => {
    const channel = createChannel('folded');
    enqueueCalls(8);
    channel.says(jimin, `${mention} add a lot`);
    await expectToStand(channel, [
      /^✅ 8 of 9 calls done: add ×8\n❌ divide\(\{"a":1,"b":0\}\) → [^\n]+$/,
      'There it is.',
    ]);
  });

  test('of three calls are a line each', async () => {
    const channel = createChannel('unfolded');
    enqueueCalls(2);
    channel.says(jimin, `${mention} add a little`);
    await expectToStand(channel, [/^✅ add\(.*\) → 1\n✅ add\(.*\) → 2\n❌ divide\(.*\) → [^\n]+$/, 'There it is.']);
  });

  test('are of failures alone where the setting says so', async () => {
    await world.stop();
    Object.assign(world.settings, { NOTICES: 'failures' });
    await world.start();
    const channel = createChannel('failures');
    enqueueCalls(4);
    channel.says(jimin, `${mention} add quietly`);
    await expectToStand(channel, [/^❌ divide\(\{"a":1,"b":0\}\) → [^\n]+$/, 'There it is.']);
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] }, { text: '42' });
    channel.says(jimin, `${mention} add`);
    await channel.waitFor(() => botMessages(channel).at(-1)?.content === '42');
    expect(botMessages(channel)).toHaveLength(3);
  });
});

describe('a long answer', () => {
  const lines = Array.from(
    { length: 40 },
    (_, index) => `${index}: ${'it goes on and on. '.repeat(17).trim()}${index < 39 ? '\n' : ''}`,
  );
  const text = lines.join('');
  const fileOf = ({ attachments: [file] }: SimulatedMessage) =>
    file && [file.filename, Buffer.from(file.data).toString()];

  test('is five messages that grow, and a file with all of it; nothing is posted and taken away', async () => {
    const channel = createChannel('long');
    const held = new Hold();
    world.model.enqueue({ text: [...lines.slice(0, 35), held, ...lines.slice(35)] });
    const question = channel.says(jimin, `${mention} tell me everything`);
    await channel.waitFor(() => botMessages(channel).length === 5, { timeoutMs: 25_000 });
    held.release();
    await channel.waitFor(() => botMessages(channel).length === 6, { timeoutMs: 25_000 });
    const [first, , , , , file] = botMessages(channel);
    expect(first?.repliesTo).toBe(question.id);
    expect(file).toMatchObject({
      content: 'This goes on in the file, which holds all of it.',
      nonce: `${question.id}0tw`,
    });
    expect(file && fileOf(file)).toEqual(['answer.md', text]);
    expect(
      text.startsWith(
        botMessages(channel)
          .slice(0, 5)
          .map(({ content }) => content)
          .join('\n'),
      ),
    ).toBe(true);
    const isOfChannel = ({ path }: { readonly path: string }) => path.startsWith(`/channels/${channel.id}/messages`);
    const methods = world.discord.requests.filter(isOfChannel).map(({ method }) => method);
    expect(methods.filter((method) => method === 'POST')).toHaveLength(6);
    expect(methods).not.toContain('DELETE');
  });

  test('goes on in messages where the bot may not attach files', async () => {
    const channel = createChannel('no-files');
    channel.deny('AttachFiles');
    world.model.enqueue({ text });
    channel.says(jimin, `${mention} tell me everything`);
    const all = () =>
      botMessages(channel)
        .map(({ content }) => content)
        .join('\n');
    await channel.waitFor(() => all() === text, { timeoutMs: 25_000 });
    expect(botMessages(channel).length).toBeGreaterThan(6);
  });

  test('is whole once after the bot was killed before its file stood', async () => {
    const channel = createChannel('long-killed');
    const route = new RegExp(`^/channels/${channel.id}/messages`);
    // The file is the sixth message: it never gets there.
    world.discord.faults.add({
      method: 'POST',
      route,
      skip: 5,
      times: Number.POSITIVE_INFINITY,
      effect: { type: 'reset' },
    });
    world.model.enqueue({ text });
    channel.says(jimin, `${mention} tell me everything`);
    await world.program.waitForEvent('message-retry');
    await world.kill();
    world.discord.faults.clear();
    await world.start();
    await channel.waitFor(() => botMessages(channel).length === 6, { timeoutMs: 25_000 });
    const file = botMessages(channel).at(-1);
    expect(file && fileOf(file)).toEqual(['answer.md', text]);
  });
});

describe('formulas', () => {
  const quadratic = 'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}';
  const text = ['The area is \\( \\pi ', 'r^2 \\), and it costs $5. ', '\\[\n', quadratic, '\n\\]'];
  const shown = `The area is πr², and it costs $5. \`${quadratic}\``;
  const isPicture = ({ attachments }: SimulatedMessage) => attachments[0]?.filename === 'formulas.png';

  test('are written in Unicode, and one picture under the answer shows what that cannot say', async () => {
    const channel = createChannel('formulas');
    const held = new Hold();
    world.model.enqueue({ text: [...text.slice(0, 3), held, ...text.slice(3)] });
    const question = channel.says(jimin, `${mention} how do I solve it?`);
    await replyTo(question, channel, (content) => content === 'The area is πr², and it costs $5.');
    expect(botMessages(channel)).toHaveLength(1);
    held.release();
    await channel.waitFor(() => botMessages(channel).some(isPicture), { timeoutMs: 40_000 });
    const [answer, picture] = botMessages(channel);
    expect([answer?.content, answer?.repliesTo]).toEqual([shown, question.id]);
    expect(picture).toMatchObject({ content: '', nonce: `${question.id}0p`, pings: [] });
    const [file] = picture?.attachments ?? [];
    expect(file).toMatchObject({ description: quadratic, contentType: 'image/png' });
    expect(Buffer.from(file?.data ?? []).toString('latin1', 1, 4)).toBe('PNG');
    expect(file?.size).toBeLessThanOrEqual(200_000);
    // The model is sent what it wrote.
    world.model.enqueue({ text: 'Gladly.' });
    await replyTo(channel.says(jimin, `${mention} thanks`), channel, (content) => content === 'Gladly.');
    expect(JSON.stringify(world.model.requests.at(-1)?.body)).toContain(JSON.stringify(text.join('')).slice(1, -1));
  });

  test('go with /ask, too', async () => {
    const channel = createChannel('formulas-ask');
    world.model.enqueue({ text });
    await channel.asks(jimin, 'ask', { question: 'solve' });
    await channel.waitFor(() => botMessages(channel).some(isPicture), { timeoutMs: 40_000 });
    expect(botMessages(channel).map(({ content }) => content)).toEqual([`> solve\n${shown}`, '']);
  });

  test('are drawn once when the bot is killed between the answer and the picture', async () => {
    const channel = createChannel('formulas-killed');
    const route = new RegExp(`^/channels/${channel.id}/messages`);
    // The picture stands, and the bot never hears of it.
    const effect = { type: 'reset-after-storing' } as const;
    world.discord.faults.add({ method: 'POST', route, skip: 1, times: Number.POSITIVE_INFINITY, effect });
    world.model.enqueue({ text });
    channel.says(jimin, `${mention} solve`);
    await channel.waitFor(() => botMessages(channel).some(isPicture), { timeoutMs: 40_000 });
    await world.kill();
    world.discord.faults.clear();
    world.model.enqueue({ text: 'Gladly.' });
    await world.start();
    // Asked after it, answered after it.
    await replyTo(channel.says(jimin, `${mention} thanks`), channel, (content) => content === 'Gladly.');
    expect(botMessages(channel).map(({ content }) => content)).toEqual([shown, '', 'Gladly.']);
  });

  test('that nobody can draw stay in the answer as they are, and hold up nothing', async () => {
    const channel = createChannel('formulas-hostile');
    const endless = `\\(${'{'.repeat(140)}\\oops${'}'.repeat(140)}\\)`;
    world.model.enqueue({ text: endless }, { text: 'Gladly.' });
    channel.says(jimin, `${mention} solve`);
    await replyTo(channel.says(jimin, `${mention} thanks`), channel, (content) => content === 'Gladly.');
    expect(botMessages(channel).map(({ content }) => content)).toEqual([`\`${endless.slice(2, -2)}\``, 'Gladly.']);
  });

  test('stay as the model writes them where the setting says so', async () => {
    await world.stop();
    Object.assign(world.settings, { FORMULAS: 'off' });
    await world.start();
    const channel = createChannel('formulas-off');
    world.model.enqueue({ text }, { text: 'Gladly.' });
    channel.says(jimin, `${mention} solve`);
    await replyTo(channel.says(jimin, `${mention} thanks`), channel, (content) => content === 'Gladly.');
    expect(botMessages(channel).map(({ content }) => content)).toEqual([text.join(''), 'Gladly.']);
  });
});
