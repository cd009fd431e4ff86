/** Which messages are questions, and what they ask: the contract's rules as pure functions. */
import { ChannelType, type Message, MessageType } from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import { languageOfText, toLanguage } from '../channel/catalogue.ts';
import type { AskedQuestion } from '../channel/pending-questions.ts';

/**
 * @returns undefined for what is no question: `@everyone`, `@here` and role mentions, bots, webhooks and system messages.
 */
export function toAskedQuestion(message: Message, botId: string): AskedQuestion | undefined {
  const isByMember = !message.author.bot && message.webhookId === null;
  const isWritten = message.type === MessageType.Default || message.type === MessageType.Reply;
  if (!isByMember || !isWritten) return undefined;
  const isDm = message.channel.type === ChannelType.DM;
  // Not `message.mentions.has`: that counts @everyone and roles, too.
  const isMentioned = message.mentions.users.has(botId) || mentionOf(botId).test(message.content);
  if (!isDm && !isMentioned) return undefined;
  const text = toPlainText(message, botId);
  return { text, language: isDm ? languageOfText(text) : toLanguage(message.guild?.preferredLocale) };
}

export function toQuestion(message: Message, text: string): Question {
  return {
    id: message.id,
    channelId: message.channelId,
    authorId: message.author.id,
    authorName: toAuthorName(message.member?.displayName ?? message.author.displayName),
    text,
    askedAt: message.createdTimestamp,
  };
}

/** One line, never empty: a name must not look like a message of its own. */
export function toAuthorName(name: string): string {
  return name.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim() || '?';
}

/** The text without the mention of the bot; other members' mentions as the names that the asker saw. */
function toPlainText({ content, mentions }: Message, botId: string): string {
  return content
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
