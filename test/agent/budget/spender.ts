/** One process that spends as it is told, run by `several-processes.test.ts`. Before each request it reserves, and afterwards settles. */
import { BudgetError, Budgets } from '../../../src/agent/budget/budgets.ts';
import { Ledger } from '../../../src/agent/budget/ledger.ts';
import type { BudgetRule } from '../../../src/agent/budget/rules.ts';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import type { Question } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';

export interface Spend {
  readonly id: number;
  readonly question: Question;
  readonly rules: readonly BudgetRule[];
  /** Tokens that it may take at most. */
  readonly most: number;
  /** What the provider takes for it. */
  readonly cost: number;
  /** Until the provider has answered. */
  readonly lastsMs: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** `asked`: the provider charges from here on. The others are the end of it. */
export interface Said {
  readonly id: number;
  readonly type: 'asked' | 'settled' | 'refused' | 'failed';
}

const [, , storeUrl = '', namespace = ''] = process.argv;
const store = await openTurnStore(storeUrl, { log: silentLogger, namespace });
const ledger = new Ledger(store);

process.on('message', (spend: Spend) => void act(spend));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function act({ id, question, rules, most, cost, lastsMs, now }: Spend): Promise<void> {
  const budgets = new Budgets({ rules, ledger, log: silentLogger, now: () => now });
  const say = (type: Said['type']) => process.send?.({ id, type } satisfies Said);
  try {
    const reservation = await budgets.reserve(question, { tokens: most, costUsd: undefined });
    say('asked');
    await new Promise((resolve) => setTimeout(resolve, lastsMs));
    await reservation.settle({ tokens: cost, costUsd: undefined });
    say('settled');
  } catch (error) {
    say(error instanceof BudgetError ? 'refused' : 'failed');
  }
}
