/** How equal processes spread shards, whatever comes and goes. */
import { describe, expect, test } from 'vitest';
import { type Member, toClaim, toLeave } from '../../../src/agent/store/shard-plan.ts';

class Process {
  readonly records: number;
  ids: readonly number[] = [];
  leaving: readonly number[] = [];
  unread: readonly number[] = [];
  isClosing = false;

  constructor(records = 1) {
    this.records = records;
  }

  get member(): Member {
    const { records, ids, leaving, unread, isClosing } = this;
    return { records, ids, leaving, unread, isClosing };
  }
}

/** Lets each have its turn until nothing changes. @returns how many shards were given up. */
function settle(processes: readonly Process[], count: number): number {
  let moves = 0;
  for (let round = 0; round < 100; round += 1) {
    let hasChanged = false;
    for (const process of processes) {
      const others = processes.filter((other) => other !== process).map(({ member }) => member);
      const claimed = toClaim(process.member, others, count);
      process.ids = [...process.ids, ...claimed];
      const leaving = claimed.length > 0 ? [] : toLeave(process.member, others, count);
      process.leaving = [...process.leaving, ...leaving];
      moves += leaving.length;
      hasChanged ||= claimed.length + leaving.length > 0;
    }
    // What is given up is free in the next round.
    for (const process of processes) {
      process.ids = process.ids.filter((id) => !process.leaving.includes(id));
      process.leaving = [];
    }
    const all = processes.flatMap(({ ids }) => ids);
    expect(new Set(all).size).toBe(all.length);
    if (!hasChanged) return moves;
  }
  throw new Error('It never comes to rest.');
}

const sizes = (processes: readonly Process[]) => processes.map(({ ids }) => ids.length).sort((a, b) => b - a);

describe.each([1, 3, 4, 16, 17])('%i shards', (count) => {
  test.each([1, 2, 3, 5, 20])('are spread evenly over %i processes, without a move', (many) => {
    const processes = Array.from({ length: many }, () => new Process());
    expect(settle(processes, count)).toBe(0);
    const [most = 0, ...rest] = sizes(processes);
    expect(most - (rest.at(-1) ?? most)).toBeLessThanOrEqual(1);
    expect(most + rest.reduce((sum, size) => sum + size, 0)).toBe(count);
  });

  test('move once when a process comes, no more than it is to have', () => {
    const processes = [new Process(), new Process()];
    settle(processes, count);
    processes.push(new Process());
    expect(settle(processes, count)).toBe(Math.floor(count / 3));
    expect(sizes(processes).at(-1)).toBe(Math.floor(count / 3));
  });

  test('go to the others when a process ends', () => {
    const [leaver, ...others] = [new Process(), new Process(), new Process()];
    if (leaver === undefined) return;
    settle([leaver, ...others], count);
    leaver.isClosing = true;
    settle([leaver, ...others], count);
    expect(leaver.ids).toEqual([]);
    expect(others.flatMap(({ ids }) => ids)).toHaveLength(count);
  });
});

test('shards go to the newest version, and not back', () => {
  const [first, second, newer] = [new Process(), new Process(), new Process(2)];
  settle([first, second], 8);
  settle([first, second, newer], 8);
  expect(newer.ids).toHaveLength(2);
  first.isClosing = true;
  settle([first, second, newer], 8);
  expect([second.ids.length, newer.ids.length]).toEqual([3, 5]);
  // Where no newer one lives, an older one takes what there is.
  settle([second], 8);
  expect(second.ids).toHaveLength(8);
});

test('a shard with what cannot be read goes to a newer version', () => {
  const [older, newer] = [new Process(), new Process(2)];
  settle([older], 4);
  settle([older, newer], 4);
  older.unread = older.ids.slice(0, 1);
  settle([older, newer], 4);
  expect([older.ids.length, newer.ids.length]).toEqual([1, 3]);
});
