/** One gateway socket: greets, lets a session in or resumes it, and answers heartbeats. */

import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { isRecord } from '../../../json.ts';
import type { JsonObject } from '../payload/json.ts';
import type { Session } from './session.ts';

/** What the gateway does for its connections. */
export interface Greeter {
  readonly heartbeatIntervalMs: number;
  readonly answersHeartbeats: () => boolean;
  /** Opens a session, or says with which code to hang up; undefined when the client came too soon and may try again. */
  readonly identify: (request: IdentifyRequest) => Session | number | undefined;
  /** Tells a session that just came in what READY promised. */
  readonly welcome: (session: Session) => void;
  /** The session to go on with; undefined when the client must start anew. */
  readonly resume: (request: ResumeRequest) => Session | number | undefined;
  readonly online: () => void;
  readonly problem: (sentence: string) => void;
}

export interface IdentifyRequest {
  readonly token: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
}

export interface ResumeRequest {
  readonly token: string;
  readonly sessionId: string;
  readonly sequence: number;
}

/** Discord's limit: this many payloads in a minute, heartbeats aside. */
const payloadsPerMinute = 120;
/** Some client libraries miss a greeting that comes in one packet with the answer to the upgrade. */
const greetingDelayMs = 10;

export class Connection {
  readonly #socket: WebSocket;
  readonly #greeter: Greeter;
  readonly #sendText = (text: string) => this.#socket.send(text);
  readonly #timers = new Set<NodeJS.Timeout>();
  #session: Session | undefined;
  #lastHeartbeatAt = 0;
  #payloadTimes: number[] = [];

  constructor(socket: WebSocket, greeter: Greeter) {
    this.#socket = socket;
    this.#greeter = greeter;
    socket.on('message', (data) => this.#receive(String(data)));
    // A broken socket is followed by its close event, which does all there is to do.
    socket.on('error', () => {});
    this.#timers.add(setTimeout(() => this.#greet(), greetingDelayMs));
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** The session goes on over another socket. */
  lose(): void {
    this.#session = undefined;
    this.cut();
  }

  send(opcode: number, data: unknown): void {
    this.#socket.send(JSON.stringify({ op: opcode, d: data, s: null, t: null }));
  }

  close(code: number): void {
    this.#socket.close(code, closeReasons.get(code));
  }

  /** Without a close frame. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Takes the session from the socket, over which the client may then resume it or open another. */
  invalidate(isResumable: boolean): void {
    this.#detach();
    this.send(GatewayOpcodes.InvalidSession, isResumable);
  }

  /** To be called when the socket is gone. */
  release(): Session | undefined {
    for (const timer of this.#timers) clearTimeout(timer);
    return this.#detach();
  }

  #detach(): Session | undefined {
    const session = this.#session;
    this.#session = undefined;
    session?.detach(this.#sendText);
    return session;
  }

  #greet(): void {
    const { heartbeatIntervalMs } = this.#greeter;
    this.send(GatewayOpcodes.Hello, { heartbeat_interval: heartbeatIntervalMs, _trace: [] });
    this.#lastHeartbeatAt = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - this.#lastHeartbeatAt > 2 * heartbeatIntervalMs) this.close(4009);
    }, heartbeatIntervalMs);
    this.#timers.add(watch);
  }

  #receive(text: string): void {
    const payload = parsePayload(text);
    const code = payload === undefined ? 4002 : this.#act(payload);
    if (code !== undefined) this.close(code);
  }

  /** The code to hang up with, or undefined when all is well. */
  #act({ opcode, data }: Payload): number | undefined {
    if (opcode !== GatewayOpcodes.Heartbeat && this.#isTooFast()) return 4008;
    switch (opcode) {
      case GatewayOpcodes.Heartbeat:
        this.#lastHeartbeatAt = Date.now();
        if (this.#greeter.answersHeartbeats()) this.send(GatewayOpcodes.HeartbeatAck, null);
        return undefined;
      case GatewayOpcodes.Identify:
        return this.#session === undefined ? this.#identify(data) : 4005;
      case GatewayOpcodes.Resume:
        return this.#session === undefined ? this.#resume(data) : 4005;
      case GatewayOpcodes.PresenceUpdate:
        return this.#session === undefined ? 4003 : undefined;
      default:
        this.#greeter.problem(`The bot sent gateway opcode ${opcode}, which this simulator does not know.`);
        return this.#session === undefined ? 4003 : 4001;
    }
  }

  #identify({ token, intents, shard = [0, 1] }: JsonObject): number | undefined {
    if (typeof token !== 'string') return 4004;
    if (typeof intents !== 'number') return 4013;
    const [shardId, shardCount]: unknown[] = Array.isArray(shard) ? shard : [];
    if (typeof shardId !== 'number' || typeof shardCount !== 'number') return 4010;
    if (!(shardId >= 0 && shardId < shardCount)) return 4010;
    const session = this.#greeter.identify({ token, intents, shard: [shardId, shardCount] });
    if (typeof session === 'number') return session;
    if (session === undefined) {
      this.send(GatewayOpcodes.InvalidSession, false);
      return undefined;
    }
    this.#attach(session);
    this.#greeter.welcome(session);
    this.#greeter.online();
    return undefined;
  }

  #resume({ token, session_id: sessionId, seq: sequence }: JsonObject): number | undefined {
    if (typeof token !== 'string') return 4004;
    if (typeof sessionId !== 'string' || typeof sequence !== 'number') return 4002;
    const session = this.#greeter.resume({ token, sessionId, sequence });
    if (typeof session === 'number') return session;
    if (session === undefined) {
      this.send(GatewayOpcodes.InvalidSession, false);
      return undefined;
    }
    this.#attach(session);
    session.replayAfter(sequence);
    session.tellAnyway(GatewayDispatchEvents.Resumed, JSON.stringify({ _trace: [] }));
    this.#greeter.online();
    return undefined;
  }

  #attach(session: Session): void {
    this.#session = session;
    session.attach(this.#sendText);
  }

  #isTooFast(): boolean {
    const now = Date.now();
    this.#payloadTimes = this.#payloadTimes.filter((time) => now - time < 60_000);
    this.#payloadTimes.push(now);
    return this.#payloadTimes.length > payloadsPerMinute;
  }
}

const closeReasons: ReadonlyMap<number, string> = new Map([
  [4001, 'Unknown opcode.'],
  [4002, 'Error while decoding payload.'],
  [4003, 'Not authenticated.'],
  [4004, 'Authentication failed.'],
  [4005, 'Already authenticated.'],
  [4007, 'Invalid seq.'],
  [4008, 'Rate limited.'],
  [4009, 'Session timed out.'],
  [4010, 'Invalid shard.'],
  [4011, 'Sharding required.'],
  [4013, 'Invalid intent(s).'],
  [4014, 'Disallowed intent(s).'],
]);

interface Payload {
  readonly opcode: number;
  readonly data: JsonObject;
}

function parsePayload(text: string): Payload | undefined {
  try {
    const payload: unknown = JSON.parse(text);
    if (!isRecord(payload) || typeof payload.op !== 'number') return undefined;
    return { opcode: payload.op, data: isRecord(payload.d) ? payload.d : {} };
  } catch {
    // Not JSON: the caller hangs up as Discord does.
    return undefined;
  }
}
