/** What a message says, as whoever reads it in Discord sees it. Pure. */
import type { Embed, Message, MessageSnapshot } from 'discord.js';

/** A message, or what it was when somebody sent it on. */
export type Readable = Pick<Message | MessageSnapshot, keyof Message & keyof MessageSnapshot>;

/** One line, never empty: a name must not look like a message of its own. */
export function toAuthorName(name: string): string {
  return name.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim() || '?';
}

/** The text with the names that members see in place of ids. */
export function withNames(content: string, { mentions }: Pick<Readable, 'mentions'>): string {
  return content.replace(/<@!?(\d+)>/g, (tag, id: string) => {
    const user = mentions.users.get(id);
    return user === undefined ? tag : `@${user.displayName}`;
  });
}

/** The text, or what other bots show in place of one. */
export function textOf(message: Readable): string {
  const text = withNames(message.content, message).trim();
  if (text !== '') return text;
  const { embeds, poll, stickers } = message;
  const asked = poll === null ? [] : [poll.question.text, ...poll.answers.map((answer) => `- ${answer.text}`)];
  return [...embeds.map(toEmbedText), ...asked, ...stickers.map(({ name }) => `[sticker: ${name}]`)]
    .filter((part) => typeof part === 'string' && part !== '')
    .join('\n');
}

function toEmbedText({ title, description, fields }: Embed): string {
  const lines = [title, description, ...fields.map(({ name, value }) => `${name}: ${value}`)];
  return lines.filter((line) => typeof line === 'string' && line !== '').join('\n');
}
