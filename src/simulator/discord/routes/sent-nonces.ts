/** Remembers for some minutes under which nonce the bot created which message, for `enforce_nonce`. */

import type { Channel, Message } from '../world/state.ts';

const rememberedForMs = 5 * 60_000;

interface Entry {
  readonly channel: Channel;
  readonly messageId: string;
  readonly sentAt: number;
}

export class SentNonces {
  /** In the order of time, since a renewed entry goes to the end. */
  readonly #entries = new Map<string, Entry>();

  add(nonce: string, channel: Channel, message: Message): void {
    this.#forgetOld();
    this.#entries.delete(nonce);
    this.#entries.set(nonce, { channel, messageId: message.id, sentAt: Date.now() });
  }

  /** The first message under that nonce as it stands now; undefined when there is none, or none any more. */
  find(nonce: string): { readonly channel: Channel; readonly message: Message } | undefined {
    this.#forgetOld();
    const entry = this.#entries.get(nonce);
    const message = entry?.channel.log.get(entry.messageId);
    return entry === undefined || message === undefined ? undefined : { channel: entry.channel, message };
  }

  #forgetOld(): void {
    for (const [nonce, { sentAt }] of this.#entries) {
      if (Date.now() - sentAt < rememberedForMs) return;
      this.#entries.delete(nonce);
    }
  }
}
