/**
 * The messages that others reply to. Discord tells them along with the reply; discord.js reads them and puts them into its
 * cache, which is switched off here. They are noted on the way there, for the moment in which the reply is being told.
 */
import { type Message, MessageType } from 'discord.js';

export class ReferencedMessages {
  /** By id: whatever discord.js has read in this turn of the event loop. */
  readonly #justRead = new Map<string, Message>();
  /** A reply is looked at more than once. */
  readonly #found = new WeakMap<Message, Message>();

  /** To be called with every message that discord.js reads. */
  note(message: Message): void {
    // What was sent on comes under the id of the message that it was, without its author.
    if (message.author === null) return;
    if (this.#justRead.size === 0) setImmediate(() => this.#justRead.clear());
    this.#justRead.set(message.id, message);
  }

  /** The message that this one replies to, where Discord has told of it. To be asked first in the moment in which the reply is told. */
  of(reply: Message): Message | undefined {
    // A forward names the message that it sends on in the same way.
    const id = reply.type === MessageType.Reply ? reply.reference?.messageId : undefined;
    const found = this.#found.get(reply) ?? (id === undefined ? undefined : this.#justRead.get(id));
    if (found !== undefined) this.#found.set(reply, found);
    return found;
  }
}
