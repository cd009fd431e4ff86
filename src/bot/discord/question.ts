/** Which messages are questions, and what they ask: the contract's rules as pure functions. */
import { ChannelType, type Message, MessageType } from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import type { AskedQuestion } from '../channel/pending-questions.ts';
import type { Language, Wordless } from '../channel/texts/catalogue.ts';
import { catalogues, languageOfText, toLanguage } from '../channel/texts/catalogues.ts';
import { countedRoles } from './access.ts';
import { inGuild } from './address.ts';
import { type BroughtAlong, broughtAlongBy } from './brought-along.ts';
import { toAuthorName, withNames } from './message-text.ts';
import { isSnowflake } from './snowflakes.ts';

/** What is known beside the message. */
export interface ReadingOptions {
  readonly botId: string;
  /** The message that it replies to, where Discord has told of it. */
  readonly repliedTo: Message | undefined;
  /** Id of the question before it in its channel, where that is known. */
  readonly questionBefore: string | undefined;
  /** Whether it is for the bot without a mention. */
  readonly isForBot: boolean;
}

/** @returns undefined for what is no question. To be asked first in the moment in which Discord tells of the message. */
export type ReadQuestion = (message: Message) => AskedQuestion | undefined;

/**
 * @returns undefined for what is no question: `@everyone`, `@here` and mentions of other roles than the bot's own, bots,
 * webhooks and system messages.
 */
export function toAskedQuestion(message: Message, options: ReadingOptions): AskedQuestion | undefined {
  if (!isByMember(message)) return undefined;
  const { botId, isForBot } = options;
  const ownRole = ownRoleOf(message, botId);
  const isAddressed =
    message.channel.type === ChannelType.DM ||
    ownRole !== undefined ||
    // Not `message.mentions.has`: that counts @everyone and roles, too.
    message.mentions.users.has(botId) ||
    mentionOf(botId).test(message.content);
  if (!isAddressed && !isForBot) return undefined;
  const words = toPlainText(message, botId, ownRole);
  const language = languageOf(words, message.guild?.preferredLocale);
  const broughtAlong = broughtAlongBy(message, options);
  const wordless = wordlessOf(broughtAlong, options);
  const text = words !== '' || wordless === undefined ? words : catalogues[language].wordless[wordless];
  // Whoever did not call the bot need not be told how to ask it.
  if (text === '' && !isAddressed) return undefined;
  return {
    text,
    language,
    ...broughtAlong,
    // A mention has a text; Discord tells it of those that name the bot itself.
    ...(ownRole !== undefined && message.content === '' ? { isUnreadable: true as const } : {}),
  };
}

/** Neither a bot nor a webhook nor Discord itself. */
export function isByMember({ author, webhookId, type }: Message): boolean {
  return !author.bot && webhookId === null && (type === MessageType.Default || type === MessageType.Reply);
}

/** The language of the question; where it does not tell, of that locale. Only Community servers choose theirs: others say en-US. */
export function languageOf(text: string, locale: string | null | undefined): Language {
  return languageOfText(text) === 'ko' ? 'ko' : toLanguage(locale);
}

/** What a question without words is about, if anything. An answer of the bot, or what is hidden from it, is not enough. */
function wordlessOf(
  { quotes = [], attachments = [] }: BroughtAlong,
  { botId, repliedTo }: ReadingOptions,
): Wordless | undefined {
  if (attachments.some((attachment) => attachment.quote === undefined)) return 'files';
  const seen = quotes.filter(({ isHidden }, place) => isHidden !== true && hasContent(quotes, attachments, place));
  if (seen.some(({ relation }) => relation === 'forwarded'))
    return repliedTo === undefined ? 'forwarded' : 'replied-to';
  return repliedTo !== undefined && repliedTo.author.id !== botId && seen.length > 0 ? 'replied-to' : undefined;
}

function hasContent(
  quotes: NonNullable<BroughtAlong['quotes']>,
  attachments: NonNullable<BroughtAlong['attachments']>,
  place: number,
): boolean {
  return quotes[place]?.text !== '' || attachments.some((attachment) => attachment.quote === place);
}

/** The role that Discord gives the bot, and offers under its name, where the message mentions it. Source: https://discord.com/developers/docs/topics/permissions#role-object-role-tags-structure */
function ownRoleOf({ mentions }: Message, botId: string): string | undefined {
  return mentions.roles.find(({ tags }) => tags?.botId === botId)?.id;
}

/** @param countedRoleIds Roles that something depends on. */
export function toQuestion(
  message: Message,
  { text, quotes, attachments }: AskedQuestion,
  countedRoleIds: readonly string[],
): Question {
  return {
    id: message.id,
    channelId: message.channelId,
    authorId: message.author.id,
    authorName: toAuthorName(message.member?.displayName ?? message.author.displayName),
    text,
    askedAt: message.createdTimestamp,
    ...inGuild(message.guildId),
    ...countedRoles(message, countedRoleIds),
    ...(quotes === undefined ? {} : { quotes }),
    ...(attachments === undefined ? {} : { attachments }),
  };
}

/** Whether it can be stored and answered. discord.js hands on what Discord sends, and its types are hopes. */
export function isSound({ id, channelId, authorId, guildId, text, askedAt }: Question): boolean {
  const areIds = [id, channelId, authorId].every(isSnowflake) && (guildId === undefined || isSnowflake(guildId));
  return areIds && typeof text === 'string' && Number.isFinite(askedAt);
}

/** The text without the mention of the bot; other members' mentions as the names that the asker saw. */
function toPlainText(message: Message, botId: string, ownRole: string | undefined): string {
  const { content } = message;
  const withoutRole = ownRole === undefined ? content : content.replaceAll(`<@&${ownRole}>`, ' ');
  return withNames(withoutRole.replace(mentionOf(botId, 'g'), ' '), message).trim();
}

function mentionOf(userId: string, flags = ''): RegExp {
  return new RegExp(` ?<@!?${userId}> ?`, flags);
}
