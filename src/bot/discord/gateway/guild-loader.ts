/**
 * What the gateway tells of a guild when a session begins, asked for by REST: a session that another process began is gone on
 * with, and Discord does not tell it again. Only of guilds in which something happens that concerns the bot.
 */
import { type REST, Routes } from 'discord.js';
import { isRecord } from '../../../json.ts';
import { withRetries } from '../../../waiting.ts';
import { toRequestFailure } from '../failures.ts';

export interface LoadOptions {
  readonly rest: Pick<REST, 'get'>;
  readonly botId: string;
  readonly signal: AbortSignal;
}

const retries = { most: 5, firstMs: 250, longestMs: 2_000 };

/** @returns the data of GUILD_CREATE; undefined when the bot is not there any more. Rejects when Discord does not say. */
export async function loadGuild(guildId: string, { rest, botId, signal }: LoadOptions): Promise<object | undefined> {
  const isGone = (error: unknown) => ['forbidden', 'place-gone', 'refused'].includes(toRequestFailure(error).type);
  const ask = () =>
    Promise.all([
      rest.get(Routes.guild(guildId)),
      rest.get(Routes.guildChannels(guildId)),
      rest.get(Routes.guildActiveThreads(guildId)),
      rest.get(Routes.guildMember(guildId, botId)),
    ]);
  try {
    const [guild, channels, threads, member] = await withRetries(ask, { ...retries, signal, isFinal: isGone });
    if (!isRecord(guild) || !isRecord(threads)) throw new Error('Discord tells nothing of the guild.');
    return {
      ...guild,
      unavailable: false,
      joined_at: isRecord(member) ? member.joined_at : null,
      member_count: 0,
      large: false,
      channels,
      threads: threads.threads,
      members: [member],
    };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
