/**
 * How processes that are one bot portion a limit out among themselves, by one record that each changes in one step. A process owns
 * what it uses and what it was granted; the sum of what all own is never more than the limit, whoever dies or is cut off. What is
 * wanted more goes first, whichever process wants it. Pure.
 */
import { isRecord } from '../../../json.ts';
import type { Want } from './gate.ts';

/** What one process has of one limit. */
export interface Portion {
  /** In use, or granted: nobody else's until this process says so itself, or is dead. */
  readonly owned: number;
  /** What it keeps to when it cannot reach the record: of the limit, as many parts as there were processes. */
  readonly share: number;
  /** What waits, by how important it is: the most important first. */
  readonly wants: readonly Want[];
}

export type LimitName = 'requests' | 'turns';

export interface Member {
  /** When it was last heard of, in ms since 1970 UTC by the clock that all share. */
  readonly at: number;
  readonly portions: Readonly<Partial<Record<LimitName, Portion>>>;
}

/** Past this it cannot reach the record: its share is left free for it, in ms. */
export const lateMs = 2_000;
/** Past this it keeps to its share, and has at least that. Later than {@link lateMs} by more than what others need to give way. */
export const apartMs = 5_000;
/** Past this it has no lease on the store any more, and so writes nothing. */
export const deadMs = 15_000;
/** What a process wants that was not heard of for so long, nobody waits for. */
const wantsMs = 400;

export interface PortionRequest {
  readonly limit: number;
  /** What is in use, or has not ceased to count. */
  readonly used: number;
  readonly wants: readonly Want[];
  /** From this place in `wants` on, a part of the limit is left free for what comes before it. Default: nothing is. */
  readonly lowFrom?: number;
  /** How much is granted without being wanted, as long as nobody wants it: it is at hand when it is. */
  readonly stock: number;
}

/** Share of a limit that what is least important leaves free, so that an answer does not have to wait for the next second. */
export const reservedShare = 0.2;

/**
 * Of what is as important, each is granted its part by how much of it waits there; what cannot be parted goes where something has waited
 * longest, so that the order over all processes is about that of asking.
 * @returns how much more than what it uses is granted, by the portions of all others.
 */
export function grant(request: PortionRequest, name: LimitName, others: readonly Member[], now: number): number {
  const { limit, used, wants, lowFrom = wants.length, stock } = request;
  const free = limit - used - others.reduce((sum, other) => sum + ownedBy(other, name, now), 0);
  const rivals = others.filter(({ at }) => now - at <= wantsMs);
  const wantedAt = (place: number) =>
    rivals.reduce(
      (sum, { at, portions }) => {
        const { count = 0, waitedMs = 0 } = portions[name]?.wants[place] ?? {};
        return count === 0 ? sum : { count: sum.count + count, waitedMs: Math.max(sum.waitedMs, waitedMs + now - at) };
      },
      { count: 0, waitedMs: 0 },
    );
  const reserved = Math.floor(limit * reservedShare);
  let granted = 0;
  let before = 0;
  for (const [place, mine] of wants.entries()) {
    const theirs = wantedAt(place);
    const room = free - granted - before - (place >= lowFrom ? reserved : 0);
    const part = (room * mine.count) / (mine.count + theirs.count || 1);
    const fair = mine.waitedMs >= theirs.waitedMs ? Math.ceil(part) : Math.floor(part);
    granted += Math.max(0, Math.min(mine.count, fair, room));
    before += theirs.count;
  }
  const spare = Math.min(stock, free - granted - before - reserved);
  return granted + Math.max(0, spare);
}

/** Whether any of them waits for more than it was granted. */
export function isWantedBy(members: readonly Member[], name: LimitName, now: number): boolean {
  return members.some(
    ({ at, portions }) => now - at <= wantsMs && portions[name]?.wants.some(({ count }) => count > 0) === true,
  );
}

/** What still waits once so much is granted, which goes to what is most important. Nobody waits for what another has already. */
export function stillWanted(wants: readonly Want[], granted: number): readonly Want[] {
  let left = granted;
  return wants.map(({ count, waitedMs }) => {
    const served = Math.min(count, left);
    left -= served;
    return { count: count - served, waitedMs };
  });
}

/** What nobody else may have of it. */
function ownedBy({ at, portions }: Member, name: LimitName, now: number): number {
  const portion = portions[name];
  if (portion === undefined) return 0;
  const { owned, share } = portion;
  if (now - at > apartMs) return share;
  return now - at > lateMs ? Math.max(owned, share) : owned;
}

/** Of a limit, what each of so many processes keeps to. */
export function shareOf(limit: number, members: number): number {
  return Math.max(1, Math.floor(limit / members));
}

/** What cannot be read is nobody. */
export function readMembers(value: unknown, now: number): Map<string, Member> {
  const members = new Map<string, Member>();
  if (!isRecord(value)) return members;
  for (const [id, member] of Object.entries(value).slice(0, mostMembers)) {
    const read = readMember(member);
    // A clock that was set back must not keep a member for ever.
    if (read !== undefined && Math.abs(now - read.at) <= deadMs) members.set(id, read);
  }
  return members;
}

/** More processes than that, and each has less than one request a second. */
const mostMembers = 1_000;

function readMember(value: unknown): Member | undefined {
  if (!isRecord(value) || !isCount(value.at) || !isRecord(value.portions)) return undefined;
  const [requests, turns] = [readPortion(value.portions.requests), readPortion(value.portions.turns)];
  return { at: value.at, portions: { ...(requests && { requests }), ...(turns && { turns }) } };
}

function readPortion(value: unknown): Portion | undefined {
  if (!isRecord(value)) return undefined;
  const { owned, share, wants, waitedMs } = value;
  const isSound = isCount(owned) && isCount(share) && Array.isArray(wants) && wants.length < 10 && wants.every(isCount);
  if (!isSound) return undefined;
  // Earlier versions do not say how long.
  const waited: readonly unknown[] = Array.isArray(waitedMs) ? waitedMs : [];
  const read = (time: unknown) => (isCount(time) ? time : 0);
  return { owned, share, wants: wants.map((count, place) => ({ count, waitedMs: read(waited[place]) })) };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
