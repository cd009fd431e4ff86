/**
 * Whether whoever asks may see what was said in the channel before. Who lacks Read Message History there is answered without
 * the earlier questions and answers: else asking for them would show what Discord hides.
 */
import {
  ApplicationIntegrationType,
  type BaseInteraction,
  type GuildTextBasedChannel,
  type Message,
  PermissionFlagsBits,
} from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import { fetchMember } from './access.ts';

/** As a part of a question. */
export type HistoryPart = Pick<Question, 'withoutHistory'>;

const needed = PermissionFlagsBits.ReadMessageHistory;

/** By what Discord tells with the command. Where the bot itself is not, the conversation is of those who brought it along. */
export function historyOfInteraction({
  authorizingIntegrationOwners,
  memberPermissions,
}: Pick<BaseInteraction, 'authorizingIntegrationOwners' | 'memberPermissions'>): HistoryPart {
  const isInstalled = authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined;
  return toPart(!isInstalled || memberPermissions === null || memberPermissions.has(needed));
}

/**
 * By the asker's roles and the channel's overwrites. Reads the message at once; Discord is asked only about an author of
 * whom it told nothing, as in what catch-up reads, and only where not everybody may. Never rejects.
 */
export async function historyOfMessage(message: Message, signal: AbortSignal): Promise<HistoryPart> {
  const { author, channel, client, guildId, member } = message;
  if (guildId === null || channel.isDMBased() || mayEverybody(channel)) return {};
  const asker = member ?? (await fetchMember(client, { guildId, userId: author.id }, signal));
  // Not a member any more, or the bot may not know: nobody is hurt by too little.
  return toPart(asker !== undefined && channel.permissionsFor(asker)?.has(needed) !== false);
}

/** The granted permission that nothing takes away again, so that no author has to be looked up. */
function mayEverybody(channel: GuildTextBasedChannel): boolean {
  const overwrites = (channel.isThread() ? channel.parent : channel)?.permissionOverwrites.cache;
  const isDenied = overwrites?.some(({ deny }) => deny.has(needed)) === true;
  return !isDenied && channel.permissionsFor(channel.guild.roles.everyone)?.has(needed) === true;
}

function toPart(mayRead: boolean): HistoryPart {
  return mayRead ? {} : { withoutHistory: true };
}
