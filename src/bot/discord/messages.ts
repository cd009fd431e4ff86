/** Messages that are questions, on their way to be answered: those that just came, and those found by catch-up. */
import type { Message } from 'discord.js';
import { catalogues } from '../channel/catalogue.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import { inGuild, toAddress } from './address.ts';
import type { Opening } from './opening.ts';
import { toAskedQuestion, toQuestion } from './question.ts';

export interface MessagesContext {
  readonly opening: Opening;
  readonly pending: PendingQuestions;
}

/** Takes it once missed questions are taken. The message is read at once: its channel may be gone later. */
export function takeMessage(message: Message, context: MessagesContext): Promise<void> {
  return take(message, context, false, async ({ channelId }) => {
    const { catchUp } = await context.opening.whenOpen();
    await catchUp.upTo(channelId);
  });
}

/** Takes a message that catch-up has found: others wait for it. */
export function takeMissed(message: Message, context: MessagesContext): Promise<void> {
  return take(message, context, true, async () => {});
}

async function take(
  message: Message,
  { opening, pending }: MessagesContext,
  isMissed: boolean,
  itsTurn: (place: { readonly channelId: string }) => Promise<void>,
): Promise<void> {
  const asked = toAskedQuestion(message, message.client.user.id);
  if (asked === undefined) return;
  const question = toQuestion(message, asked.text);
  const { id, channelId, askedAt } = question;
  const { guildId } = message;
  if (asked.text !== '' && !pending.add(id, { channelId, guildId: guildId ?? undefined, askedAt })) return;
  await itsTurn(question);
  const { answering, catchUp } = await opening.whenPrepared();
  if (guildId === null) catchUp.noteDm(channelId);
  const { help, unreadable } = catalogues[asked.language];
  if (asked.text === '') answering.say(question, asked.isUnreadable === true ? unreadable : help);
  else
    await answering.take(question, {
      language: asked.language,
      address: toAddress(inGuild(guildId)),
      isFoundAgain: true,
      isMissed,
    });
}
