/** Remembers for some minutes under which nonce the bot created which message, for `enforce_nonce`. */

import type { Channel, Message } from '../world/state.ts';

export interface SentNonces {
  add(nonce: string, channel: Channel, message: Message): void;
  /** The first message under that nonce as it stands now; undefined when there is none, or none any more. */
  find(nonce: string): { readonly channel: Channel; readonly message: Message } | undefined;
}

const rememberedForMs = 5 * 60_000;

export function createSentNonces(): SentNonces {
  // In the order of time, since a renewed entry goes to the end.
  const entries = new Map<string, { readonly channel: Channel; readonly messageId: string; readonly sentAt: number }>();

  function forgetOld(): void {
    for (const [nonce, { sentAt }] of entries) {
      if (Date.now() - sentAt < rememberedForMs) return;
      entries.delete(nonce);
    }
  }

  return {
    add(nonce, channel, message) {
      forgetOld();
      entries.delete(nonce);
      entries.set(nonce, { channel, messageId: message.id, sentAt: Date.now() });
    },
    find(nonce) {
      forgetOld();
      const entry = entries.get(nonce);
      const message = entry?.channel.log.get(entry.messageId);
      return entry === undefined || message === undefined ? undefined : { channel: entry.channel, message };
    },
  };
}
