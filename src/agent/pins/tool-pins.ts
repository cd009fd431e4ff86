/**
 * Holds tool servers to what they said when they were first used: a tool that says something else is withheld until somebody has seen the
 * difference and accepts it. In the store, so that it holds through restarts and for all processes.
 */
import type { Logger } from '../../log.ts';
import { cut } from '../../text.ts';
import { withRetries } from '../../waiting.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { AcceptOutcome, ChangedTools } from './changed-tools.ts';
import {
  accept,
  changeIdOf,
  type PinnedServer,
  readPinned,
  review,
  type ToldTool,
  toChanged,
  writePinned,
} from './pinned-server.ts';

/** A server as far as it is held to its words. */
export interface PinnableServer {
  readonly name: string;
  readonly key: string;
  /** It may say what it likes. */
  readonly isTrusted: boolean;
  /** What it says now; the same object until it lists something else. */
  readonly words: readonly ToldTool[];
}

export interface ToolPinsOptions {
  readonly store: Pick<TurnStore, 'loadPins' | 'changePins' | 'logDecision'>;
  readonly log: Logger;
  /** Tells people. Resolves with whether they were told. Never rejects. */
  readonly tell: (changed: ChangedTools) => Promise<boolean>;
}

interface Reviewed {
  readonly words: readonly ToldTool[];
  readonly pinned: PinnedServer;
}

const firstRetryMs = 250;
const longestRetryMs = 5_000;
/** People are told of one server's changes so often at most: one that changes all the time fills no channel. */
const tellEveryMs = 3_600_000;
const longestNames = 300;

export class ToolPins {
  readonly #options: ToolPinsOptions;
  readonly #reviewed = new Map<string, Reviewed>();
  readonly #telling = new Map<string, Promise<void>>();

  constructor(options: ToolPinsOptions) {
    this.#options = options;
  }

  /** Whether what the tool says is what was fixed. Before the server was looked at, nothing is. */
  allows({ key, isTrusted }: PinnableServer, name: string, hash: string): boolean {
    return isTrusted || this.#reviewed.get(key)?.pinned.tools[name]?.hash === hash;
  }

  /**
   * Looks at what the server says now. While the store is away, what was known counts on, and a list that was never looked at is waited for.
   * @returns whether anything may be allowed now that was not, or the other way round. Never rejects.
   */
  async review(server: PinnableServer, signal: AbortSignal): Promise<boolean> {
    const { words } = server;
    const known = this.#reviewed.get(server.key);
    const hasPending = known !== undefined && Object.keys(known.pinned.pending).length > 0;
    if (server.isTrusted || words.length === 0 || (known?.words === words && !hasPending)) return false;
    try {
      const look = () => this.#look(server, words);
      const wait = { signal, firstMs: firstRetryMs, longestMs: longestRetryMs };
      const pinned = known?.words === words ? await look() : await withRetries(look, wait);
      this.#reviewed.set(server.key, { words, pinned });
      this.#tellOnce(server.key, pinned);
      return JSON.stringify(pinned.tools) !== JSON.stringify(known?.pinned.tools) || known?.words !== words;
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn('tool-pins-not-read', { server: server.name, error });
      return false;
    }
  }

  /** In the log before it counts. @throws {AppError} `store-failed`. */
  async accept(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome> {
    const { store } = this.#options;
    const pinned = readPinned('', await store.loadPins(serverKey));
    if (Object.keys(pinned.pending).length === 0) return 'gone';
    if (changeIdOf(pinned) !== changeId) {
      const { told: _, ...untold } = pinned;
      this.#tellOnce(serverKey, untold);
      return 'changed';
    }
    const tool = cut(Object.keys(pinned.pending).join(', '), longestNames);
    await store.logDecision({ what: 'accepted', by: [by], server: pinned.server, tool, toolHash: changeId });
    let outcome: AcceptOutcome = 'gone';
    await store.changePins(serverKey, (stored) => {
      const now = readPinned(pinned.server, stored);
      outcome = changeIdOf(now) === changeId ? 'accepted' : 'changed';
      return writePinned(outcome === 'accepted' ? accept(now) : now);
    });
    this.#reviewed.delete(serverKey);
    return outcome;
  }

  async #look({ key, name }: PinnableServer, words: readonly ToldTool[]): Promise<PinnedServer> {
    const { store } = this.#options;
    const stored = readPinned(name, await store.loadPins(key));
    let pinned = review(stored, words);
    if (pinned === stored && stored.server === name) return pinned;
    await store.changePins(key, (now) => {
      pinned = { ...review(readPinned(name, now), words), server: name };
      return writePinned(pinned);
    });
    return pinned;
  }

  #tellOnce(serverKey: string, pinned: PinnedServer): void {
    const changed = toChanged(serverKey, pinned);
    const { told } = pinned;
    const isTold = told !== undefined && (told.changeId === changed?.changeId || Date.now() - told.at < tellEveryMs);
    if (changed === undefined || isTold || this.#telling.has(serverKey)) return;
    const telling = this.#tell(changed).finally(() => this.#telling.delete(serverKey));
    this.#telling.set(serverKey, telling);
  }

  async #tell(changed: ChangedTools): Promise<void> {
    const { store, log, tell } = this.#options;
    const { server, serverKey, changeId, changes } = changed;
    const advice =
      'They are not used until somebody accepts it: in the channel of "review" in JUPAN_CONFIG, or by npm run store -- pins.';
    log.warn('tools-changed', { server, tools: changes.length, changeId, advice });
    try {
      if (!(await tell(changed))) return;
      await store.changePins(serverKey, (stored) =>
        writePinned({ ...readPinned(server, stored), told: { changeId, at: Date.now() } }),
      );
      const known = this.#reviewed.get(serverKey);
      if (known !== undefined)
        this.#reviewed.set(serverKey, { ...known, pinned: { ...known.pinned, told: { changeId, at: Date.now() } } });
    } catch (error) {
      log.warn('tools-changed-not-noted', { server, error });
    }
  }
}
