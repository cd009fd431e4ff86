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
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import { catalogues } from '../channel/catalogue.ts';
import { toRequestFailure } from './failures.ts';
import { toAuthorName } from './question.ts';

export const askCommandName = 'ask';
export const forgetCommandName = 'forget';
export const stopCommandName = 'stop';
const questionOptionName = 'question';

/** In guilds, DMs and, for users who install the bot for themselves, anywhere. */
const anywhere = {
  type: ApplicationCommandType.ChatInput as const,
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};

/** What is registered with Discord, whole. */
export const commands = [
  {
    ...anywhere,
    name: askCommandName,
    description: catalogues.en.askDescription,
    description_localizations: { ko: catalogues.ko.askDescription },
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
  {
    ...anywhere,
    name: stopCommandName,
    description: catalogues.en.stopDescription,
    description_localizations: { ko: catalogues.ko.stopDescription },
  },
  {
    ...anywhere,
    // Of those who install the bot for themselves Discord asks no permission.
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    name: forgetCommandName,
    description: catalogues.en.forgetDescription,
    description_localizations: { ko: catalogues.ko.forgetDescription },
    // The conversation is everybody's: a guild's admins may give the command to others. In DMs it has no effect.
    default_member_permissions: String(PermissionFlagsBits.ManageMessages),
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
      if (isLate || toRequestFailure(error).type !== 'unclear') throw error;
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
