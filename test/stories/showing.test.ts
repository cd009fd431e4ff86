/** How much members are shown: notices of many calls, long answers, formulas. The whole bot, with the settings that say so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

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
