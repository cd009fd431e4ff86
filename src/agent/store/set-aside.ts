/**
 * What this version cannot read, copied for whoever can, and said in the log by its name. The record itself is left for the next
 * write to replace: a removal could meet that write.
 */
import { createHash } from 'node:crypto';
import type { Logger } from '../../log.ts';
import { isOfAuthorAlone } from '../turn.ts';
import { type Forgotten, readHistory, withoutForgotten } from './history-record.ts';
import type { Records, StoredRecord } from './records.ts';

/** `KIND:KEY:HASH:TIME` */
type CopyKey = string;

export class SetAside {
  readonly #copies: Records;
  readonly #log: Logger;
  /** What need not be looked for again. */
  readonly #known = new Set<string>();

  constructor(copies: Records, log: Logger) {
    this.#copies = copies;
    this.#log = log;
  }

  /** Copies it, unless that was done before. */
  async copy(kind: string, key: string, record: StoredRecord): Promise<void> {
    const hash = createHash('sha256').update(record.stored).digest('hex').slice(0, 12);
    const name = `${kind}:${key}:${hash}`;
    if (this.#known.has(name)) return;
    if (!(await this.#hasAny(`${name}:`))) {
      const copyKey: CopyKey = `${name}:${Date.now()}`;
      await this.#copies.write(copyKey, record.text ?? record.stored);
      this.say(kind, key, record, copyKey);
    }
    this.#known.add(name);
  }

  /** Removes all copies of a record. */
  async remove(kind: string, key: string): Promise<void> {
    for await (const page of this.#copies.keys(`${kind}:${key}:`))
      for (const copyKey of page) await this.#copies.remove(copyKey);
  }

  /** Says that a record cannot be read. */
  say(kind: string, key: string, { text }: StoredRecord, copyKey?: CopyKey): void {
    const reason = text === undefined ? 'seal' : 'form';
    this.#log.error('store-record-unreadable', {
      kind,
      key,
      reason,
      ...(copyKey === undefined ? {} : { copiedTo: `unreadable:${copyKey}` }),
    });
  }

  /**
   * Removes the copies of a channel's history and turns. What cannot be read can still be searched for whose it is, unless it
   * was not stored with this secret.
   * @returns the ids of those turns.
   */
  async forget(channelId: string): Promise<string[]> {
    for await (const page of this.#copies.keys(`history:${channelId}:`))
      for (const key of page) await this.#copies.remove(key);
    const turnIds: string[] = [];
    for await (const page of this.#copies.keys('turn:')) {
      for (const key of page) {
        const text = (await this.#copies.read(key))?.text ?? '';
        if (!text.includes(`"channelId":${JSON.stringify(channelId)}`)) continue;
        turnIds.push(key.split(':')[1] ?? '');
        await this.#copies.remove(key);
      }
    }
    return turnIds;
  }

  /**
   * Takes what somebody wants forgotten out of the copies. Of one that cannot be searched, its name may say whose it is; of one that
   * cannot be parted, all goes.
   */
  async forgetAuthor(forgotten: Forgotten): Promise<void> {
    const { authorId } = forgotten;
    for await (const page of this.#copies.keys()) {
      for (const key of page) {
        const [kind = '', name = ''] = key.split(':');
        const text = (await this.#copies.read(key))?.text ?? '';
        const isTheirs = isOfAuthorAlone(name, authorId);
        if (!isTheirs && !text.includes(toAuthorText(authorId))) continue;
        const canBeParted = kind === 'history' && !isTheirs && readHistory(text) !== undefined;
        const left = canBeParted ? withoutForgotten(text, [forgotten]) : undefined;
        if (left === undefined) await this.#copies.remove(key);
        else if (left !== text) await this.#copies.write(key, left);
      }
    }
  }

  async #hasAny(start: string): Promise<boolean> {
    for await (const page of this.#copies.keys(start)) if (page.length > 0) return true;
    return false;
  }
}

/** What stands in every record that holds something that person asked. */
export function toAuthorText(authorId: string): string {
  return `"authorId":${JSON.stringify(authorId)}`;
}
