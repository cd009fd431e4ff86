/**
 * Which shards go where when any number of equal processes share them: evenly, with as few moves as can be, and towards the
 * newest version. Pure: every process works on the same record and changes nothing but its own entry, in one step.
 */

/** A process that shares, as its entry says. */
export interface Member {
  /** The version of the records that it writes, which is the newest that it reads. */
  readonly records: number;
  readonly ids: readonly number[];
  /** Those of `ids` that it is about to give up. */
  readonly leaving: readonly number[];
  /** Those of `ids` in which something stands that it cannot read: a newer one is to take them. */
  readonly unread: readonly number[];
  /** It gives up all that it has, and takes nothing: it ends, or cannot reach what it is to serve. */
  readonly isClosing: boolean;
}

/**
 * The free shards that `me` takes. What a newer version has written is for newer ones: while one lives, older ones take nothing.
 * @param others All other members that live.
 */
export function toClaim(me: Member, others: readonly Member[], count: number): number[] {
  const sharing = others.filter(({ isClosing }) => !isClosing);
  if (me.isClosing || sharing.some(({ records }) => records > me.records)) return [];
  const taken = new Set([me, ...others].flatMap(({ ids }) => ids));
  const free = Array.from({ length: count }, (_, id) => id).filter((id) => !taken.has(id));
  const shares = sharing.filter(({ records }) => records === me.records).map(keeps);
  const all = shares.reduce((sum, share) => sum + share, keeps(me) + free.length);
  return free.slice(0, Math.max(0, fairShare(keeps(me), shares, all) - me.ids.length));
}

/**
 * The shards that `me` gives up, because another member has fewer than its share and nothing is free for it, or because `me`
 * cannot read what stands in them and a newer one lives. Of several members the fullest gives.
 */
export function toLeave(me: Member, others: readonly Member[], count: number): number[] {
  if (me.isClosing) return me.ids.filter((id) => !me.leaving.includes(id));
  const sharing = others.filter(({ isClosing }) => !isClosing);
  const kept = me.ids.filter((id) => !me.leaving.includes(id));
  const isForNewer = sharing.some(({ records }) => records > me.records);
  const unread = isForNewer ? kept.filter((id) => me.unread.includes(id)) : [];
  const rest = kept.filter((id) => !unread.includes(id));
  const least = Math.floor(count / (sharing.length + 1));
  const coming = count - others.reduce((sum, member) => sum + keeps(member), rest.length);
  const lacking = sharing
    .filter(({ records }) => records >= me.records)
    .reduce((sum, member) => sum + Math.max(0, least - keeps(member)), 0);
  const most = Math.min(lacking - coming, rest.length - least, spare(rest.length, sharing));
  return [...unread, ...rest.slice(rest.length - Math.max(0, most))];
}

function keeps({ ids, leaving }: Member): number {
  return ids.length - leaving.length;
}

/** Down to the next fullest; one, where that is just as full. Below another, nothing. */
function spare(share: number, others: readonly Member[]): number {
  const next = Math.max(0, ...others.map(keeps));
  return next > share ? 0 : Math.max(1, share - next);
}

/** Of what `all` are to a member that keeps `mine`: the rest of the division goes to those that have it already. */
function fairShare(mine: number, others: readonly number[], all: number): number {
  const members = others.length + 1;
  const least = Math.floor(all / members);
  const withMore = others.filter((share) => share > least).length;
  return mine > least || withMore < all % members ? least + 1 : least;
}
