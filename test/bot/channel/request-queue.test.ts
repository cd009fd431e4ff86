import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wholeGate } from '../../../src/bot/channel/limits/gate.ts';
import {
  inBackground,
  type Priority,
  priority,
  type RequestLimit,
  RequestQueue,
  type RequestSource,
  type WantedRequest,
} from '../../../src/bot/channel/request-queue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** What was sent, and when, in milliseconds since the test began. */
interface Sent {
  readonly name: string;
  readonly atMs: number;
}

class Recorder {
  readonly sent: Sent[] = [];
  readonly queue: RequestQueue;
  readonly #start = performance.now();

  constructor(requestsPerSecond = 50, uncountedSources = 0) {
    this.queue = new RequestQueue({ gate: wholeGate(requestsPerSecond), uncountedSources });
  }

  /** A source that wants these requests, each once. */
  want(
    ...requests: {
      name: string;
      urgency?: Priority;
      lane?: string;
      isCounted?: boolean;
      delayMs?: number;
      takesMs?: number;
      limits?: RequestLimit[];
    }[]
  ): void {
    const open = [...requests];
    const source: RequestSource = {
      wanted: () =>
        open.map(
          (request): WantedRequest => ({
            lane: request.lane ?? request.name,
            priority: request.urgency ?? priority.notice,
            notBefore: this.#start + (request.delayMs ?? 0),
            isCounted: request.isCounted ?? true,
            send: async () => {
              const limit = request.limits?.shift();
              if (limit !== undefined) return limit;
              open.splice(open.indexOf(request), 1);
              this.sent.push({ name: request.name, atMs: Math.round(performance.now() - this.#start) });
              if (request.takesMs !== undefined) await new Promise((resolve) => setTimeout(resolve, request.takesMs));
              return undefined;
            },
          }),
        ),
    };
    this.queue.wake(source);
  }

  names(): string[] {
    return this.sent.map(({ name }) => name);
  }
}

describe('the order of requests to Discord', () => {
  test('sends at once what the limit allows', async () => {
    const recorder = new Recorder();
    for (let index = 0; index < 50; index += 1) recorder.want({ name: `${index}` });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.sent).toHaveLength(50);
    expect(new Set(recorder.sent.map(({ atMs }) => atMs))).toEqual(new Set([0]));
  });

  test('never sends more than the limit in any one second', async () => {
    const recorder = new Recorder();
    for (let index = 0; index < 170; index += 1) recorder.want({ name: `${index}`, delayMs: index * 3 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(recorder.sent).toHaveLength(170);
    for (const { atMs } of recorder.sent) {
      expect(
        recorder.sent.filter((other) => other.atMs > atMs - 1000 && other.atMs <= atMs).length,
      ).toBeLessThanOrEqual(50);
    }
  });

  test('lets signments and answers go before notices, edits, drafts and typing, whoever came first', async () => {
    const recorder = new Recorder(1);
    recorder.want({ name: 'before' });
    for (const urgency of ['typing', 'draft', 'edit', 'notice', 'final', 'sign'] as const)
      recorder.want({ name: urgency, urgency: priority[urgency] });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(recorder.names()).toEqual(['before', 'sign', 'final', 'notice', 'edit', 'draft', 'typing']);
  });

  test('what nobody has planned waits for room, goes first then, and counts', async () => {
    const recorder = new Recorder(1);
    recorder.want({ name: 'one' }, { name: 'two' });
    const read = recorder.queue.admit(async () => recorder.names(), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(recorder.names()).toEqual(['one']);
    expect(await read).toEqual(['one']);
    await vi.advanceTimersByTimeAsync(200);
    expect(recorder.names()).toEqual(['one', 'two']);
  });

  test('what nobody has planned goes at once where a request waits for it, when it is given up, and in the end', async () => {
    const recorder = new Recorder(1);
    const giveUp = new AbortController();
    let read = 0;
    const countRead = async () => {
      read += 1;
    };
    const send = async () => {
      await recorder.queue.admit(countRead, giveUp.signal);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return undefined;
    };
    let isSent = false;
    recorder.queue.wake({
      wanted: () => {
        if (isSent) return [];
        isSent = true;
        return [{ lane: 'long', priority: priority.final, isCounted: true, send }];
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toBe(1);
    void recorder.queue.admit(countRead, giveUp.signal);
    void recorder.queue.admit(countRead, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toBe(1);
    giveUp.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toBe(2);
    recorder.queue.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toBe(3);
    await recorder.queue.admit(countRead, new AbortController().signal);
    expect(read).toBe(4);
  });

  test('what is read in the background goes after all that somebody waits for, and before drafts and typing', async () => {
    const recorder = new Recorder(1);
    recorder.want({ name: 'before' });
    recorder.want({ name: 'draft', urgency: priority.draft }, { name: 'edit', urgency: priority.edit });
    const read = inBackground(
      () => recorder.queue.admit(async () => recorder.names(), new AbortController().signal),
      new AbortController().signal,
    );
    recorder.want({ name: 'late', urgency: priority.final });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await read).toEqual(['before', 'late', 'edit']);
    expect(recorder.names()).toEqual(['before', 'late', 'edit', 'draft']);
  });

  test('what is read in the background goes like a first sign once somebody waits for it', async () => {
    const recorder = new Recorder(1);
    const awaited = new AbortController();
    recorder.want({ name: 'before' });
    const read = inBackground(
      () => recorder.queue.admit(async () => recorder.names(), new AbortController().signal),
      awaited.signal,
    );
    recorder.want({ name: 'notice' }, { name: 'edit', urgency: priority.edit });
    await vi.advanceTimersByTimeAsync(500);
    awaited.abort();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await read).toEqual(['before']);
    expect(recorder.names()).toEqual(['before', 'notice', 'edit']);
  });

  test('what is read in the background does not wait for ever behind what always comes first', async () => {
    const recorder = new Recorder(1);
    for (let index = 0; index < 20; index += 1) recorder.want({ name: `${index}` });
    const read = inBackground(
      () => recorder.queue.admit(async () => recorder.names(), new AbortController().signal),
      new AbortController().signal,
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await read).length).toBeGreaterThan(2);
    expect((await read).length).toBeLessThan(6);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what is read in the background keeps to the limit where all else would not be counted, and leaves room for answers', async () => {
    const recorder = new Recorder(50, 8);
    const start = performance.now();
    const reads: number[] = [];
    const readMany = async () => {
      for (let read = 0; read < 40; read += 1) {
        await recorder.queue.admit(
          async () => void reads.push(Math.round(performance.now() - start)),
          new AbortController().signal,
        );
      }
    };
    for (let reader = 0; reader < 5; reader += 1) void inBackground(readMany, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(900);
    expect(reads).toHaveLength(40);
    for (let index = 0; index < 10; index += 1) recorder.want({ name: `${index}`, urgency: priority.sign });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.sent.map(({ atMs }) => atMs)).toEqual(Array(10).fill(900));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reads).toHaveLength(200);
    const sent = [...reads, ...recorder.sent.map(({ atMs }) => atMs)];
    for (const at of sent)
      expect(sent.filter((other) => other > at - 1000 && other <= at).length).toBeLessThanOrEqual(50);
  });

  test('among equals, who came first goes first', async () => {
    const recorder = new Recorder(1);
    for (const name of ['one', 'two', 'three']) recorder.want({ name });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(recorder.names()).toEqual(['one', 'two', 'three']);
  });

  test('sends one request of a lane at a time', async () => {
    const recorder = new Recorder();
    recorder.want(
      { name: 'slow', lane: 'x', takesMs: 700 },
      { name: 'next', lane: 'x' },
      { name: 'elsewhere', lane: 'y' },
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(recorder.sent).toEqual([
      { name: 'slow', atMs: 0 },
      { name: 'elsewhere', atMs: 0 },
      { name: 'next', atMs: 700 },
    ]);
  });

  test('holds nothing back while few turns run, until Discord says that it is too much', async () => {
    const recorder = new Recorder(2, 3);
    for (const name of ['a', 'b', 'c']) recorder.want({ name: `${name}1` }, { name: `${name}2` });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.sent).toHaveLength(6);
    recorder.want({ name: 'limited', limits: [{ retryAfterMs: 500, isGlobal: true }] });
    await vi.advanceTimersByTimeAsync(5_000);
    for (const name of ['d', 'e', 'f']) recorder.want({ name: `${name}1` }, { name: `${name}2` });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.sent.length).toBeLessThanOrEqual(7 + 2);
  });

  test('does not count webhooks and interactions', async () => {
    const recorder = new Recorder(1);
    recorder.want({ name: 'counted' }, { name: 'waits' }, { name: 'free', isCounted: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.names()).toEqual(['counted', 'free']);
  });

  test('keeps a share of the limit free of drafts and typing', async () => {
    const recorder = new Recorder(10);
    for (let index = 0; index < 10; index += 1) recorder.want({ name: `typing ${index}`, urgency: priority.typing });
    recorder.want({ name: 'answer', urgency: priority.final });
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.names()).toHaveLength(9);
    expect(recorder.names()).toContain('answer');
  });

  test('waits with a lane that Discord limits, and with that lane alone', async () => {
    const recorder = new Recorder();
    recorder.want(
      { name: 'limited', lane: 'x', limits: [{ retryAfterMs: 3000, isGlobal: false }] },
      { name: 'other', lane: 'y', delayMs: 100 },
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(recorder.names()).toEqual(['other', 'limited']);
    expect(recorder.sent[1]?.atMs).toBeGreaterThanOrEqual(3000);
  });

  test('waits with everything when the limit is global', async () => {
    const recorder = new Recorder();
    recorder.want(
      { name: 'limited', limits: [{ retryAfterMs: 2000, isGlobal: true }] },
      { name: 'other', delayMs: 100 },
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(recorder.sent.every(({ atMs }) => atMs >= 2000)).toBe(true);
    expect(recorder.sent).toHaveLength(2);
  });

  test('sends nothing after it is closed, and leaves no timer', async () => {
    const recorder = new Recorder();
    recorder.want({ name: 'later', delayMs: 1000 });
    recorder.queue.close();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(recorder.sent).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
