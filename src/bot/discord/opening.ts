/**
 * How far the bot has come up: whether the agent is there, the turns of an earlier process are known, and new questions
 * are let in. One value that changes step by step, and everybody who must wait waits for it.
 */
import type { Agent } from '../../agent/agent.ts';
import type { Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin, untilAborted, withRetries } from '../../waiting.ts';
import type { Answering } from '../channel/answering.ts';
import { languageOfTurn } from '../channel/delivery.ts';
import { catalogues } from '../channel/texts/catalogues.ts';
import { readAddress } from './address.ts';
import type { CatchUp } from './catch-up/catch-up.ts';
import type { StoredSettings } from './settings/stored-settings.ts';

/** What is there once the agent is. */
export interface Parts {
  readonly agent: Agent;
  readonly answering: Answering;
  readonly catchUp: CatchUp;
  readonly settings: StoredSettings;
}

export interface OpeningOptions {
  /** May still be on its way: the log-in does not wait for it. */
  readonly agent: Promise<Agent>;
  readonly prepare: (agent: Agent) => Parts;
  /** Which turns of an earlier process this one goes on with. */
  readonly isOurs: (turn: Pick<Turn, 'delivery'>) => boolean;
  /** Told of each of those that only a newer version can read. */
  readonly onNewer?: (() => void) | undefined;
  /** Awaited before they are gone on with. Never rejects. */
  readonly beforeResume?: ((turns: readonly Turn[]) => Promise<void> | undefined) | undefined;
  /** Whether its asker may still ask. */
  readonly isAllowed: (turn: Turn) => Promise<boolean>;
  readonly log: Logger;
}

interface Progress {
  /** Undefined: the agent is on its way. */
  readonly parts: Parts | undefined;
  /** The turns of an earlier process are known: what belongs to them can be pressed. */
  readonly knowsTurns: boolean;
  /** It is known where something may have been missed, or that was waited for long enough. */
  readonly letsIn: boolean;
}

/** Nobody waits longer than this for what was there before. */
const earlierFirstMs = 3_000;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

export class Opening {
  readonly #options: OpeningOptions;
  readonly #waiting = new Set<() => void>();
  #progress: Progress = { parts: undefined, knowsTurns: false, letsIn: false };

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  /** Undefined while the agent is on its way. */
  get parts(): Parts | undefined {
    return this.#progress.parts;
  }

  /** Once the agent is there. */
  whenPrepared(): Promise<Parts> {
    return this.#when(({ parts }) => parts);
  }

  /** Once new questions are let in: what was missed in their channel can take its place before them, see {@link CatchUp.upTo}. */
  whenOpen(): Promise<Parts> {
    return this.#when(({ parts, letsIn }) => (letsIn ? parts : undefined));
  }

  /** Once the turns of an earlier process are known. @returns undefined when that takes longer. */
  async whenTurnsKnown(withinMs: number): Promise<Parts | undefined> {
    const known = this.#when(({ parts, knowsTurns }) => (knowsTurns ? parts : undefined));
    return (await resolvesWithin(known, withinMs)) ? await known : undefined;
  }

  /** Makes ready for the agent. To be called once. */
  async prepare(): Promise<void> {
    const { agent, prepare } = this.#options;
    this.#advance({ parts: prepare(await agent) });
  }

  /** Goes on with the turns of an earlier process and takes what was missed. Rejects when the signal aborts or the agent does not come. */
  async run(signal: AbortSignal): Promise<void> {
    // Whose agent does not come waits for no parts.
    await untilAborted(this.#options.agent, signal);
    const parts = await this.whenPrepared();
    const resumed = this.#resume(parts, signal).then(() => this.#advance({ knowsTurns: true }));
    const caughtUp = resumed.then(() => parts.catchUp.start());
    caughtUp.catch(() => undefined); // It is awaited below.
    const located = resumed.then(() => parts.catchUp.whenLocated());
    await resolvesWithin(located, earlierFirstMs);
    parts.answering.release();
    this.#advance({ letsIn: true });
    await caughtUp;
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#advance({ knowsTurns: true, letsIn: true });
  }

  /** However long the store is away. */
  async #resume(parts: Parts, signal: AbortSignal): Promise<void> {
    const { agent, answering, catchUp } = parts;
    const { log, isOurs, onNewer = () => {}, beforeResume, isAllowed } = this.#options;
    const read = async () => {
      const [unfinished] = await Promise.all([agent.unfinished({ isOurs, onNewer }), catchUp.load()]);
      return unfinished;
    };
    const turns = await withRetries(read, {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      onRetry: (error, retryInMs) => log.warn('turns-not-read', { error, retryInMs }),
    });
    await beforeResume?.(turns);
    // An answer that is whole only has to be shown.
    const mayGoOn = await Promise.all(turns.map((turn) => turn.end !== undefined || isAllowed(turn)));
    const resumed = turns.filter((_turn, index) => mayGoOn[index]);
    answering.resume(resumed);
    if (resumed.length > 0) log.info('turns-resumed', { turns: resumed.length });
    for (const turn of turns) if (!resumed.includes(turn)) this.#refuse(turn, parts, signal);
  }

  /** The settings are no longer those under which it was asked. */
  #refuse(turn: Turn, { agent, answering }: Parts, signal: AbortSignal): void {
    const { log } = this.#options;
    const { id: turnId, channelId } = turn.question;
    log.info('question-refused', { turnId, channelId });
    if (turn.replaces !== undefined) {
      answering.leaveOld(turn);
      return;
    }
    const askedIn = readAddress(turn.delivery).threadOf ?? channelId;
    answering.say({ id: turnId, channelId: askedIn }, catalogues[languageOfTurn(turn)].replies['not-allowed']);
    withRetries(() => agent.settle(turn), {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      onRetry: (error, retryInMs) => log.warn('turn-not-settled', { turnId, retryInMs, error }),
    }).catch((error: unknown) => log.debug('turn-not-settled', { turnId, error })); // The next start finds it again.
  }

  #advance(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change };
    for (const look of this.#waiting) look();
  }

  /** Resolves as soon as there is something to see. */
  async #when<Found>(see: (progress: Progress) => Found | undefined): Promise<Found> {
    const { promise, resolve } = Promise.withResolvers<Found>();
    const look = () => {
      const found = see(this.#progress);
      if (found === undefined) return;
      this.#waiting.delete(look);
      resolve(found);
    };
    this.#waiting.add(look);
    look();
    return await promise;
  }
}
