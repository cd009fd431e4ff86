/** What of a message is asked, as the real discord.js reads it from the gateway. */
import { Events, type Message } from 'discord.js';
import { describe, expect, test } from 'vitest';
import type { SimulatedDiscordOptions } from '../../../src/simulator/discord/discord.ts';
import { logIn } from './support/logged-in.ts';

/** What the bot makes of a text that a member writes; `{bot}` and `{role}` stand for the bot's mention and that of its own role. */
async function ask(text: string, options: SimulatedDiscordOptions = {}) {
  await using world = await logIn(options);
  const { client, discord, listening } = world;
  const [general] = discord.channels;
  const jimin = discord.createUser({ name: 'jimin', locale: 'ko' });
  const heard: Message[] = [];
  client.on(Events.MessageCreate, (message) => heard.push(message));
  const role = discord.guilds[0]?.botRoleMention ?? '';
  general?.says(jimin, text.replace('{bot}', `<@${discord.bot.id}>`).replace('{role}', role));
  await expect.poll(() => heard, { timeout: 10_000 }).toHaveLength(1);
  const [message] = heard;
  return message === undefined ? undefined : listening.hear(message);
}

describe('a mention of the bot’s own role', () => {
  test('is a question like a mention of the bot, where its text is told', async () => {
    expect(await ask('{role} add 15 and 27', { showsTextToBotRole: true })).toEqual({
      text: 'add 15 and 27',
      language: 'en',
    });
  });

  test('asks something that cannot be read, where its text is not told', async () => {
    expect(await ask('{role} add 15 and 27')).toEqual({ text: '', language: 'en', isUnreadable: true });
  });

  test('without more is an empty question', async () => {
    expect(await ask(' {role} ', { showsTextToBotRole: true })).toEqual({ text: '', language: 'en' });
  });
});

test('a mention of another role asks nothing', async () => {
  expect(await ask('<@&123456789012345678> look', { showsTextToBotRole: true })).toBeUndefined();
});

describe('the language is', () => {
  test.for([
    ['that of a Korean question in an English server', '{bot} 15와 27을 더해줘', 'en-US', 'ko'],
    ['that of the server where the question does not tell', '{bot} 15+27', 'ko', 'ko'],
    ['English where nothing else tells', '{bot} 15+27', 'en-US', 'en'],
  ] as const)('%s', async ([, text, guildLocale, language]) => {
    expect(await ask(text, { guildLocale })).toMatchObject({ language });
  });
});
