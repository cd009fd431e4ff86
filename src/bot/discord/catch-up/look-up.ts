/** Whether a question that an earlier process took still stands in its channel, and as what. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';
import type { Change } from '../../channel/pending-questions.ts';
import { toRequestFailure } from '../failures.ts';
import { toAskedQuestion } from '../question.ts';

const mostTries = 4;
const firstRetryMs = 250;

/** @returns undefined when Discord does not say: the question then stands as it was taken. */
export async function lookUp(
  client: Client<true>,
  channelId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<Change | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      const channel = await client.channels.fetch(channelId);
      if (channel?.isTextBased() !== true) return undefined;
      const message = await channel.messages.fetch({ message: messageId, cache: false, force: true });
      return toAskedQuestion(message, client.user.id) ?? 'deleted';
    } catch (error) {
      const code = error instanceof DiscordAPIError ? error.code : undefined;
      if (code === RESTJSONErrorCodes.UnknownMessage) return 'deleted';
      if (code === RESTJSONErrorCodes.UnknownChannel) return 'gone';
      // Reading may be forbidden where writing is not.
      if (tries === mostTries || signal.aborted || toRequestFailure(error).type !== 'unclear') return undefined;
      await sleep(firstRetryMs * 2 ** tries, undefined, { signal }).catch(() => undefined); // Aborted: seen above.
    }
  }
}
