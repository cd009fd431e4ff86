/** Messages that are questions, on their way to be answered: those that just came, and those found by catch-up. */
import type { Message } from 'discord.js';
import type { AccessConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import { catalogues } from '../channel/texts/catalogues.ts';
import { fetchMember, mayAsk, mayAskByRole, rolesOf, toAsker } from './access.ts';
import { inGuild, toAddress } from './address.ts';
import type { Listening } from './listening.ts';
import type { Opening } from './opening.ts';
import { isSound, toQuestion } from './question.ts';
import { mayOpenThread } from './question-thread.ts';
import { historyOfMessage } from './read-history.ts';
import { placeOfMessage } from './settings/place.ts';
import { isSnowflake } from './snowflakes.ts';

export interface MessagesContext {
  readonly opening: Opening;
  readonly pending: PendingQuestions;
  readonly listening: Listening;
  readonly access: AccessConfig;
  /** Roles that something depends on, such as a budget. */
  readonly countedRoleIds: readonly string[];
  /** Aborts when the bot closes. */
  readonly closed: AbortSignal;
  readonly log: Logger;
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
  context: MessagesContext,
  isMissed: boolean,
  itsTurn: (place: { readonly channelId: string }) => Promise<void>,
): Promise<void> {
  const { opening, pending, listening } = context;
  // What has no name of Discord's must not be remembered under one.
  const isNamed = [message.id, message.channelId].every(isSnowflake);
  const asked = isNamed ? listening.hear(message) : listening.read(message);
  if (asked === undefined) return;
  const question = toQuestion(message, asked, context.countedRoleIds);
  if (!isSound(question)) return context.log.warn('question-not-understood');
  const { id, channelId, askedAt } = question;
  const { guildId } = message;
  const place = placeOfMessage(message);
  // What is allowed is pending from the moment it is told: its author may change it before anything else.
  const isAllowed = mayAsk(context.access, toAsker(message)) || (await isAllowedByRole(message, context));
  const isQuestion = isAllowed && asked.text !== '';
  if (isQuestion && !pending.add(id, { channelId, guildId: guildId ?? undefined, askedAt })) return;
  const history = isQuestion ? historyOfMessage(message, context.closed) : undefined;
  await itsTurn(question);
  const { answering, catchUp, settings } = await opening.whenPrepared();
  if (guildId === null && isAllowed) catchUp.noteDm(channelId);
  const { help, unreadable, replies } = catalogues[asked.language];
  if (!isAllowed) answering.say(question, replies['not-allowed']);
  else if (asked.text === '') answering.say(question, asked.isUnreadable === true ? unreadable : help);
  else {
    const hasThread = mayOpenThread(message) && (await settings.placing(place)).threads;
    const whole = listening.withTalk({ ...question, ...(await history) });
    await answering.take(hasThread ? { ...whole, channelId: id } : whole, {
      language: asked.language,
      address: toAddress({ ...inGuild(guildId), ...(hasThread ? { threadOf: channelId } : {}) }),
      isFoundAgain: true,
      isMissed,
      ...(hasThread ? { askedIn: channelId } : {}),
      // What was set when it was taken, if it was, may have been something else.
      ...(isMissed ? { mayBeIn: hasThread ? channelId : id } : {}),
      complete: settings.completing(place, () => rolesOfAuthor(message, context)),
    });
  }
}

/** Roles come with a message that is told, and not with one that catch-up reads. */
async function isAllowedByRole(message: Message, { access, closed: signal }: MessagesContext): Promise<boolean> {
  if (message.member !== null) return false;
  return await mayAskByRole(access, toAsker(message), { client: message.client, signal });
}

/** As above: they may have to be asked for. Of whoever is no member any more, none. */
async function rolesOfAuthor(message: Message, { closed }: MessagesContext): Promise<readonly string[]> {
  const { author, client, guildId, member } = message;
  if (member !== null || guildId === null) return rolesOf(message);
  return rolesOf({ member: (await fetchMember(client, { guildId, userId: author.id }, closed)) ?? null });
}
