/** Whether a question that an earlier process took still stands in its channel, and as what. */
import { type Client, DiscordAPIError, type Message, RESTJSONErrorCodes } from 'discord.js';
import { withRetries } from '../../../waiting.ts';
import type { Change } from '../../channel/pending-questions.ts';
import { toRequestFailure } from '../failures.ts';

const retries = { most: 4, firstMs: 500, longestMs: 4_000 };

/** @returns undefined when Discord does not say: the question then stands as it was taken. */
export async function lookUp(
  client: Client<true>,
  { channelId, id: messageId }: { readonly channelId: string; readonly id: string },
  { toChange, signal }: { readonly toChange: (message: Message) => Change | undefined; readonly signal: AbortSignal },
): Promise<Change | undefined> {
  const read = async (): Promise<Change | undefined> => {
    const channel = await client.channels.fetch(channelId);
    if (channel?.isTextBased() !== true) return undefined;
    const message = await channel.messages.fetch({ message: messageId, cache: false, force: true });
    return toChange(message);
  };
  try {
    const isFinal = (error: unknown) => toRequestFailure(error).type !== 'unclear';
    return await withRetries(read, { ...retries, signal, isFinal });
  } catch (error) {
    const code = error instanceof DiscordAPIError ? error.code : undefined;
    if (code === RESTJSONErrorCodes.UnknownMessage) return 'deleted';
    if (code === RESTJSONErrorCodes.UnknownChannel) return 'gone';
    // Reading may be forbidden where writing is not.
    return undefined;
  }
}
