/** One account of a budget: what was spent in its period, and what requests under way may still cost. Pure. */
import { isRecord } from '../../json.ts';

export interface Account {
  readonly version: 1;
  readonly spent: number;
  /** What moderators have added to the cap. */
  readonly granted: number;
  /** By an id of its own, so that nobody takes another's for theirs. */
  readonly reserved: Readonly<Record<string, Reserved>>;
  /** What moderators have added it for, by an id of theirs: each once. Absent: nothing. */
  readonly grants?: readonly string[];
  /** Whether somebody was told that most of it is spent. */
  readonly isTold?: true;
}

export interface Reserved {
  readonly amount: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Longer than a turn may take. What a process that died has reserved may have been spent: from then on it counts as such. */
const longestReservationMs = 2 * 3_600_000;
/** The share of a cap at which somebody is told. */
const tellingShare = 0.8;

export const emptyAccount: Account = { version: 1, spent: 0, granted: 0, reserved: {} };

export interface ReserveRequest {
  readonly id: string;
  readonly amount: number;
  readonly cap: number;
  readonly now: number;
}

/** The account with the reservation, or undefined when that would go over the cap. A reservation of the same id is replaced. */
export function reserve(account: Account, { id, amount, cap, now }: ReserveRequest): Account | undefined {
  const { [id]: _, ...others } = account.reserved;
  const sound = settleLost({ ...account, reserved: others }, now);
  const reserved = { ...sound.reserved, [id]: { amount, at: now } };
  const next = { ...sound, reserved };
  return inUse(next) <= cap + account.granted ? next : undefined;
}

/** The request is over and has cost so much. */
export function settle(account: Account, id: string, amount: number): Account {
  const { [id]: _, ...reserved } = account.reserved;
  return { ...account, reserved, spent: account.spent + amount };
}

/** The account with more to spend; undefined when that id has had it already. */
export function grant(account: Account, id: string, amount: number): Account | undefined {
  const { isTold: _, grants = [], ...rest } = account;
  if (grants.includes(id)) return undefined;
  return { ...rest, granted: account.granted + amount, grants: [...grants, id] };
}

/** Whether somebody is to be told now that most of it is spent or reserved: once for each cap. */
export function isToBeTold(account: Account, cap: number): boolean {
  return account.isTold !== true && inUse(account) >= tellingShare * (cap + account.granted);
}

/** Spent, and reserved. */
export function inUse({ spent, reserved }: Account): number {
  return Object.values(reserved).reduce((sum, { amount }) => sum + amount, spent);
}

function settleLost(account: Account, now: number): Account {
  return Object.entries(account.reserved)
    .filter(([, { at }]) => now - at > longestReservationMs)
    .reduce((sum, [id, { amount }]) => settle(sum, id, amount), account);
}

/** What cannot be read is taken for an account on which nothing was spent: a budget must not stop everything for ever. */
export function readAccount(value: unknown): Account {
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.reserved)) return emptyAccount;
  const { spent, granted, grants = [], reserved, isTold } = value;
  const areSound = [spent, granted].every(Number.isFinite) && Object.values(reserved).every(isReserved);
  const areNamed = Array.isArray(grants) && grants.every((id) => typeof id === 'string');
  if (!areSound || !areNamed) return emptyAccount;
  return {
    version: 1,
    spent: Number(spent),
    granted: Number(granted),
    reserved: reserved as Account['reserved'],
    ...(grants.length === 0 ? {} : { grants }),
    ...(isTold === true ? { isTold } : {}),
  };
}

function isReserved(value: unknown): boolean {
  return isRecord(value) && Number.isFinite(value.amount) && Number.isFinite(value.at);
}
