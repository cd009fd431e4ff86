/** The end of every wait for a store. */
import { resolvesWithin } from '../../waiting.ts';

/**
 * Waits for the work, but not longer than the milliseconds given.
 * @throws {Error} when the time is up, after calling `onLate`. The work itself goes on, and what becomes of it is dropped.
 */
export async function within<Value>(milliseconds: number, work: Promise<Value>, onLate: () => void): Promise<Value> {
  // One more look at the sockets: when this process itself was held up, the answer may be there already.
  if ((await resolvesWithin(work, milliseconds)) || (await resolvesWithin(work, 0))) return await work;
  onLate();
  throw new Error(`No answer within ${milliseconds} ms.`);
}
