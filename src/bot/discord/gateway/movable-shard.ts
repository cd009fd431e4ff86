/**
 * One shard as discord.js connects it, whose session another process may have begun, and another may go on with. A strategy of
 * `@discordjs/ws`: its sockets, heartbeats and reconnects are that library's own. Each shard has a client of its own: what
 * discord.js knows of guilds and sessions comes and goes with the shard, and nothing of it has to be taken apart.
 */
import {
  type FetchingStrategyOptions,
  type IContextFetchingStrategy,
  managerToFetchingStrategyOptions,
  type SessionInfo,
  SimpleShardingStrategy,
  type WebSocketManager,
  WebSocketShard,
  WebSocketShardDestroyRecovery,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import { type Client, GatewayDispatchEvents } from 'discord.js';
import { isRecord } from '../../../json.ts';
import type { Logger } from '../../../log.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { type GatewaySession, isJsonRecord } from './gateway-session.ts';
import { type Dispatch, GuildGate } from './guild-gate.ts';
import { loadGuild } from './guild-loader.ts';
import { giveUpConnecting } from './hanging-up.ts';

export interface MovableShardOptions {
  readonly shardId: number;
  /** Begun by another process. Undefined: there is none to go on with. */
  readonly session: GatewaySession | undefined;
  readonly client: Client;
  readonly readsAll: boolean;
  /** Resolves while this process has the shard: it neither connects nor identifies before. */
  readonly mayConnect: (signal: AbortSignal) => Promise<void>;
  /** Resolves when it is the shard's turn to identify. */
  readonly waitForIdentify: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

/** Any code but those that end the session. */
const keepSession = 4200;
const closeMs = 1_000;

export class MovableShard extends SimpleShardingStrategy {
  readonly #options: MovableShardOptions;
  readonly #manager: WebSocketManager;
  readonly #closing = new AbortController();
  readonly #gate: GuildGate;
  #shard: WebSocketShard | undefined;
  #info: SessionInfo | null;
  #identity: Pick<GatewaySession, 'user' | 'application'> | undefined;
  #isWelcomed = false;

  constructor(manager: WebSocketManager, options: MovableShardOptions) {
    super(manager);
    this.#manager = manager;
    this.#options = options;
    const { session, client, readsAll, log, shardId } = options;
    this.#info = session === undefined ? null : toInfo(session);
    this.#identity = session;
    const botId = typeof session?.user.id === 'string' ? session.user.id : '';
    this.#gate = new GuildGate({
      forward: (dispatch) => this.#emit(WebSocketShardEvents.Dispatch, { data: dispatch }),
      load: (guildId) => loadGuild(guildId, { rest: client.rest, botId, signal: this.#closing.signal }),
      onLost: (error) => {
        log.warn('guild-not-loaded', { shardId, error });
        void this.#renew();
      },
      readsAll,
      botId,
    });
  }

  /** Whether the session of another process was gone on with, so that nothing was missed. */
  get isContinued(): boolean {
    return this.#options.session !== undefined && this.#info?.sessionId === this.#options.session.sessionId;
  }

  /** How another process goes on from here. Undefined: nothing has begun, or events wait for what they need. */
  get session(): GatewaySession | undefined {
    if (this.#info === null || this.#identity === undefined || !this.#isWelcomed || !this.isIdle) return undefined;
    const { user, application } = this.#identity;
    return { ...this.#info, user, application };
  }

  /** Whether no event waits for what it needs. */
  get isIdle(): boolean {
    return this.#gate.isIdle;
  }

  /** Makes sure that the guild is known. Never rejects. */
  loadGuild(guildId: string): Promise<void> {
    return this.#gate.load(guildId);
  }

  /** Passes something on that came another way, as if the gateway had told it. */
  tell(dispatch: Dispatch): void {
    this.#gate.pass(dispatch);
  }

  override async spawn(): Promise<void> {
    const { shardId } = this.#options;
    const options = await managerToFetchingStrategyOptions(this.#manager);
    const shard = new WebSocketShard(this.#createContext(options), shardId);
    for (const event of Object.values(WebSocketShardEvents)) {
      if (event !== WebSocketShardEvents.Dispatch) shard.on(event, (payload: object) => this.#emit(event, payload));
    }
    shard.on(WebSocketShardEvents.Dispatch, ({ data }) => this.#dispatched(data));
    this.#shard = shard;
  }

  override async connect(): Promise<void> {
    await this.#shard?.connect();
  }

  /** For good. The session stays: another process may go on with it. */
  override async destroy(): Promise<void> {
    // The library does so before it begins, too.
    if (this.#shard === undefined || this.#closing.signal.aborted) return;
    this.#closing.abort();
    // It waits for the other side to hang up, too.
    const hungUp = this.#shard.destroy({ code: keepSession }).then(() => giveUpConnecting(this.#shard));
    await resolvesWithin(hungUp, closeMs);
  }

  override async send(_shardId: number, payload: Parameters<WebSocketShard['send']>[0]): Promise<void> {
    await this.#shard?.send(payload);
  }

  #createContext(options: FetchingStrategyOptions): IContextFetchingStrategy {
    return {
      options,
      retrieveSessionInfo: async () => {
        // Asked for all the time; a shard that is idle is about to connect.
        if (this.#shard?.status === WebSocketShardStatus.Idle) await this.#untilAllowed();
        return this.#info;
      },
      updateSessionInfo: (shardId, info) => {
        // When it is given up for good, the library forgets it.
        if (this.#closing.signal.aborted) return;
        this.#info = info;
        // discord.js wants to know as well.
        void this.#manager.options.updateSessionInfo(shardId, info);
      },
      waitForIdentify: async (_shardId, signal) => {
        const either = AbortSignal.any([signal, this.#closing.signal]);
        await this.#options.waitForIdentify(either);
        await this.#options.mayConnect(either);
      },
    };
  }

  /** Whoever may not connect any more waits for ever: the library would take a rejection for nobody's. */
  async #untilAllowed(): Promise<void> {
    const { mayConnect } = this.#options;
    await mayConnect(this.#closing.signal).catch(() => new Promise<never>(() => {}));
    if (this.#closing.signal.aborted) await new Promise<never>(() => {});
    // discord.js looks at it when the gateway greets.
    await this.#manager.options.updateSessionInfo(this.#options.shardId, this.#info);
  }

  #dispatched(dispatch: Dispatch): void {
    if (dispatch.t === GatewayDispatchEvents.Ready) this.#begun(dispatch.d);
    else if (!this.#isWelcomed) this.#welcome();
    this.#gate.pass(dispatch);
  }

  #begun(ready: unknown): void {
    this.#isWelcomed = true;
    this.#gate.open();
    const { user, application } = isRecord(ready) ? ready : {};
    if (isJsonRecord(user) && isJsonRecord(application)) this.#identity = { user, application };
  }

  /** RESUME is followed by what was missed, and by no READY, for which discord.js waits. */
  #welcome(): void {
    this.#isWelcomed = true;
    const ready = { ...this.#identity, guilds: [] };
    this.#emit(WebSocketShardEvents.Ready, { data: ready });
    const dispatch = { op: 0, t: GatewayDispatchEvents.Ready, s: this.#info?.sequence ?? 0, d: ready };
    this.#emit(WebSocketShardEvents.Dispatch, { data: dispatch });
  }

  /** Begins a session of its own, with which Discord tells of every guild. */
  async #renew(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#shard?.destroy({ reason: 'A guild is not known', recover: WebSocketShardDestroyRecovery.Reconnect });
  }

  #emit(event: WebSocketShardEvents, payload: object): void {
    this.#manager.emit(event, { ...payload, shardId: this.#options.shardId });
  }
}

function toInfo({ user: _, application: __, ...info }: GatewaySession): SessionInfo {
  return info;
}
