/** Checks the log of decisions as `npm run store -- audit` does: the chain is whole, and holds all that was there at the check before. */
import type { ChainHead, DecisionEntry } from '../../../src/agent/store/decision-chain.ts';
import type { TurnStore } from '../../../src/agent/store/turn-store.ts';

export class Auditor {
  readonly #store: Pick<TurnStore, 'checkDecisions'>;
  #head: ChainHead | undefined;
  #entries: readonly DecisionEntry[] = [];

  constructor(store: Pick<TurnStore, 'checkDecisions'>) {
    this.#store = store;
  }

  /** As of the last check, in their order. */
  get entries(): readonly DecisionEntry[] {
    return this.#entries;
  }

  /** @returns one sentence for everything that is wrong with it. */
  async check(): Promise<string[]> {
    const breaches: string[] = [];
    const entries: DecisionEntry[] = [];
    const noted = this.#head;
    let isNotedThere = noted === undefined;
    for await (const checked of this.#store.checkDecisions()) {
      if (checked.problem !== undefined) breaches.push(`decision ${checked.number} is ${checked.problem}`);
      if (!('entry' in checked)) continue;
      entries.push(checked.entry);
      this.#head = { number: checked.number, hash: checked.hash };
      if (checked.number === noted?.number) isNotedThere = checked.hash === noted.hash;
    }
    if (!isNotedThere) breaches.push(`decision ${noted?.number} is not the one that was there`);
    this.#entries = entries;
    return breaches;
  }
}
