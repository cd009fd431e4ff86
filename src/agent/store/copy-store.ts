/**
 * Copies a store to another place, record by record as they are: sealed ones stay sealed, and the same STORE_KEY opens them
 * there. Stopped half-way, it is begun again and goes on: what is there already is only compared.
 */
import type { Backend } from './backend.ts';

export interface CopyCounts {
  readonly copied: number;
  /** Were there already, the same. */
  readonly same: number;
}

export interface CopyOptions {
  readonly from: Backend;
  readonly to: Backend;
  /** Before the names of all records. */
  readonly namespace: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (records: number) => void;
}

/** Of processes that answer, and gone with them. */
const isOfProcess = (key: string, namespace: string) =>
  [`${namespace}:lease`, `${namespace}:shared:`].some((start) => key.startsWith(start));

/**
 * @throws {Error} when a record of another content stands in the new place already, when one cannot be read back as it was
 * written, or when the signal aborts.
 */
export async function copyStore({ from, to, namespace, signal, onProgress }: CopyOptions): Promise<CopyCounts> {
  let [copied, same] = [0, 0];
  for await (const page of from.keys(`${namespace}:`)) {
    for (const key of page) {
      signal.throwIfAborted();
      const text = isOfProcess(key, namespace) ? undefined : await from.get(key);
      if (text === undefined) continue;
      const isNew = await to.replace(key, undefined, text);
      if ((await to.get(key)) !== text) throw new Error(`Another record stands in the new place: ${key}`);
      if (isNew) copied += 1;
      else same += 1;
      onProgress?.(copied + same);
    }
  }
  return { copied, same };
}
