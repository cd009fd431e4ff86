/** What may be spent: by whom, in which time, and which account each question counts toward. Pure. */
import type { Question, SpentBudget } from '../turn.ts';

/** Of `role`: each member who has the role, in place of what every member has. The largest of several counts. */
export type BudgetScope = SpentBudget['of'];
export type BudgetPeriod = SpentBudget['per'];
export type BudgetUnit = 'dollars' | 'tokens' | 'questions';

export interface BudgetRule {
  readonly of: BudgetScope;
  /** Days and months begin at midnight UTC. */
  readonly per: BudgetPeriod;
  readonly unit: BudgetUnit;
  /** In units of {@link BudgetUnit}. */
  readonly cap: number;
  /** Of `server`, `channel`, `member` and `role`: which one alone. Absent: each one, which `role` does not know. */
  readonly id?: string;
}

/** One account that a question counts toward, with what may be spent of it in this period. */
export interface Due {
  readonly rule: BudgetRule;
  /** Names the account: the same for all that count toward it. Begins with its period. */
  readonly account: string;
  /** Whose it is: the id of a server, a channel or a member; empty for the bot's. */
  readonly holder: string;
  /** In whole billionths of a dollar, in tokens or in questions. */
  readonly cap: number;
  /** When the next period begins, in ms since 1970 UTC. */
  readonly until: number;
}

/** Sums must be exact, and a token may cost a hundred-millionth of a dollar. */
export const perDollar = 1_000_000_000;

/** @param now Milliseconds since 1970 UTC. */
export function duesOf(question: Question, rules: readonly BudgetRule[], now: number): readonly Due[] {
  return strictest(rules.filter((rule) => isMeant(rule, question)).filter(isOwnRule(rules, question))).map((rule) => {
    const { start, until } = periodOf(rule.per, now);
    const cap = rule.unit === 'dollars' ? Math.floor(rule.cap * perDollar) : Math.floor(rule.cap);
    const holder = holderOf(rule, question);
    const account = [start, rule.unit, rule.of === 'role' ? 'member' : rule.of, holder].join('/');
    return { rule, account, holder, cap, until };
  });
}

function isMeant({ of, id }: BudgetRule, question: Question): boolean {
  const { guildId, channelId, authorId, roleIds = [] } = question;
  if (of === 'bot') return true;
  if (of === 'server') return guildId !== undefined && (id ?? guildId) === guildId;
  if (of === 'channel') return (id ?? channelId) === channelId;
  if (of === 'member') return (id ?? authorId) === authorId;
  return id !== undefined && roleIds.includes(id);
}

/** What is said of a member by name goes before what is said of their roles, and that before what is said of every member; so with channels and servers. */
function isOwnRule(rules: readonly BudgetRule[], question: Question): (rule: BudgetRule) => boolean {
  const rank = ({ of, id }: BudgetRule) => (of === 'role' ? 1 : id === undefined ? 0 : 2);
  return (rule) =>
    !rules.some((other) => isSameKind(other, rule) && isMeant(other, question) && rank(other) > rank(rule));
}

/** Of rules that are equally near, the largest of a role counts, and the smallest of all else. */
function strictest(rules: readonly BudgetRule[]): readonly BudgetRule[] {
  return rules.filter((rule, place) => {
    const rivals = rules.filter((other) => other !== rule && isSameKind(other, rule));
    return rivals.every((other) => {
      if (other.cap === rule.cap) return rules.indexOf(other) > place;
      return rule.of === 'role' ? other.cap < rule.cap : other.cap > rule.cap;
    });
  });
}

function isSameKind(one: BudgetRule, other: BudgetRule): boolean {
  const kind = ({ of }: BudgetRule) => (of === 'role' ? 'member' : of);
  return kind(one) === kind(other) && one.per === other.per && one.unit === other.unit;
}

function holderOf({ of }: BudgetRule, { guildId = '', channelId, authorId }: Question): string {
  if (of === 'bot') return '';
  if (of === 'server') return guildId;
  return of === 'channel' ? channelId : authorId;
}

interface Period {
  /** As `2026-11` or `2026-11-28`. */
  readonly start: string;
  readonly until: number;
}

function periodOf(per: BudgetPeriod, now: number): Period {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const start = date.toISOString();
  return per === 'day'
    ? { start: start.slice(0, 10), until: Date.UTC(year, month, day + 1) }
    : { start: start.slice(0, 7), until: Date.UTC(year, month + 1) };
}
