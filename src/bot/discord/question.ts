/** Which messages are questions, and what they ask: the contract's rules as pure functions. */
import { ChannelType, type Message, MessageType } from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import { type Language, languageOfText, toLanguage } from '../channel/catalogue.ts';
import type { AskedQuestion } from '../channel/pending-questions.ts';
import { inGuild } from './address.ts';

/**
 * @returns undefined for what is no question: `@everyone`, `@here` and mentions of other roles than the bot's own, bots,
 * webhooks and system messages.
 */
export function toAskedQuestion(message: Message, botId: string): AskedQuestion | undefined {
  const isByMember = !message.author.bot && message.webhookId === null;
  const isWritten = message.type === MessageType.Default || message.type === MessageType.Reply;
  if (!isByMember || !isWritten) return undefined;
  const isDm = message.channel.type === ChannelType.DM;
  const ownRole = ownRoleOf(message, botId);
  // Not `message.mentions.has`: that counts @everyone and roles, too.
  const isMentioned = message.mentions.users.has(botId) || mentionOf(botId).test(message.content);
  if (!isDm && !isMentioned && ownRole === undefined) return undefined;
  const text = toPlainText(message, botId, ownRole);
  return {
    text,
    language: languageOf(text, message.guild?.preferredLocale),
    // A mention has a text; Discord tells it of those that name the bot itself.
    ...(ownRole !== undefined && message.content === '' ? { isUnreadable: true as const } : {}),
  };
}

/** The language of the question; where it does not tell, of that locale. Only Community servers choose theirs: others say en-US. */
export function languageOf(text: string, locale: string | null | undefined): Language {
  return languageOfText(text) === 'ko' ? 'ko' : toLanguage(locale);
}

/** The role that Discord gives the bot, and offers under its name, where the message mentions it. Source: https://discord.com/developers/docs/topics/permissions#role-object-role-tags-structure */
function ownRoleOf({ mentions }: Message, botId: string): string | undefined {
  return mentions.roles.find(({ tags }) => tags?.botId === botId)?.id;
}

export function toQuestion(message: Message, text: string): Question {
  return {
    id: message.id,
    channelId: message.channelId,
    authorId: message.author.id,
    authorName: toAuthorName(message.member?.displayName ?? message.author.displayName),
    text,
    askedAt: message.createdTimestamp,
    ...inGuild(message.guildId),
  };
}

/** Whether it can be stored and answered. discord.js hands on what Discord sends, and its types are hopes. */
export function isSound({ id, channelId, authorId, text, askedAt }: Question): boolean {
  return [id, channelId, authorId].every(isSnowflake) && typeof text === 'string' && Number.isFinite(askedAt);
}

/** Whether it has the shape of one of Discord's ids. */
export function isSnowflake(id: unknown): id is string {
  return typeof id === 'string' && /^\d{1,20}$/.test(id);
}

/** One line, never empty: a name must not look like a message of its own. */
export function toAuthorName(name: string): string {
  return name.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim() || '?';
}

/** The text without the mention of the bot; other members' mentions as the names that the asker saw. */
function toPlainText({ content, mentions }: Message, botId: string, ownRole: string | undefined): string {
  const withoutRole = ownRole === undefined ? content : content.replaceAll(`<@&${ownRole}>`, ' ');
  return withoutRole
    .replace(mentionOf(botId, 'g'), ' ')
    .replace(/<@!?(\d+)>/g, (tag, id: string) => {
      const user = mentions.users.get(id);
      return user === undefined ? tag : `@${user.displayName}`;
    })
    .trim();
}

function mentionOf(userId: string, flags = ''): RegExp {
  return new RegExp(` ?<@!?${userId}> ?`, flags);
}
