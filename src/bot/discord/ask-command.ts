/** The slash command `/ask`: its definition in every language, and how an interaction of it is acknowledged and read. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  DiscordAPIError,
  InteractionContextType,
  InteractionResponseType,
  MessageFlags,
  type ModalSubmitInteraction,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import { withRetries } from '../../waiting.ts';
import type { Wordless } from '../channel/texts/catalogue.ts';
import { catalogues } from '../channel/texts/catalogues.ts';
import { countedRoles } from './access.ts';
import { inGuild } from './address.ts';
import { type BroughtAlong, broughtAlongByOptions } from './brought-along.ts';
import { toRequestFailure } from './failures.ts';
import { toAuthorName } from './message-text.ts';
import { historyOfInteraction } from './read-history.ts';

export const askCommandName = 'ask';
const questionOptionName = 'question';
const fileOptionName = 'file';
export const privateOptionName = 'private';

/** What asks without a message of its own. */
export type AskingInteraction = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

/** What is asked. */
export interface Asked {
  readonly words: string;
  /** What of it the asker has written, by which the language is told. Default: all. */
  readonly written?: string;
  /** What it is about where it has no words. Absent: nothing. */
  readonly wordless?: Wordless | undefined;
  readonly broughtAlong?: BroughtAlong;
}

export const askDefinition: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  type: ApplicationCommandType.ChatInput,
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
    {
      type: ApplicationCommandOptionType.Attachment,
      name: fileOptionName,
      description: catalogues.en.fileDescription,
      description_localizations: { ko: catalogues.ko.fileDescription },
    },
    {
      type: ApplicationCommandOptionType.Boolean,
      name: privateOptionName,
      description: catalogues.en.privateDescription,
      description_localizations: { ko: catalogues.ko.privateDescription },
    },
  ],
};

export function askedBy({ options }: ChatInputCommandInteraction): Asked {
  const words = options.getString(questionOptionName, true).trim();
  const file = options.getAttachment(fileOptionName);
  return file === null ? { words } : { words, wordless: 'files', broughtAlong: broughtAlongByOptions([file]) };
}

/** Whether only the asker is to see it; undefined where they do not say. A direct message with the bot is no less private without. */
export function saysPrivate(interaction: AskingInteraction): boolean | undefined {
  // Of another command, an option of that name is anybody's.
  if (interaction.isChatInputCommand() && interaction.commandName !== askCommandName) return undefined;
  if (!interaction.isChatInputCommand() || interaction.context === InteractionContextType.BotDM) return false;
  return interaction.options.getBoolean(privateOptionName) ?? undefined;
}

/** Discord takes an acknowledgement for 3 seconds. */
const acknowledgeWithinMs = 2_500;
const acknowledgeRetryMs = 150;
const alreadyAcknowledgedCode = 40060;

/** Shows «thinking» at once, to the asker alone where the answer is private. Tries again after an unclear failure, for as long as Discord takes it. */
export async function acknowledge(interaction: AskingInteraction, isPrivate: boolean): Promise<void> {
  // Another process has.
  if (interaction.deferred) return;
  const isDone = (error: unknown) => error instanceof DiscordAPIError && error.code === alreadyAcknowledgedCode;
  const showThinking = () =>
    respond(interaction, {
      type: InteractionResponseType.DeferredChannelMessageWithSource,
      ...(isPrivate ? { data: { flags: MessageFlags.Ephemeral } } : {}),
    });
  try {
    await withRetries(showThinking, {
      signal: AbortSignal.timeout(acknowledgeWithinMs),
      firstMs: acknowledgeRetryMs,
      longestMs: acknowledgeRetryMs,
      isFinal: (error) => isDone(error) || toRequestFailure(error).type !== 'unclear',
    });
  } catch (error) {
    if (!isDone(error)) throw error;
  }
}

/** Answers it with this text and nothing more. */
export async function respondWith(interaction: AskingInteraction, content: string): Promise<void> {
  if (interaction.deferred) return void (await interaction.editReply({ content, allowedMentions: { parse: [] } }));
  await respond(interaction, {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: { content, allowed_mentions: { parse: [] } },
  });
}

/** @param countedRoleIds Roles that something depends on. */
export function toQuestion(
  interaction: AskingInteraction,
  asked: BroughtAlong & Pick<Question, 'channelId' | 'text'> & { readonly isPrivate: boolean },
  countedRoleIds: readonly string[],
): Question {
  const { isPrivate, ...rest } = asked;
  const { id, guildId, user, createdTimestamp: askedAt, member } = interaction;
  const name = member !== null && 'displayName' in member ? member.displayName : user.displayName;
  return {
    ...rest,
    id,
    authorId: user.id,
    authorName: toAuthorName(name),
    askedAt,
    ...inGuild(guildId),
    ...countedRoles(interaction, countedRoleIds),
    // A conversation of the asker's own has nothing in it that others have said.
    ...(isPrivate ? { isPrivate } : historyOfInteraction(interaction)),
  };
}

async function respond({ id, token, client }: AskingInteraction, body: object): Promise<void> {
  await client.rest.post(Routes.interactionCallback(id, token), { body, auth: false });
}
