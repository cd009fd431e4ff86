/** What is made of what Discord tells of the application: intents and commands. */
import { ApplicationFlags } from 'discord.js';
import { expect, test } from 'vitest';
import { placesOf, toBody } from '../../../../src/bot/discord/commands.ts';
import { compareCommands } from '../../../../src/bot/discord/inspect/commands-state.ts';
import { compareIntents } from '../../../../src/bot/discord/inspect/intents.ts';

test('as it comes, the bot asks for no intent that has to be granted', () => {
  expect(compareIntents(0, false)).toEqual({
    wanted: ['Guilds', 'GuildMessages', 'DirectMessages'],
    missing: [],
    unused: [],
  });
});

test('one that has to be granted and is not is missing; one that is granted and not wanted is unused', () => {
  expect(compareIntents(ApplicationFlags.GatewayPresenceLimited, true)).toEqual({
    wanted: ['Guilds', 'GuildMessages', 'DirectMessages', 'MessageContent'],
    missing: ['Message Content'],
    unused: ['Presence'],
  });
  for (const flag of [ApplicationFlags.GatewayMessageContent, ApplicationFlags.GatewayMessageContentLimited])
    expect(compareIntents(flag, true).missing).toEqual([]);
});

test('commands are the same as they were registered, whatever Discord adds; others are missing or outdated', () => {
  const registered = toBody(placesOf(false)).map((command) => ({
    ...command,
    id: '1',
    nsfw: false,
    name_localizations: command.name_localizations ?? null,
    options: 'options' in command && command.options !== undefined ? command.options : [],
  }));
  expect(compareCommands(registered, false)).toMatchObject({ missing: [], outdated: [] });
  expect(compareCommands(registered, true).outdated).toContain('ask');
  const [first, second, ...others] = registered;
  const changed = [{ ...second, description: 'Something else' }, ...others];
  expect(compareCommands(changed, false)).toMatchObject({ missing: [first?.name], outdated: [second?.name] });
});
