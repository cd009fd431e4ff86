/**
 * A press on Again: the question is asked once more as it stands now, for its asker and for moderators, and the new answer is
 * written over the old one. Only what goes wrong is said besides, to the one who pressed.
 */
import { type ButtonInteraction, PermissionFlagsBits } from 'discord.js';
import { conversationOf, type Turn } from '../../../agent/turn.ts';
import type { ShardConfig } from '../../../config/types.ts';
import { resolvesWithin } from '../../../waiting.ts';
import type { Again, AgainEnd } from '../../channel/asking.ts';
import { type Address, readDelivery } from '../../channel/delivery.ts';
import { type PostedRecord, toOldRecord } from '../../channel/posted-messages.ts';
import type { PrivateReply } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { isModerator, rolesOf } from '../access.ts';
import { asUserInstalled, type DiscordAddress, inGuild, readAddress, toAddress } from '../address.ts';
import { placeOfInteraction } from '../settings/place.ts';
import { type ControlsContext, tellText } from './control.ts';
import { findEnded } from './ended.ts';

type Refusal = Extract<PrivateReply, 'not-kept' | 'answer-gone' | 'only-asker-again'>;

/** An answer that has just come may still be on its way to where it is kept. */
const keptWithinMs = 10_000;
/** Of messages that are an hour old Discord takes very few edits: a new answer would have to wait. Some time is left for it to come. */
const quickToEditMs = 50 * 60_000;

export async function again(interaction: ButtonInteraction, turnId: string, context: ControlsContext): Promise<void> {
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferUpdate();
  let old: Turn | undefined;
  const reply = await context.answering
    .again(turnId, async () => {
      const prepared = await prepare(interaction, turnId, context);
      if (typeof prepared !== 'string') old = prepared.old;
      return prepared;
    })
    .then((end) => toReply(end, old, interaction))
    .catch((error: unknown) => {
      context.log.error('not-asked-again', { turnId, error });
      return textOf('not-kept', interaction);
    });
  if (reply === undefined) return;
  await tellText(interaction, reply).catch((error: unknown) => {
    // Discord takes an answer to a press for a quarter of an hour.
    context.log.debug('reply-not-told', { turnId, error });
  });
}

async function prepare(
  interaction: ButtonInteraction,
  turnId: string,
  context: ControlsContext,
): Promise<Again | Refusal> {
  const { agent, answering } = context;
  const unsettled = agent.find(turnId);
  if (unsettled !== undefined) {
    const shown = answering.afterOthers(conversationOf(unsettled.question), async () => {});
    await resolvesWithin(shown, keptWithinMs);
    if (agent.find(turnId) !== undefined) return 'not-kept';
  }
  const ended = await findEnded(interaction, turnId, agent);
  // Without what stands of it, the new answer would stand beside it.
  if (ended === undefined || ended.kept === null) return 'answer-gone';
  const { turn: old, kept } = ended;
  if (interaction.user.id !== old.question.authorId && !isModerator(interaction, context.approverRoleIds))
    return 'only-asker-again';
  const { language, posted } = readDelivery(kept);
  const { id, createdTimestamp: askedAt } = interaction;
  const place = placeOfInteraction(interaction, old.question.authorId);
  const complete = context.settings.completing(place, async () => rolesOf(interaction));
  return { old, id, askedAt, language, complete, ...placeOf(interaction, readAddress(kept), posted, context.shards) };
}

/**
 * The channel, with all that stands of the old answer; what is long past is not edited, but goes when the new one stands. Where
 * the bot is not, or may not write, and for what one member alone sees, there is the answer to the press, which reaches the
 * message that was pressed and no other.
 */
function placeOf(
  interaction: ButtonInteraction,
  { isCommand, isUserInstalled, isPrivate, threadOf }: DiscordAddress,
  posted: PostedRecord,
  shards: ShardConfig | undefined,
): { readonly address: Address; readonly posted: PostedRecord } {
  const { applicationId, token, guildId, message } = interaction;
  const where = { ...(threadOf === undefined ? {} : { threadOf }), ...inGuild(guildId) };
  const command = { ...(isCommand ? { isCommand } : {}), ...where };
  if (!isCommand || (!isUserInstalled && !isPrivate && mayWrite(interaction))) {
    const isSlow = Date.now() - message.createdTimestamp > quickToEditMs;
    const use = isSlow ? 'none' : isCommand ? 'in-order' : 'by-kind';
    return { address: toAddress(command), posted: toOldRecord(posted, use) };
  }
  const pressed = Object.entries(posted).filter(([, { id }]) => id === message.id);
  const reach = { ...(isUserInstalled ? asUserInstalled(shards) : {}), ...(isPrivate ? { isPrivate } : {}) };
  return {
    address: toAddress({ ...command, ...reach, interaction: { applicationId, token, pressedId: message.id } }),
    posted: toOldRecord(Object.fromEntries(pressed), 'in-order'),
  };
}

function mayWrite({ appPermissions, channel, guildId }: ButtonInteraction): boolean {
  const { ViewChannel, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  return (
    guildId === null || appPermissions.has([ViewChannel, channel?.isThread() ? SendMessagesInThreads : SendMessages])
  );
}

/** Undefined where the channel shows what came of it. */
function toReply(end: AgainEnd | Refusal, old: Turn | undefined, interaction: ButtonInteraction): string | undefined {
  const { failures, againFailed } = catalogues[toLanguage(interaction.locale)];
  if (typeof end === 'object') return end.line;
  switch (end) {
    case 'answered':
    case 'stopped':
    case 'closing':
      return undefined;
    case 'under-way':
      return textOf('asked-again', interaction);
    case 'store-failed':
      return textOf('not-kept', interaction);
    case 'question-gone':
    case 'not-kept':
    case 'answer-gone':
    case 'only-asker-again':
      return textOf(end, interaction);
    default:
      return old?.end?.type === 'answered' ? againFailed.replace('{reason}', () => failures[end]) : undefined;
  }
}

function textOf(reply: PrivateReply, interaction: ButtonInteraction): string {
  return catalogues[toLanguage(interaction.locale)].replies[reply];
}
