/** The end of every wait for a store. */

/**
 * Waits for the work, but not longer than the milliseconds given.
 * @throws {Error} when the time is up, after calling `onLate`. The work itself goes on, and what becomes of it is dropped.
 */
export async function within<Value>(milliseconds: number, work: Promise<Value>, onLate: () => void): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // One more look at the sockets: when this process itself was held up, the answer may be there already.
    immediate = setImmediate(() => {
      onLate();
      reject(new Error(`No answer within ${milliseconds} ms.`));
    });
  }, milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    clearImmediate(immediate);
  }
}
