/**
 * The SDK's transport for one stateless HTTP request: its messages go in, the answers come out as one JSON text. The
 * SDK's own HTTP transport does the same through web streams: a call then takes nearly twice as long.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';

/** The messages of one request: one, or a batch as revision 2025-03-26 has it. */
export interface IncomingMessages {
  readonly messages: readonly JSONRPCMessage[];
  readonly isBatch: boolean;
}

const maximumBatch = 100;

/** Undefined when the JSON is not a JSON-RPC message or a batch of up to 100. */
export function parseMessages(json: unknown): IncomingMessages | undefined {
  const isBatch = Array.isArray(json);
  const all: readonly unknown[] = isBatch ? json : [json];
  if (all.length === 0 || all.length > maximumBatch) return undefined;
  const messages = all.flatMap((message) => JSONRPCMessageSchema.safeParse(message).data ?? []);
  return messages.length === all.length ? { messages, isBatch } : undefined;
}

export class OneRequestTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  readonly #answers: JSONRPCMessage[] = [];
  #expected = 0;
  #isClosed = false;
  #finish: () => void = () => {};

  /** Connects nothing: the request is here already. */
  async start(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
    this.onclose?.();
  }

  /** Answers are gathered. Notifications of the server have nowhere to go: the one response is the answer. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (!('result' in message) && !('error' in message)) return;
    this.#answers.push(message);
    if (this.#answers.length === this.#expected) this.#finish();
  }

  /** The JSON text of the answers; undefined when nothing was asked, or the transport was closed meanwhile. Stays open while a request is not answered. */
  async deliver(
    { messages, isBatch }: IncomingMessages,
    headers: Record<string, string | string[] | undefined>,
  ): Promise<string | undefined> {
    this.#expected = messages.filter((message) => 'method' in message && 'id' in message).length;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    for (const [index, message] of messages.entries()) {
      // A batch of long calculations lets others have their turn in between, and ends when its client is gone.
      if (index > 0) await nextTurn();
      if (this.#isClosed) return undefined;
      this.onmessage?.(message, { requestInfo: { headers } });
    }
    if (this.#expected === 0) return undefined;
    await finished;
    return JSON.stringify(isBatch ? this.#answers : this.#answers[0]);
  }
}
