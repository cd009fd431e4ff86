/** The slash command `/ask`: its definition in every language, and how an interaction of it is acknowledged and read. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  type ChatInputCommandInteraction,
  InteractionContextType,
  InteractionResponseType,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Question } from '../agent/turn.ts';
import { catalogues } from './catalogue.ts';
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

/** Shows «thinking» at once. Must reach Discord within 3 seconds of the command. */
export async function acknowledge(interaction: ChatInputCommandInteraction): Promise<void> {
  await respond(interaction, { type: InteractionResponseType.DeferredChannelMessageWithSource });
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
