/** Reads what was asked in one channel while nobody listened: newest page first, as few pages as can be. */
import type { Message, TextBasedChannel } from 'discord.js';
import { compareIds } from '../snowflakes.ts';

const pageSize = 100;
const mostPages = 5;

export interface Missed {
  /** Oldest first; those that the bot has answered are not among them. */
  readonly questions: readonly Message[];
  /** Whether there was more than is read of one channel. */
  readonly isCut: boolean;
}

/** @param after The id after which messages count. Rejects as discord.js does. */
export async function readMissed(
  channel: TextBasedChannel,
  after: string,
  { isQuestion, botId }: { readonly isQuestion: (message: Message) => boolean; readonly botId: string },
): Promise<Missed> {
  const questions: Message[] = [];
  const answered = new Set<string>();
  let before: string | undefined;
  let isCut = false;
  for (let page = 1; ; page += 1) {
    const options = { limit: pageSize, cache: false, ...(before === undefined ? {} : { before }) };
    const messages = [...(await channel.messages.fetch(options)).values()].sort((one, other) => compareIds(other, one));
    const newer = messages.filter(({ id }) => BigInt(id) > BigInt(after));
    for (const message of newer) {
      if (message.author.id === botId && message.reference?.messageId !== undefined)
        answered.add(message.reference.messageId);
      if (isQuestion(message)) questions.push(message);
    }
    before = messages.at(-1)?.id;
    if (newer.length < pageSize) break;
    isCut = page === mostPages;
    if (isCut) break;
  }
  return { questions: questions.filter(({ id }) => !answered.has(id)).reverse(), isCut };
}
