/** The documents of front ends, as JSON texts under `KIND:KEY`. */
import type { DocumentKind, Documents } from '../document.ts';
import type { Records } from './records.ts';
import type { SetAside } from './set-aside.ts';
import { parseJson } from './turn-record.ts';

export class StoredDocuments implements Documents {
  readonly #records: Records;
  readonly #setAside: SetAside;

  constructor(records: Records, setAside: SetAside) {
    this.#records = records;
    this.#setAside = setAside;
  }

  async load<Content>(kind: DocumentKind<Content>, key: string): Promise<Content | undefined> {
    const name = `${kind.name}:${key}`;
    const record = await this.#records.read(name);
    if (record === undefined) return undefined;
    const read = await kind.loadReader();
    const content = record.text === undefined ? undefined : read(parseJson(record.text));
    if (content === undefined) await this.#setAside.copy('document', name, record);
    return content;
  }

  async change<Content>(
    kind: DocumentKind<Content>,
    key: string,
    change: (content: Content | undefined) => Content | undefined,
  ): Promise<void> {
    // Whoever changes a document that cannot be read begins a new one: it is set aside before.
    await this.load(kind, key);
    const read = await kind.loadReader();
    let isGone = false;
    await this.#records.change(`${kind.name}:${key}`, (text) => {
      const content = change(text === undefined ? undefined : read(parseJson(text)));
      isGone = content === undefined;
      return isGone ? undefined : JSON.stringify(content);
    });
    // What is to be forgotten must not stay as a copy.
    if (isGone) await this.#setAside.remove('document', `${kind.name}:${key}`);
  }
}
