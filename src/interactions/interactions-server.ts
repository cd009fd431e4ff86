/**
 * The port to which Discord posts what members command and press, where the application has an endpoint for it. Nothing is believed
 * that Discord has not signed. The answer is an empty 202: what members see comes by the callback, as for what the gateway tells.
 * Source: https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback
 */
import type { KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closePort, listenAt } from '../http-port.ts';
import { isRecord } from '../json.ts';
import type { Logger } from '../log.ts';
import { resolvesWithin } from '../waiting.ts';
import { readBody } from './body.ts';
import { RecentIds } from './recent-ids.ts';
import { ageOf, freshMs, isSignedBy, readSigned } from './signature.ts';

/** Whose interactions are taken. */
export interface Recipient {
  readonly applicationId: string;
  readonly publicKey: KeyObject;
}

export interface InteractionsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: Discord has not said yet. */
  readonly recipient: () => Recipient | undefined;
  /** Resolves once it will be answered. Rejects when it will not: whoever has sent it is told so. */
  readonly take: (interaction: TakenInteraction) => Promise<void>;
  readonly log: Logger;
}

/** Discord's JSON of it: nothing else is certain. */
export interface TakenInteraction extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

export interface InteractionsServer {
  /** Lets go of the port, and answers what was sent already. Never rejects. */
  close(): Promise<void>;
}

const mostConnections = 500;
/** For the head and for the whole of a request: Discord waits three seconds. */
const requestMs = 3_000;
const pingType = 1;
const sayOldEveryMs = 60_000;

/** @throws {ConfigError} naming INTERACTIONS_PORT when it cannot listen there. */
export async function startInteractionsServer(options: InteractionsServerOptions): Promise<InteractionsServer> {
  const door = new Door(options);
  const times = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: 500 };
  const server = createServer(times, (request, response) => {
    door.answer(request, response).catch(() => response.destroy()); // Its sender has hung up.
  });
  server.maxConnections = mostConnections;
  const { host, port } = options;
  await listenAt(server, { host, port, setting: 'INTERACTIONS', otherwise: 'Set it to a free port, or leave it out.' });
  // What was sent already is answered.
  return { close: () => closePort(server, (ended) => resolvesWithin(ended, requestMs)) };
}

class Door {
  readonly #options: InteractionsServerOptions;
  /** For as long as a signature counts. */
  readonly #recent = new RecentIds(2 * freshMs);
  #saidOldAt = Number.NEGATIVE_INFINITY;

  constructor(options: InteractionsServerOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return turnAway(response, 405, 'Only Discord posts here.');
    const signed = readSigned(request.headers);
    if (signed === undefined) return turnAway(response, 401, 'The signature is missing.');
    const recipient = this.#options.recipient();
    if (recipient === undefined) return turnAway(response, 503, 'Not ready yet.');
    const body = await readBody(request);
    if (typeof body === 'number') return turnAway(response, body, 'Too large or too slow.');
    if (!isSignedBy(recipient.publicKey, signed, body)) return turnAway(response, 401, 'The signature is wrong.');
    const ageMs = ageOf(signed);
    if (Math.abs(ageMs) > freshMs) {
      this.#sayOld(ageMs);
      return turnAway(response, 401, 'The signature is too old.');
    }
    await this.#answerSigned(parse(body), recipient, response);
  }

  async #answerSigned(interaction: unknown, { applicationId }: Recipient, response: ServerResponse): Promise<void> {
    const { log } = this.#options;
    if (!isRecord(interaction)) return turnAway(response, 400, 'That is no interaction.');
    if (interaction.type === pingType) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":1}');
      return;
    }
    const { id, application_id: meant } = interaction;
    if (typeof id !== 'string' || !/^\d{1,20}$/.test(id)) return turnAway(response, 400, 'That is no interaction.');
    if (meant !== applicationId) return turnAway(response, 401, 'That is for another application.');
    if (!this.#recent.add(id)) return accept(response);
    try {
      await this.#options.take({ ...interaction, id });
      accept(response);
    } catch (error) {
      this.#recent.remove(id);
      log.warn('interaction-not-taken', { interactionId: id, error });
      turnAway(response, 503, 'It cannot be answered now.');
    }
  }

  /** Of every request: the clock of this machine is wrong. */
  #sayOld(ageMs: number): void {
    if (performance.now() - this.#saidOldAt < sayOldEveryMs) return;
    this.#saidOldAt = performance.now();
    const advice = 'A request of Discord is older or newer than a minute by the clock of this machine: set the clock.';
    this.#options.log.warn('interaction-too-old', { ageMs, advice });
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202).end();
}

/** What else is sent is not read. */
function turnAway(response: ServerResponse, status: number, why: string): void {
  const headers = { 'content-type': 'text/plain', connection: 'close', ...(status === 405 ? { allow: 'POST' } : {}) };
  response.writeHead(status, headers).end(`${why}\n`);
}
