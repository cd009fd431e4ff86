/** The slash command `/ask`: its definition in every language, and how an interaction of it is acknowledged and read. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  type ChatInputCommandInteraction,
  DiscordAPIError,
  InteractionContextType,
  InteractionResponseType,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Question } from '../agent/turn.ts';
import { catalogues } from './catalogue.ts';
import { toRequestFailure } from './failures.ts';
import { toAuthorName } from './question.ts';

export const askCommandName = 'ask';
const questionOptionName = 'question';

/** What is registered with Discord, whole: usable in guilds, DMs and, for users who install the bot for themselves, anywhere. */
export const commands = [
  {
    type: ApplicationCommandType.ChatInput,
    name: askCommandName,
    description: catalogues.en.askDescription,
    description_localizations: { ko: catalogues.ko.askDescription },
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: questionOptionName,
        description: catalogues.en.questionDescription,
        description_localizations: { ko: catalogues.ko.questionDescription },
        required: true,
      },
    ],
  },
] satisfies RESTPutAPIApplicationCommandsJSONBody;

export function questionTextOf(interaction: ChatInputCommandInteraction): string {
  return interaction.options.getString(questionOptionName, true).trim();
}

/** Discord takes an acknowledgement for 3 seconds. */
const acknowledgeWithinMs = 2_500;
const acknowledgeRetryMs = 150;
const alreadyAcknowledgedCode = 40060;

/** Shows «thinking» at once. Tries again after an unclear failure, for as long as Discord takes it. */
export async function acknowledge(interaction: ChatInputCommandInteraction): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await respond(interaction, { type: InteractionResponseType.DeferredChannelMessageWithSource });
      return;
    } catch (error) {
      if (error instanceof DiscordAPIError && error.code === alreadyAcknowledgedCode) return;
      const isLate = performance.now() - startedAt > acknowledgeWithinMs;
      if (isLate || toRequestFailure(error) !== 'unclear') throw error;
      await sleep(acknowledgeRetryMs);
    }
  }
}

/** Answers the command with this text and nothing more. */
export async function respondWith(interaction: ChatInputCommandInteraction, content: string): Promise<void> {
  await respond(interaction, {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: { content, allowed_mentions: { parse: [] } },
  });
}

export function toQuestion(interaction: ChatInputCommandInteraction, text: string): Question {
  const { id, channelId, user, createdTimestamp, member } = interaction;
  const name = member !== null && 'displayName' in member ? member.displayName : user.displayName;
  return { id, channelId, authorId: user.id, authorName: toAuthorName(name), text, askedAt: createdTimestamp };
}

async function respond({ id, token, client }: ChatInputCommandInteraction, body: object): Promise<void> {
  await client.rest.post(Routes.interactionCallback(id, token), { body, auth: false });
}
