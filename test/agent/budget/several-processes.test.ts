/** What is spent stays within the caps: real processes on real servers, any of which may be killed at any moment. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Account, inUse, readAccount } from '../../../src/agent/budget/account.ts';
import { type BudgetRule, duesOf } from '../../../src/agent/budget/rules.ts';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import type { TurnStore } from '../../../src/agent/store/turn-store.ts';
import type { Question } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from '../store/places.ts';
import type { Said, Spend } from './spender.ts';

const dayMs = 86_400_000;
const processCount = 3;
const question: Question = { id: '1', channelId: '2', authorId: '3', authorName: 'Mina', text: '?', askedAt: 0 };
const file = new URL('./spender.ts', import.meta.url);

/** A process that spends, and the one that follows it when it was killed. */
class Spender implements AsyncDisposable {
  readonly #storeUrl: string;
  readonly #charge: (spend: Spend) => void;
  readonly #open = new Map<number, { readonly spend: Spend; readonly done: () => void }>();
  #child: ChildProcess;
  #ready: Promise<unknown>;
  #killed = Promise.resolve();
  readonly counts = { settled: 0, refused: 0, failed: 0, killed: 0 };

  /** @param charge Called when the provider is asked: from then on it is paid for. */
  constructor(storeUrl: string, charge: (spend: Spend) => void) {
    this.#storeUrl = storeUrl;
    this.#charge = charge;
    this.#child = this.#start();
    this.#ready = once(this.#child, 'message');
  }

  /** Resolves when it is over, by the death of the process as well. */
  async spend(spend: Spend): Promise<void> {
    await this.#ready;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    this.#open.set(spend.id, { spend, done });
    this.#child.send(spend, () => undefined); // Killed, it takes no more: that is told by its end.
    await promise;
  }

  /** SIGKILL, with whatever it was doing. One after the other. */
  kill(): Promise<void> {
    this.#killed = this.#killed.then(() => this.#kill());
    return this.#killed;
  }

  async #kill(): Promise<void> {
    await this.#ready;
    const dead = this.#child;
    const closed = once(dead, 'close');
    dead.kill('SIGKILL');
    await closed;
    this.counts.killed += 1;
    for (const { done } of this.#open.values()) done();
    this.#open.clear();
    this.#child = this.#start();
    this.#ready = once(this.#child, 'message');
  }

  #start(): ChildProcess {
    const child = fork(file, [this.#storeUrl, namespace], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (said: Said | 'ready') => {
      if (said !== 'ready') this.#hear(said);
    });
    return child;
  }

  #hear({ id, type }: Said): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (type === 'asked') {
      this.#charge(open.spend);
      return;
    }
    this.counts[type] += 1;
    this.#open.delete(id);
    open.done();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

const act = fc.record({
  process: fc.nat(processCount - 1),
  member: fc.constantFrom('3', '4'),
  most: fc.integer({ min: 1, max: 12 }),
  /** Of that, in percent. */
  share: fc.integer({ min: 50, max: 100 }),
  afterMs: fc.nat(60),
  lastsMs: fc.nat(5),
});
const death = fc.record({ process: fc.nat(processCount - 1), afterMs: fc.nat(60) });
const drawing = fc.record({
  acts: fc.array(act, { minLength: 80, maxLength: 160, size: 'max' }),
  deaths: fc.array(death, { minLength: 1, maxLength: 2 }),
  /** So much less than all together want that they all crowd before it. */
  cap: fc.integer({ min: 100, max: 400 }),
});
type Run = typeof drawing extends fc.Arbitrary<infer Value> ? Value : never;

describe.each(placeKinds.filter(({ name }) => name === 'redis' || name === 'postgres'))('on $name', (kind) => {
  if (kind.missing !== undefined)
    console.warn(`Skipped: budgets of several processes on ${kind.name}, ${kind.missing}.`);
  let place: Place | undefined;
  afterAll(() => place?.empty());

  test.skipIf(kind.missing !== undefined)('what was spent is never over a cap, and never lost', async () => {
    place = await kind.prepare();
    const { storeUrl } = place;
    const store = await openTurnStore(storeUrl, { log: silentLogger, namespace });
    let charge: (spend: Spend) => void = () => {};
    await using stack = new AsyncDisposableStack();
    stack.defer(() => store.close());
    const spenders = Array.from({ length: processCount }, () =>
      stack.use(new Spender(storeUrl, (spend) => charge(spend))),
    );
    // What is long past would be swept.
    let now = Date.now();
    let charged = 0;
    await fc.assert(
      fc.asyncProperty(drawing, async (drawn) => {
        // Each on accounts of its own.
        now += dayMs;
        const spent = new Map<string, number>();
        charge = ({ question: { authorId }, cost }) => {
          charged += 1;
          spent.set(authorId, (spent.get(authorId) ?? 0) + cost);
        };
        await play(drawn, now, spenders);
        await expectKept(drawn, now, spent, store);
      }),
      // A run that fails is told as it was: what follows it would fail at another moment.
      { numRuns: 6, endOnFailure: true },
    );
    const sum = (count: keyof Spender['counts']) => spenders.reduce((total, { counts }) => total + counts[count], 0);
    expect(charged).toBeGreaterThan(0);
    expect(sum('settled')).toBeGreaterThan(0);
    expect(sum('killed')).toBeGreaterThan(0);
    expect(sum('failed')).toBeLessThan(sum('settled'));
  });
});

async function play({ acts, deaths, cap }: Run, now: number, spenders: readonly Spender[]): Promise<void> {
  const spending = acts.map(async ({ process, member, most, share, afterMs, lastsMs }, id) => {
    await sleep(afterMs);
    const asked = { ...question, authorId: member };
    const cost = Math.floor((most * share) / 100);
    await spenders[process]?.spend({ id, question: asked, rules: toRules(cap), most, cost, lastsMs, now });
  });
  const dying = deaths.map(async ({ process, afterMs }) => {
    await sleep(afterMs);
    await spenders[process]?.kill();
  });
  await Promise.all([...spending, ...dying]);
}

/** Within the caps, and on the books: what was charged is spent there, or still reserved. */
async function expectKept(
  { cap }: Run,
  now: number,
  spent: ReadonlyMap<string, number>,
  store: Pick<TurnStore, 'changeAccount'>,
): Promise<void> {
  const sum = [...spent.values()].reduce((total, one) => total + one, 0);
  for (const [authorId, cost] of [...spent, ['', sum] as const]) {
    const due = duesOf({ ...question, authorId }, toRules(cap), now).find(({ rule }) =>
      authorId === '' ? rule.of === 'bot' : rule.of === 'member',
    );
    if (due === undefined) throw new Error('There is no such budget.');
    expect(cost).toBeLessThanOrEqual(due.cap);
    const account = await look(store, due.account);
    expect(inUse(account)).toBeLessThanOrEqual(due.cap);
    expect(inUse(account)).toBeGreaterThanOrEqual(cost);
  }
}

function toRules(cap: number): BudgetRule[] {
  return [
    { of: 'bot', per: 'day', unit: 'tokens', cap },
    { of: 'member', per: 'day', unit: 'tokens', cap: Math.ceil(cap / 2) },
  ];
}

async function look(store: Pick<TurnStore, 'changeAccount'>, key: string): Promise<Account> {
  let found = readAccount(undefined);
  await store.changeAccount(key, (stored) => {
    found = readAccount(stored);
    return found;
  });
  return found;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
