/** What is spent stays within the caps, however many spend at once, in however many processes, and whenever one dies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inUse, readAccount } from '../../../src/agent/budget/account.ts';
import { BudgetError, Budgets } from '../../../src/agent/budget/budgets.ts';
import { Ledger } from '../../../src/agent/budget/ledger.ts';
import { type BudgetRule, duesOf, perDollar } from '../../../src/agent/budget/rules.ts';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import type { Question } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';

const now = Date.UTC(2026, 10, 28, 12);
const question: Question = {
  id: '1',
  channelId: '2',
  guildId: '9',
  authorId: '3',
  authorName: 'Mina',
  text: '?',
  askedAt: now,
};

function open(rules: readonly BudgetRule[], backend: Backend = openMemory(), at = () => now) {
  const store = createTurnStore(backend, silentLogger, 'jupan');
  const told: unknown[] = [];
  const budgets = new Budgets({
    rules,
    ledger: new Ledger(store),
    log: silentLogger,
    now: at,
    onNearlySpent: ({ rule, holder, share }) => told.push([rule.of, holder, share]),
  });
  return { budgets, backend, told };
}

async function accounts(backend: Backend) {
  const entries = [...(await backend.entries('jupan:account:'))];
  return entries.map(([key, text]) => ({ key, account: readAccount(JSON.parse(text)) }));
}

const tokens = (count: number) => ({ tokens: count, costUsd: undefined });

describe('which budgets a question counts toward', () => {
  const rule = (of: BudgetRule['of'], cap: number, id?: string): BudgetRule => ({
    of,
    per: 'day',
    unit: 'tokens',
    cap,
    ...(id === undefined ? {} : { id }),
  });
  const capsOf = (rules: readonly BudgetRule[], asked: Partial<Question> = {}) =>
    duesOf({ ...question, ...asked }, rules, now).map(({ account, cap }) => `${account}: ${cap}`);

  test.each<[string, readonly BudgetRule[], Partial<Question>, readonly string[]]>([
    ['the bot’s', [rule('bot', 5)], {}, ['2026-11-28/tokens/bot/: 5']],
    ['its server’s', [rule('server', 5)], {}, ['2026-11-28/tokens/server/9: 5']],
    ['no server’s in a direct message', [rule('server', 5)], { guildId: undefined as never }, []],
    ['not another server’s', [rule('server', 5, '8')], {}, []],
    [
      'what is said of its server before what is said of all',
      [rule('server', 5), rule('server', 7, '9')],
      {},
      ['2026-11-28/tokens/server/9: 7'],
    ],
    ['its channel’s', [rule('channel', 5)], {}, ['2026-11-28/tokens/channel/2: 5']],
    ['its author’s', [rule('member', 5)], {}, ['2026-11-28/tokens/member/3: 5']],
    [
      'the largest of its author’s roles’, in place of a member’s',
      [rule('member', 5), rule('role', 10, '7'), rule('role', 20, '8')],
      { roleIds: ['7', '8'] },
      ['2026-11-28/tokens/member/3: 20'],
    ],
    [
      'not that of a role which the author has not',
      [rule('member', 5), rule('role', 10, '7')],
      { roleIds: ['8'] },
      ['2026-11-28/tokens/member/3: 5'],
    ],
    [
      'what is said of the author by name before any role',
      [rule('member', 1, '3'), rule('role', 10, '7')],
      { roleIds: ['7'] },
      ['2026-11-28/tokens/member/3: 1'],
    ],
    ['the smaller of two alike', [rule('bot', 5), rule('bot', 4), rule('bot', 4)], {}, ['2026-11-28/tokens/bot/: 4']],
    [
      'several at once',
      [rule('bot', 5), rule('member', 4)],
      {},
      ['2026-11-28/tokens/bot/: 5', '2026-11-28/tokens/member/3: 4'],
    ],
  ])('%s', (_, rules, asked, expected) => {
    expect(capsOf(rules, asked)).toEqual(expected);
  });

  test('dollars are whole billionths, months begin on the first', () => {
    const [due] = duesOf(question, [{ of: 'bot', per: 'month', unit: 'dollars', cap: 1.5 }], now);
    expect(due).toMatchObject({ account: '2026-11/dollars/bot/', cap: 1.5 * perDollar, until: Date.UTC(2026, 11, 1) });
  });
});

describe('a budget', () => {
  test('takes what fits, and says until when there is no more', async () => {
    const { budgets } = open([{ of: 'member', per: 'day', unit: 'tokens', cap: 100 }]);
    await (await budgets.reserve(question, tokens(90))).settle(tokens(40));
    await (await budgets.reserve(question, tokens(60))).settle(tokens(60));
    await expect(budgets.reserve(question, tokens(1))).rejects.toMatchObject({
      budget: { of: 'member', per: 'day', until: Date.UTC(2026, 10, 29) },
    });
    await budgets.reserve({ ...question, authorId: '4' }, tokens(100));
  });

  test('gives back what was reserved elsewhere when one of several has no room', async () => {
    const { budgets, backend } = open([
      { of: 'bot', per: 'day', unit: 'tokens', cap: 1000 },
      { of: 'member', per: 'day', unit: 'tokens', cap: 10 },
    ]);
    await expect(budgets.reserve(question, tokens(11))).rejects.toBeInstanceOf(BudgetError);
    for (const { account } of await accounts(backend)) expect(inUse(account)).toBe(0);
  });

  test('in dollars does not hold where no price is known, and one in tokens does', async () => {
    const dollars = open([{ of: 'bot', per: 'day', unit: 'dollars', cap: 0.1 }]);
    await dollars.budgets.reserve(question, tokens(1_000_000));
    await expect(dollars.budgets.reserve(question, { tokens: 1, costUsd: 0.2 })).rejects.toBeInstanceOf(BudgetError);
  });

  test('of questions counts each once, though its turn begins in several processes', async () => {
    const backend = openMemory();
    const rules: BudgetRule[] = [{ of: 'member', per: 'day', unit: 'questions', cap: 2 }];
    await open(rules, backend).budgets.begin(question);
    await open(rules, backend).budgets.begin(question);
    await (await open(rules, backend).budgets.begin({ ...question, id: '5' })).settle(tokens(0));
    await expect(open(rules, backend).budgets.begin({ ...question, id: '6' })).rejects.toBeInstanceOf(BudgetError);
  });

  test('begins anew with its period', async () => {
    let time = now;
    const { budgets } = open([{ of: 'bot', per: 'day', unit: 'tokens', cap: 10 }], openMemory(), () => time);
    await (await budgets.reserve(question, tokens(10))).settle(tokens(10));
    await expect(budgets.reserve(question, tokens(1))).rejects.toBeInstanceOf(BudgetError);
    time = Date.UTC(2026, 10, 29);
    await budgets.reserve(question, tokens(10));
  });

  test('can be extended, and somebody is told once for each cap when most is spent', async () => {
    const { budgets, told } = open([{ of: 'bot', per: 'day', unit: 'tokens', cap: 10 }]);
    for (const amount of [7, 1, 2]) await (await budgets.reserve(question, tokens(amount))).settle(tokens(amount));
    expect(told).toEqual([['bot', '', 0.8]]);
    const error: unknown = await budgets.reserve(question, tokens(5)).catch((thrown: unknown) => thrown);
    if (!(error instanceof BudgetError)) throw new Error('It was not refused.');
    expect([await budgets.extend(error.budget, '1'), await budgets.extend(error.budget, '1')]).toEqual([true, false]);
    await (await budgets.reserve(question, tokens(6))).settle(tokens(6));
    expect(told).toEqual([
      ['bot', '', 0.8],
      ['bot', '', 0.8],
    ]);
    await expect(budgets.reserve(question, tokens(5))).rejects.toBeInstanceOf(BudgetError);
  });

  test('whose account somebody has spoilt counts from nothing, and nothing ends of it', async () => {
    const { budgets, backend } = open([{ of: 'bot', per: 'day', unit: 'tokens', cap: 10 }]);
    for (const spoilt of ['{', '[]', '{"version":1,"spent":"x","granted":0,"reserved":{}}'])
      await backend
        .set('jupan:account:2026-11-28/tokens/bot/', spoilt)
        .then(() => budgets.reserve(question, tokens(10)));
  });
});

test('any interleaving of processes that spend and die: what was spent is never over a cap', async () => {
  const act = fc.record({
    process: fc.nat(2),
    member: fc.constantFrom('3', '4'),
    most: fc.integer({ min: 1, max: 40 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    dies: fc.boolean(),
    /** Turns of the event loop until the request is over. */
    lasts: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.integer({ min: 10, max: 200 }), async (acts, cap) => {
      const backend = openMemory();
      const rules: BudgetRule[] = [
        { of: 'bot', per: 'day', unit: 'tokens', cap },
        { of: 'member', per: 'day', unit: 'tokens', cap: Math.ceil(cap / 2) },
      ];
      const processes = [0, 1, 2].map(() => open(rules, backend).budgets);
      const spent = new Map<string, number>();
      const spend = async ({ process, member, most, share, dies, lasts }: (typeof acts)[number]) => {
        const asked = { ...question, authorId: member };
        const reservation = await processes[process]?.reserve(asked, tokens(most)).catch((error: unknown) => {
          if (!(error instanceof BudgetError)) throw error;
        });
        if (reservation === undefined) return;
        // From here on the provider charges for it, whatever becomes of the process.
        const cost = Math.floor(most * share);
        spent.set(member, (spent.get(member) ?? 0) + cost);
        for (let turn = 0; turn < lasts; turn += 1) await new Promise(setImmediate);
        if (!dies) await reservation.settle(tokens(cost));
      };
      await Promise.all(acts.map(spend));
      const sums = [...spent.values()];
      expect(sums.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(cap);
      for (const sum of sums) expect(sum).toBeLessThanOrEqual(Math.ceil(cap / 2));
      for (const { key, account } of await accounts(backend))
        expect(inUse(account)).toBeLessThanOrEqual(key.includes('/bot/') ? cap : Math.ceil(cap / 2));
    }),
    { numRuns: 200 },
  );
});
