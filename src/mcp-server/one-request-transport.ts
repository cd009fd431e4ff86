/**
 * The SDK's transport for one HTTP request of the revisions before 2026-07-28: its messages go in, the answers come out as one JSON text. The
 * SDK's own HTTP transport does the same through web streams: a call then takes nearly twice as long.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';

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
  try {
    return { messages: all.map(parseJSONRPCMessage), isBatch };
  } catch {
    // It throws for nothing but a message that is none.
    return undefined;
  }
}

export class OneRequestTransport implements Transport {
  onclose: Transport['onclose'];
  onerror: Transport['onerror'];
  onmessage: Transport['onmessage'];
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
  async deliver({ messages, isBatch }: IncomingMessages): Promise<string | undefined> {
    this.#expected = messages.filter((message) => 'method' in message && 'id' in message).length;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    for (const [index, message] of messages.entries()) {
      // A batch of long calculations lets others have their turn in between, and ends when its client is gone.
      if (index > 0) await nextTurn();
      if (this.#isClosed) return undefined;
      this.onmessage?.(message);
    }
    if (this.#expected === 0) return undefined;
    await finished;
    return JSON.stringify(isBatch ? this.#answers : this.#answers[0]);
  }
}
