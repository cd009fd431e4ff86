/** Bodies of HTTP responses that may not be endless: counted while they are read, in time that grows with the bytes and no faster. */
import { AppError } from '../errors.ts';

/** In bytes. A line counts for {@link lineBytes} more than it has: a flood of empty ones is work, too. */
export interface BodyBounds {
  /** Of one event of an event stream: what comes between two empty lines. */
  readonly eventBytes: number;
  readonly totalBytes: number;
}

const lineBytes = 64;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** `id:` */
const idField = [0x69, 0x64, 0x3a];

export class BodyMeter {
  readonly #bounds: BodyBounds;
  #total = 0;
  #event = 0;
  #lineLength = 0;
  #isAfterReturn = false;
  #isIdField = true;
  #hasIds = false;

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds;
  }

  /** Whether one of the events had an id. */
  get hasIds(): boolean {
    return this.#hasIds;
  }

  /** The whole begins anew. */
  restart(): void {
    this.#total = 0;
  }

  /** @throws {AppError} `too-much` past a bound. */
  read(chunk: Uint8Array): void {
    for (const byte of chunk) this.#readByte(byte);
    const { eventBytes, totalBytes } = this.#bounds;
    if (this.#event > eventBytes || this.#total > totalBytes) {
      const [what, most] = this.#event > eventBytes ? ['an event', eventBytes] : ['a response', totalBytes];
      throw new AppError('too-much', `The server sent ${what} of more than ${most} bytes.`);
    }
  }

  #readByte(byte: number): void {
    this.#total += 1;
    this.#event += 1;
    if (byte !== lineFeed && byte !== carriageReturn) {
      this.#isIdField &&= this.#lineLength >= idField.length || byte === idField[this.#lineLength];
      this.#lineLength += 1;
      this.#hasIds ||= this.#isIdField && this.#lineLength === idField.length;
      this.#isAfterReturn = false;
      return;
    }
    const isSecondHalf = byte === lineFeed && this.#isAfterReturn;
    this.#isAfterReturn = byte === carriageReturn;
    if (isSecondHalf) return;
    this.#total += lineBytes;
    if (this.#lineLength === 0) this.#event = 0;
    this.#lineLength = 0;
    this.#isIdField = true;
  }
}

/** Whether the head of the response promises so little that nothing need be counted: HTTP holds a body to its length. */
export function isSurelyWithin(response: Response, { eventBytes, totalBytes }: BodyBounds): boolean {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  return !response.headers.has('content-encoding') && length * (1 + lineBytes) <= Math.min(eventBytes, totalBytes);
}

export interface BodyWatch {
  /** Sees every chunk before anybody else; what it throws ends the body. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** The body is over: whole, broken, or ended by what `onChunk` threw. Not when its reader has let go of it. */
  readonly onEnd?: (error: unknown) => void;
  /**
   * How long the rest may take to come once the reader lets go of the body: when it has come, the connection can be used
   * again. Default 0: the connection is given up at once.
   */
  readonly lingerMs?: number;
}

/** The response with its body watched. */
export function watchBody(response: Response, { onChunk, onEnd, lingerMs = 0 }: BodyWatch): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          onEnd?.(undefined);
          return;
        }
        onChunk(value);
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        onEnd?.(error);
        reader.cancel(error).catch(() => {}); // It is given up, broken or not.
      }
    },
    cancel: (reason) => {
      if (lingerMs === 0) return reader.cancel(reason);
      void readRest(reader, onChunk, lingerMs); // Nobody waits for it.
      return undefined;
    },
  });
  const { status, statusText, headers } = response;
  const watched = new Response(body, { status, statusText, headers });
  // Where it came from is no part of what a response can be made of.
  for (const [name, value] of Object.entries({
    url: response.url,
    redirected: response.redirected,
    type: response.type,
  }))
    Object.defineProperty(watched, name, { value });
  return watched;
}

/** Never rejects. */
async function readRest(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  onChunk: BodyWatch['onChunk'],
  lingerMs: number,
): Promise<void> {
  const giveUp = () => void reader.cancel().catch(() => {}); // It was broken already.
  const timer = setTimeout(giveUp, lingerMs);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) onChunk(part.value);
  } catch {
    giveUp();
  } finally {
    clearTimeout(timer);
  }
}
