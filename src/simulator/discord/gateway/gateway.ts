/** The gateway: lets bots in, tells their sessions what happens, and breaks on demand. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocketServer } from 'ws';
import { toApiUser } from '../payload/guilds.ts';
import { Emitter } from '../world/emitter.ts';
import type { Guild, World } from '../world/state.ts';
import { Connection, type IdentifyRequest, type ResumeRequest } from './connection.ts';
import { toDispatch } from './dispatches.ts';
import { toGuildCreate } from './guild-dispatches.ts';
import { refusalOf } from './intents.ts';
import { Session } from './session.ts';
import { type SessionStartOptions, SessionStarts } from './session-starts.ts';

export interface GatewayOptions extends SessionStartOptions {
  readonly token: string;
  readonly heartbeatIntervalMs: number;
  readonly resumableEvents: number;
  readonly guildsPerShard: number;
  /** Where clients connect, asked for when the port is known. */
  readonly url: () => string;
}

/** How long a session without a socket can be resumed. */
const resumableForMs = 180_000;
/** Discord's flag for an application with the Message Content intent, below 100 guilds. */
const contentIntentFlag = 1 << 19;

export class Gateway {
  readonly #world: World;
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 16_384 });
  /** With the port at which the client's end of the socket is. */
  readonly #connections = new Map<Connection, number>();
  readonly #sessions = new Map<string, Session>();
  /** True when the first session came up, false when the last socket went. */
  readonly presence = new Emitter<boolean>();
  readonly starts: SessionStarts;
  identifies = 0;
  resumes = 0;
  /** The bot has identified too often: its token is good for nothing any more. */
  #isTokenReset = false;
  answersHeartbeats = true;
  /** Told of what is commanded where the bot is not. Undefined: the one of the guild's number. */
  shardOfOtherGuilds: number | undefined;

  constructor(world: World, options: GatewayOptions) {
    this.#world = world;
    this.#options = options;
    this.starts = new SessionStarts(options);
    world.events.observe((event) => {
      // Nobody hears of what happens in a guild that is down.
      if ('channel' in event && event.channel.guild?.isUnavailable === true) return;
      const dispatch = this.#sessions.size === 0 ? undefined : toDispatch(world, event);
      if (dispatch === undefined) return;
      this.#forgetLostSessions();
      const isElsewhere = event.type === 'interaction-create' && event.interaction.isUserInstalled;
      const told = isElsewhere ? { ...dispatch, shardId: this.shardOfOtherGuilds } : dispatch;
      for (const session of this.#sessions.values()) session.tell(told);
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, {
        heartbeatIntervalMs: this.#options.heartbeatIntervalMs,
        answersHeartbeats: () => this.answersHeartbeats,
        identify: (asked) => this.#identify(asked),
        welcome: (session) => this.#welcome(session),
        resume: (asked) => this.#resume(asked),
        online: () => this.#updatePresence(),
        problem: (sentence) => this.#world.problems.note(sentence),
      });
      this.#connections.set(connection, request.socket.remotePort ?? 0);
      webSocket.on('close', (code) => this.#closed(connection, code));
    });
  }

  drop(): void {
    for (const connection of [...this.#connections.keys()]) connection.cut();
  }

  close(code: number): void {
    if (endsSession(code)) this.#sessions.clear();
    for (const connection of [...this.#connections.keys()]) connection.close(code);
  }

  requestReconnect(): void {
    for (const connection of this.#connections.keys()) connection.send(GatewayOpcodes.Reconnect, null);
  }

  invalidateSession(isResumable: boolean): void {
    if (!isResumable) this.#sessions.clear();
    for (const connection of this.#connections.keys()) connection.invalidate(isResumable);
    this.#updatePresence();
  }

  repeat(eventName: string, count: number): void {
    for (const session of this.#sessions.values()) session.repeat(eventName, count);
  }

  reverse(eventName: string, count: number): void {
    for (const session of this.#sessions.values()) session.reverse(eventName, count);
  }

  dispatch(eventName: string, data: unknown): void {
    const text = JSON.stringify(data) ?? 'null';
    for (const session of this.#sessions.values()) session.tellAnyway(eventName, text);
  }

  /** The sessions that have a socket, with the shard of each and the port at which the client's end of it is. */
  get sessions(): { readonly shard: readonly [id: number, count: number]; readonly port: number }[] {
    return [...this.#connections].flatMap(([{ session }, port]) =>
      session === undefined ? [] : [{ shard: session.shard, port }],
    );
  }

  #identify({ token, intents, shard }: IdentifyRequest): Session | number | undefined {
    this.identifies += 1;
    if (!this.#isToken(token)) return 4004;
    const start = this.starts.take(shard[0]);
    if (start === 'exhausted') return this.#resetToken();
    if (start === 'too-fast') {
      this.#world.problems.note(`Shard ${shard[0]} identified within 5 s of another that it shares its turn with.`);
      return undefined;
    }
    const refusal = refusalOf(intents, this.#world.mayReadContent);
    if (refusal !== undefined) return refusal;
    const id = randomBytes(16).toString('hex');
    const session = new Session({ id, intents, shard, bufferSize: this.#options.resumableEvents });
    if (this.#guildsOf(session).length > this.#options.guildsPerShard) return 4011;
    this.#sessions.set(id, session);
    return session;
  }

  #welcome(session: Session): void {
    const { bot, applicationId, mayReadContent } = this.#world;
    const served = this.#guildsOf(session);
    const flags = mayReadContent ? contentIntentFlag : 0;
    const ready = {
      v: 10,
      user: { ...toApiUser(bot), mfa_enabled: false, verified: true, email: null },
      guilds: served.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: this.#options.url(),
      shard: session.shard,
      application: { id: applicationId, flags, flags_new: String(flags) },
      private_channels: [],
      relationships: [],
      presences: [],
      user_settings: {},
      geo_ordered_rtc_regions: [],
      _trace: [],
    };
    session.tellAnyway(GatewayDispatchEvents.Ready, JSON.stringify(ready));
    for (const guild of served) if (!guild.isUnavailable) session.tell(toGuildCreate(this.#world, guild));
  }

  #guildsOf(session: Session): Guild[] {
    return [...this.#world.guilds.values()].filter((guild) => guild.hasBot && session.serves(guild.id));
  }

  #resume({ token, sessionId, sequence }: ResumeRequest): Session | number | undefined {
    this.resumes += 1;
    if (!this.#isToken(token)) return 4004;
    this.#forgetLostSessions();
    const session = this.#sessions.get(sessionId);
    if (session?.canReplayAfter(sequence) === true) {
      // It may be another process that goes on with it, while the first does not know yet.
      for (const connection of [...this.#connections.keys()]) if (connection.session === session) connection.lose();
      return session;
    }
    this.#sessions.delete(sessionId);
    return undefined;
  }

  #isToken(token: string): boolean {
    return !this.#isTokenReset && withoutPrefix(token) === this.#options.token;
  }

  /** What Discord does with a bot that identifies too often in a day. */
  #resetToken(): number {
    this.#world.problems.note(
      'The bot identified more often than it may in a day: Discord would have reset its token.',
    );
    this.#isTokenReset = true;
    this.close(4004);
    return 4004;
  }

  #closed(connection: Connection, code: number): void {
    this.#connections.delete(connection);
    const session = connection.release();
    if (session === undefined) return;
    if (endsSession(code)) this.#sessions.delete(session.id);
    this.#updatePresence();
  }

  #updatePresence(): void {
    const isOnline = this.sessions.length > 0;
    if (isOnline === this.#world.isBotOnline) return;
    this.#world.isBotOnline = isOnline;
    this.presence.emit(isOnline);
  }

  #forgetLostSessions(): void {
    for (const session of this.#sessions.values()) {
      if (session.lostAt !== undefined && Date.now() - session.lostAt > resumableForMs)
        this.#sessions.delete(session.id);
    }
  }
}

/** Libraries differ in whether they write `Bot ` before the token when they identify. */
function withoutPrefix(token: string): string {
  return token.startsWith('Bot ') ? token.slice(4) : token;
}

/** Whether a socket that closes so, by either side, takes its session along. */
function endsSession(code: number): boolean {
  return code === 1000 || code === 1001 || code === 4004 || code === 4007 || (code >= 4009 && code <= 4014);
}
