/** Several processes with one limit: what each may send, whoever comes, goes, dies, or cannot reach the others. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonValue } from '../../../../src/agent/turn.ts';
import type { ChangeShared } from '../../../../src/bot/channel/limits/change-shared.ts';
import { SharedLimits } from '../../../../src/bot/channel/limits/shared-limits.ts';
import {
  type Priority,
  priority,
  RequestQueue,
  type WantedRequest,
} from '../../../../src/bot/channel/request-queue.ts';
import { TurnSlots } from '../../../../src/bot/channel/turn-slots.ts';
import { silentLogger } from '../../../../src/log.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Sent {
  readonly by: string;
  readonly name: string;
  readonly atMs: number;
}

/** A record that all can change, and the platform that counts what they send. */
class Common {
  readonly sent: Sent[] = [];
  readonly values = new Map<string, JsonValue>();
  isAway = false;

  readonly change: ChangeShared = async (key, change) => {
    if (this.isAway) throw new Error('away');
    const { value, result } = change(this.values.get(key), Date.now());
    this.values.set(key, JSON.parse(JSON.stringify(value)));
    return result;
  };

  /** Most requests in any one second, of all or of one. */
  mostInASecond(by?: string): number {
    const times = this.sent.filter((sent) => by === undefined || sent.by === by).map(({ atMs }) => atMs);
    return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
  }

  countOf(by: string, fromMs = 0): number {
    return this.sent.filter((sent) => sent.by === by && sent.atMs >= fromMs).length;
  }
}

const limit = 20;

class Process {
  readonly limits: SharedLimits;
  readonly queue: RequestQueue;
  readonly slots: TurnSlots;
  isCutOff = false;
  readonly #name: string;
  readonly #common: Common;

  constructor(name: string, common: Common, turnsAtOnce?: number) {
    this.#name = name;
    this.#common = common;
    this.limits = new SharedLimits({
      change: async (key, change) => {
        if (this.isCutOff) throw new Error('cut off');
        return await common.change(key, change);
      },
      requestsPerSecond: limit,
      turnsAtOnce,
      questionsPerMinute: undefined,
      log: silentLogger,
    });
    this.queue = new RequestQueue({ gate: this.limits.requests, onBlocked: (ms) => this.limits.block(ms) });
    this.slots = new TurnSlots({ gate: this.limits.turns, mostPerGuild: undefined });
    this.limits.start();
  }

  /** Has so many requests to send, each in a lane of its own. */
  want(count: number, urgency: Priority = priority.notice, blockedMs?: number): void {
    for (let index = 0; index < count; index += 1) {
      const name = `${urgency}:${index}`;
      let isSent = false;
      const request: WantedRequest = {
        lane: `${name}:${Math.random()}`,
        priority: urgency,
        isCounted: true,
        send: async () => {
          isSent = true;
          this.#common.sent.push({ by: this.#name, name, atMs: performance.now() });
          return blockedMs === undefined ? undefined : { retryAfterMs: blockedMs, isGlobal: true };
        },
      };
      this.queue.wake({ wanted: () => (isSent ? [] : [request]) });
    }
  }

  async close(): Promise<void> {
    this.queue.close();
    await this.limits.close();
  }
}

/** Two that know of each other. */
async function startTwo(common: Common, turnsAtOnce?: number): Promise<[Process, Process]> {
  const two: [Process, Process] = [new Process('a', common, turnsAtOnce), new Process('b', common, turnsAtOnce)];
  await vi.advanceTimersByTimeAsync(2_000);
  return two;
}

describe('a limit of several processes', () => {
  test('is kept to by all together, and used up', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(60);
    b.want(60);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(common.sent).toHaveLength(120);
    expect(common.mostInASecond()).toBeLessThanOrEqual(limit);
    expect(common.mostInASecond()).toBeGreaterThan(limit * 0.8);
    await Promise.all([a.close(), b.close()]);
  });

  test('is the one process’s whole while the other has nothing to send', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(100);
    await vi.advanceTimersByTimeAsync(6_500);
    expect(common.countOf('a')).toBeGreaterThanOrEqual(95);
    await Promise.all([a.close(), b.close()]);
  });

  test('lets what matters more go first, whichever process sends it', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(100, priority.edit);
    await vi.advanceTimersByTimeAsync(2_500);
    const from = performance.now();
    b.want(30, priority.final);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(common.countOf('b', from)).toBe(30);
    // Some went before the other had said what it wants.
    expect(common.countOf('a', from)).toBeLessThan(limit);
    await Promise.all([a.close(), b.close()]);
  });

  test('of what matters the same, lets go most of the process in which most waits, though another always has more to send', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(60, priority.final);
    const from = performance.now();
    for (let round = 0; round < 80; round += 1) {
      b.want(1, priority.sign);
      b.want(1, priority.final);
      await vi.advanceTimersByTimeAsync(100);
    }
    const finalsOf = (by: string) =>
      common.sent.filter((sent) => sent.by === by && sent.atMs >= from && sent.name.startsWith(`${priority.final}:`));
    expect(finalsOf('a').length).toBeGreaterThan(54);
    expect(finalsOf('b').length).toBeGreaterThan(15);
    await Promise.all([a.close(), b.close()]);
  });

  test('is half each when nobody can be asked', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(200);
    await vi.advanceTimersByTimeAsync(2_000);
    common.isAway = true;
    b.want(200);
    await vi.advanceTimersByTimeAsync(10_000);
    const from = performance.now();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(common.mostInASecond()).toBeLessThanOrEqual(limit);
    for (const by of ['a', 'b']) {
      expect(common.countOf(by, from)).toBeGreaterThanOrEqual(27);
      expect(common.countOf(by, from)).toBeLessThanOrEqual(31);
    }
    await Promise.all([a.close(), b.close()]);
  });

  test('is never more in all when one of them is cut off, nor when it is back', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(400);
    b.want(400);
    await vi.advanceTimersByTimeAsync(2_000);
    a.isCutOff = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(common.countOf('a', performance.now() - 3_000)).toBeGreaterThan(20);
    a.isCutOff = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(common.mostInASecond()).toBeLessThanOrEqual(limit);
    await Promise.all([a.close(), b.close()]);
  });

  test('is the other’s when one ends, and some time after one is killed', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.isCutOff = true;
    a.queue.close();
    await vi.advanceTimersByTimeAsync(20_000);
    b.want(200);
    const from = performance.now();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(common.countOf('b', from)).toBeGreaterThanOrEqual(limit * 4.5);
    await Promise.all([a.close(), b.close()]);
    expect(common.values.get('limits')).toMatchObject({ members: {} });
  });

  test('is not the other’s before what one sent right before its end has ceased to count', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(10);
    await vi.advanceTimersByTimeAsync(100);
    await a.close();
    b.want(60);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(common.countOf('a')).toBe(10);
    expect(common.countOf('b')).toBe(60);
    expect(common.mostInASecond()).toBeLessThanOrEqual(limit);
    await b.close();
  });

  test('that the platform says is reached by one is reached for all', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common);
    a.want(1, priority.final, 3_000);
    await vi.advanceTimersByTimeAsync(1_000);
    const from = performance.now();
    b.want(5);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(common.countOf('b', from)).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(common.countOf('b', from)).toBe(5);
    await Promise.all([a.close(), b.close()]);
  });

  test('of turns at once counts those of all', async () => {
    const common = new Common();
    const [a, b] = await startTwo(common, 3);
    const signal = new AbortController().signal;
    const running: (() => void)[] = [];
    const begin = ({ slots }: Process) => void slots.take('guild', signal).then((leave) => running.push(leave));
    for (let count = 0; count < 4; count += 1) begin(a);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(running).toHaveLength(3);
    begin(b);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(running).toHaveLength(3);
    running[0]?.();
    running[1]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(running).toHaveLength(5);
    await Promise.all([a.close(), b.close()]);
  });

  test('what stands in the record and is no record is nobody', async () => {
    const common = new Common();
    common.values.set('limits', { members: { x: { at: 'now', portions: [] } }, blockedUntil: -1, refusals: [['', 1]] });
    const a = new Process('a', common);
    a.want(10);
    await vi.advanceTimersByTimeAsync(100);
    expect(common.countOf('a')).toBe(10);
    await a.close();
  });
});
