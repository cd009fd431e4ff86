/** How much members are shown: notices of many calls, long answers, formulas. The whole bot, with the settings that say so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
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
