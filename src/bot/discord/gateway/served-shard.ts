/** One shard of several that come and go, as the bot that serves it sees it. */
import type { WebSocketManager } from '@discordjs/ws';
import type { Client } from 'discord.js';
import type { Logger } from '../../../log.ts';
import { pause } from '../../../waiting.ts';
import type { AnsweringShare } from '../../channel/answering-share.ts';
import type { InvalidRequests } from '../invalid-requests.ts';
import type { GatewaySession } from './gateway-session.ts';
import type { Dispatch } from './guild-gate.ts';
import { MovableShard } from './movable-shard.ts';

export interface ServedShard {
  readonly id: number;
  readonly count: number;
  /** Begun by another process, to be gone on with. */
  readonly session: GatewaySession | undefined;
  /** What `GET /gateway/bot` is answered with, for all shards alike. */
  readonly gatewayAnswer: () => Promise<Response>;
  readonly mayConnect: (signal: AbortSignal) => Promise<void>;
  readonly waitForIdentify: (signal: AbortSignal) => Promise<void>;
  /** A turn of the shard can only be read by a newer version. */
  readonly onNewer: () => void;
  /** What the bots of all shards of this process have in common. */
  readonly share: AnsweringShare;
  readonly invalidRequests: InvalidRequests;
}

/** What is under way when the shard goes may get this long to be stored; else it is told again where the shard is then. */
const storedWithinMs = 1_500;
const lookEveryMs = 20;

export interface ShardGatewayOptions {
  readonly shard: ServedShard;
  readonly readsAll: boolean;
  /** Whether a question has come that is not stored yet. */
  readonly hasUnstored: () => boolean;
  readonly log: Logger;
}

export class ShardGateway {
  readonly #options: ShardGatewayOptions;
  #current: MovableShard | undefined;
  #session: GatewaySession | undefined;

  constructor(options: ShardGatewayOptions) {
    this.#options = options;
    this.#session = options.shard.session;
  }

  /** For discord.js. The first one goes on with the session of another process; one that is made anew begins its own. */
  build(manager: WebSocketManager, client: Client): MovableShard {
    const { shard, readsAll, log } = this.#options;
    const { id: shardId, mayConnect, waitForIdentify } = shard;
    const session = this.#current === undefined ? shard.session : undefined;
    this.#current = new MovableShard(manager, { shardId, session, client, readsAll, mayConnect, waitForIdentify, log });
    return this.#current;
  }

  gatewayAnswer(): Promise<Response> {
    return this.#options.shard.gatewayAnswer();
  }

  /** Whether nothing was missed before this process came. */
  get isContinued(): boolean {
    return this.#current?.isContinued === true;
  }

  /** From where another process can go on and miss nothing: all that was told before is stored. */
  get session(): GatewaySession | undefined {
    const session = this.#options.hasUnstored() ? undefined : this.#current?.session;
    this.#session = session ?? this.#session;
    return this.#session;
  }

  /** Passes something on that came another way, as if the gateway had told it. */
  tell(dispatch: Dispatch): void {
    this.#current?.tell(dispatch);
  }

  async loadGuilds(guildIds: readonly string[]): Promise<void> {
    await Promise.all([...new Set(guildIds)].map((guildId) => this.#current?.loadGuild(guildId)));
  }

  /** Hears no more, and waits until what was heard is stored. Never rejects. */
  async close(): Promise<void> {
    await this.#current?.destroy();
    const tooLate = AbortSignal.timeout(storedWithinMs);
    while (this.#isBusy && !tooLate.aborted) await pause(lookEveryMs, tooLate);
  }

  get #isBusy(): boolean {
    return this.#options.hasUnstored() || this.#current?.isIdle === false;
  }
}
