/**
 * The endpoint that an application may have for its interactions: where its address is set, they are posted there, signed, and no
 * session is told of them. Source: https://docs.discord.com/developers/interactions/overview#configuring-an-interactions-endpoint-url
 */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { request } from 'node:http';
import type { Delivery } from '../face/delivery.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** As long as an acknowledgement may take. */
const answerWithinMs = 3_000;
const ping = JSON.stringify({ type: 1, id: '1', token: '', version: 1 });

export class InteractionsEndpoint {
  readonly #privateKey: KeyObject;
  /** In hexadecimal digits. */
  readonly publicKey: string;
  readonly deliveries: Delivery[] = [];
  #url: string | undefined;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#privateKey = privateKey;
    const { x = '' } = publicKey.export({ format: 'jwk' });
    this.publicKey = Buffer.from(x, 'base64url').toString('hex');
  }

  get url(): string | undefined {
    return this.#url;
  }

  /** As the developer portal saves it: only when it answers a PING, and turns a wrong signature away. */
  async set(url: string | undefined): Promise<void> {
    if (url !== undefined) await this.#validate(url);
    this.#url = url;
  }

  /** Headers of a body that comes from Discord. */
  sign(body: string, atSeconds: number = Math.floor(Date.now() / 1000)): Readonly<Record<string, string>> {
    const timestamp = String(atSeconds);
    const signature = sign(null, Buffer.from(timestamp + body), this.#privateKey).toString('hex');
    return { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
  }

  /** Nobody is asked twice. @returns whether it was taken, to be answered by a callback. Never rejects. */
  async deliver(interactionId: string, body: string): Promise<boolean> {
    if (this.#url === undefined) return false;
    const startedAt = performance.now();
    const status = await post(this.#url, body, this.sign(body)).then(
      (answer) => answer.status,
      () => 'failed' as const,
    );
    this.deliveries.push({ interactionId, status, afterMs: performance.now() - startedAt });
    return status === 202;
  }

  async #validate(url: string): Promise<void> {
    const pong = await post(url, ping, this.sign(ping));
    const isPong = pong.status === 200 && pong.type.startsWith('application/json') && isTypeOne(pong.body);
    const forged = { ...this.sign(ping), 'x-signature-ed25519': '0'.repeat(128) };
    const refusal = isPong ? await post(url, ping, forged) : undefined;
    if (refusal?.status === 401) return;
    const found = isPong ? `a wrong signature is answered with ${refusal?.status}` : `PING with ${pong.status}`;
    throw new Error(`The specified interactions endpoint URL could not be verified: ${found}.`);
  }
}

function isTypeOne(body: string): boolean {
  try {
    return JSON.parse(body)?.type === 1;
  } catch {
    return false;
  }
}

/** On a connection of its own, as from any of Discord's machines. */
function post(url: string, body: string, signed: Readonly<Record<string, string>>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = {
    ...signed,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
  };
  const signal = AbortSignal.timeout(answerWithinMs);
  const sent = request(url, { method: 'POST', agent: false, headers, signal }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
    });
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        body: text,
      }),
    );
    response.on('error', reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
