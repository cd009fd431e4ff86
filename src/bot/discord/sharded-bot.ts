/**
 * A bot whose shards come and go: each is served by a bot of its own while it is this process's, and handed to the next process
 * with its session, so that RESUME goes on from there. Whose it is, the store says.
 */
import type { Agent } from '../../agent/agent.ts';
import { pause, resolvesWithin, withRetries } from '../../waiting.ts';
import { createShare } from '../channel/answering-share.ts';
import { type Hearing, shardOfArrival } from './arrivals/arrival.ts';
import { toBounds } from './bounds.ts';
import { type Bot, type BotOptions, createBot } from './create-bot.ts';
import { GatewayDoor } from './gateway/gateway-door.ts';
import { toGatewayAnswer } from './gateway/gateway-information.ts';
import { type GatewaySession, readGatewaySession, sessionKeyOf, toStored } from './gateway/gateway-session.ts';
import { IdentifyTurns } from './gateway/identify-turns.ts';
import { watchReach } from './gateway/reach.ts';
import type { ServedShard } from './gateway/served-shard.ts';
import type { ShardClaims, TakeTurn } from './gateway/shard-claims.ts';
import { InvalidRequests } from './invalid-requests.ts';

/** What is the same for all shards. */
export type SharedBotOptions = Omit<BotOptions, 'admitted' | 'mayPost' | 'shard'>;

export interface ShardedBotOptions extends SharedBotOptions {
  /** Joins those that share so many shards. Resolves once this process may have some. */
  readonly join: (count: number, signal: AbortSignal) => Promise<ShardClaims>;
  readonly takeTurn: TakeTurn;
}

/** A shard that this process has. */
interface Served {
  /** Undefined while it is being made. */
  bot: Bot | undefined;
  /** Ends its start. */
  readonly stop: AbortController;
  session: GatewaySession | undefined;
  /** Resolves when it has been left. */
  leaving: Promise<void> | undefined;
}

/** What was told after it is told once more to whoever takes over from a process that was killed. */
const noteSessionsEveryMs = 1_000;
/** A shard moves in a quiet moment, where there is one in this time: a turn that is broken off costs a request to the model. */
const quietWithinMs = 4_000;
const lookEveryMs = 25;
const outOfReachNote = 'Other processes may reach Discord: they are given the shards of this one until it does.';
const noteWithinMs = 1_500;
const retries = { firstMs: 500, longestMs: 5_000 };

export function createShardedBot(options: ShardedBotOptions): Bot {
  return new ShardedBot(options);
}

class ShardedBot implements Bot {
  readonly session = undefined;
  readonly #options: ShardedBotOptions;
  readonly #door: GatewayDoor;
  readonly #identifies: IdentifyTurns;
  readonly #failure = Promise.withResolvers<never>();
  readonly #closing = new AbortController();
  readonly #served = new Map<number, Served>();
  readonly #share: ServedShard['share'];
  readonly #invalidRequests: InvalidRequests;
  #claims: ShardClaims | undefined;

  constructor(options: ShardedBotOptions) {
    const { discord, budget, limits, takeTurn, log } = options;
    this.#options = options;
    this.#door = new GatewayDoor(discord, log);
    this.#identifies = new IdentifyTurns({ ask: () => this.#door.ask(), takeTurn, log });
    this.#share = createShare(budget.limits, toBounds(discord, limits));
    this.#invalidRequests = new InvalidRequests({ log });
    limits?.countRefusals(this.#invalidRequests);
    this.#failure.promise.catch(() => undefined); // Whoever waits for `failed` is told; nobody has to.
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  async start(signal: AbortSignal): Promise<void> {
    const { join, log } = this.#options;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const { shards } = await this.#door.wait(either);
    const claims = await join(shards, either);
    this.#claims = claims;
    log.info('shards-shared', { shards: claims.count });
    claims.listen({
      claimed: (shardId) => this.#claimed(shardId, claims),
      leave: (shardId) => void this.#leave(shardId, quietWithinMs),
    });
    void this.#noteSessions();
    void this.#watchReach(claims);
  }

  get isConnected(): boolean {
    return this.#claims !== undefined && this.#bots.every((bot) => bot.isConnected);
  }

  get counts(): Bot['counts'] {
    const counts = this.#bots.map((bot) => bot.counts);
    const sum = (which: 'running' | 'waiting') => counts.reduce((all, each) => all + each[which], 0);
    return { running: sum('running'), waiting: sum('waiting') };
  }

  get hearing(): Hearing {
    const count = this.#claims?.count;
    const ids = this.#bots.flatMap(({ hearing }) => hearing.serving?.ids ?? []);
    return {
      serving: count === undefined ? undefined : { ids, count },
      hear: async (arrival) => {
        if (count === undefined) return undefined;
        const served = this.#served.get(shardOfArrival(arrival.interaction, count));
        return await served?.bot?.hearing.hear(arrival);
      },
    };
  }

  async tellNearlySpent(nearly: Parameters<Bot['tellNearlySpent']>[0]): Promise<void> {
    // Any of them reaches every watcher.
    await this.#bots[0]?.tellNearlySpent(nearly);
  }

  async tellToolsChanged(changed: Parameters<Bot['tellToolsChanged']>[0]): Promise<boolean> {
    // Any of them reaches every channel. Before there is one, it is told with a later look at the tools.
    return (await this.#bots[0]?.tellToolsChanged(changed)) === true;
  }

  async close({ graceMs = quietWithinMs }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closing.abort();
    this.#claims?.setAble(false);
    await Promise.all([...this.#served.keys()].map((shardId) => this.#leave(shardId, graceMs)));
    this.#share.requests.close();
    this.#door.close();
  }

  get #bots(): Bot[] {
    return [...this.#served.values()].flatMap(({ bot }) => bot ?? []);
  }

  #claimed(shardId: number, claims: ShardClaims): void {
    const { log } = this.#options;
    log.info('shard-claimed', { shardId });
    const served: Served = { bot: undefined, stop: new AbortController(), session: undefined, leaving: undefined };
    this.#served.set(shardId, served);
    this.#serve(shardId, served, claims).catch((error: unknown) => {
      if (!served.stop.signal.aborted) this.#failure.reject(error);
    });
  }

  /** Rejects when the shard is left before it has begun. */
  async #serve(shardId: number, served: Served, claims: ShardClaims): Promise<void> {
    const { agent } = this.#options;
    const { signal } = served.stop;
    const key = sessionKeyOf({ shardId, shardCount: claims.count });
    const recall = async () => (await agent).recall(key);
    const stored = await withRetries(recall, { ...retries, signal });
    signal.throwIfAborted();
    served.session = readGatewaySession(stored, { shardId, shardCount: claims.count });
    const bot = this.#createBot(shardId, served.session, claims);
    served.bot = bot;
    bot.failed.catch((error: unknown) => {
      if (!signal.aborted) this.#failure.reject(error);
    });
    await bot.start(signal);
  }

  #createBot(shardId: number, session: GatewaySession | undefined, claims: ShardClaims): Bot {
    const { discord } = this.#options;
    const mayPost = (signal: AbortSignal) => claims.untilConfirmed(signal);
    return createBot({
      ...this.#options,
      discord: { ...discord, shards: { ids: [shardId], count: claims.count } },
      admitted: Promise.resolve(),
      mayPost,
      shard: {
        id: shardId,
        count: claims.count,
        session,
        gatewayAnswer: async () => toGatewayAnswer(await this.#door.ask()),
        mayConnect: mayPost,
        waitForIdentify: (signal) => this.#identifies.wait(shardId, signal),
        onNewer: () => claims.cannotRead(shardId),
        share: this.#share,
        invalidRequests: this.#invalidRequests,
      },
    });
  }

  #leave(shardId: number, withinMs: number): Promise<void> {
    const served = this.#served.get(shardId);
    if (served === undefined) return this.#claims?.giveBack(shardId) ?? Promise.resolve();
    served.leaving ??= this.#leaveNow(shardId, served, withinMs);
    return served.leaving;
  }

  /** Never rejects. */
  async #leaveNow(shardId: number, served: Served, withinMs: number): Promise<void> {
    const { log } = this.#options;
    try {
      if (served.bot !== undefined) await untilQuiet(served.bot, withinMs);
      served.stop.abort();
      await served.bot?.close({ graceMs: 0 });
      await resolvesWithin(this.#noteSession(served), noteWithinMs);
    } catch (error) {
      log.error('shard-not-left', { shardId, error });
    }
    this.#served.delete(shardId);
    await this.#claims?.giveBack(shardId);
    log.info('shard-left', { shardId });
  }

  async #watchReach(claims: ShardClaims): Promise<void> {
    const { log } = this.#options;
    const watched = {
      isConnected: () => (this.#bots.length === 0 ? undefined : this.#bots.some((bot) => bot.isConnected)),
      isOpen: () => this.#door.isOpen(),
      onChange: (isReached: boolean) => {
        if (isReached) log.info('discord-reached');
        else log.warn('discord-out-of-reach', { note: outOfReachNote });
        claims.setAble(isReached);
      },
    };
    await watchReach(watched, this.#closing.signal);
  }

  async #noteSessions(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await pause(noteSessionsEveryMs, signal);
      if (signal.aborted) return;
      const staying = [...this.#served.values()].filter(({ leaving }) => leaving === undefined);
      await Promise.all(staying.map((served) => this.#noteSession(served)));
    }
  }

  /** Never rejects: the one that was noted before serves as well. */
  async #noteSession(served: Served): Promise<void> {
    const { agent, log } = this.#options;
    const session = served.bot?.session;
    if (session === undefined) return;
    const { session: before } = served;
    if (before?.sessionId === session.sessionId && before.sequence === session.sequence) return;
    served.session = session;
    const noted = agent.then((had: Agent) => had.remember(sessionKeyOf(session), toStored(session)));
    await noted.catch((error: unknown) => log.warn('session-not-noted', { shardId: session.shardId, error }));
  }
}

/** Resolves when no turn runs or waits, or the time is up. */
async function untilQuiet(bot: Bot, withinMs: number): Promise<void> {
  const late = AbortSignal.timeout(withinMs);
  const isQuiet = () => bot.counts.running + bot.counts.waiting === 0;
  while (!isQuiet() && !late.aborted) await pause(lookEveryMs, late);
}
