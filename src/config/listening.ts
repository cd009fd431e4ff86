/** What the bot reads of what does not mention it. Nothing, unless the privileged Message Content intent is switched on. */
import { readIds } from './access.ts';
import type { Settings } from './settings.ts';

export interface ListeningConfig {
  /** Whether Discord is asked for what members write without mentioning the bot. */
  readonly readsContent: boolean;
  /** Ids of the channels where it needs no mention. Their threads are meant as well, here and below. */
  readonly answerChannelIds: readonly string[];
  /** Ids of the channels where nothing is read that does not mention it. */
  readonly ignoreChannelIds: readonly string[];
  /** The most messages of a channel, said since its last question, that are given along with a question. */
  readonly recentMessages: number;
}

export function readListening(settings: Settings): ListeningConfig {
  const readsContent = settings.isOn('DISCORD_MESSAGE_CONTENT') ?? false;
  const answerChannelIds = readIds(settings, 'DISCORD_ANSWER_CHANNELS', 'channels', 'channel');
  const recentMessages = settings.integer('DISCORD_RECENT_MESSAGES', 0, 50) ?? 0;
  if (!readsContent && !settings.hasProblem('DISCORD_MESSAGE_CONTENT')) {
    const needsIt =
      'needs DISCORD_MESSAGE_CONTENT=on, and "Message Content Intent" switched on at https://discord.com/developers/applications (your application → Bot).';
    if (answerChannelIds.length > 0) settings.report('DISCORD_ANSWER_CHANNELS', needsIt);
    if (recentMessages > 0) settings.report('DISCORD_RECENT_MESSAGES', needsIt);
  }
  return {
    readsContent,
    answerChannelIds,
    ignoreChannelIds: readIds(settings, 'DISCORD_IGNORE_CHANNELS', 'channels', 'channel'),
    recentMessages,
  };
}
