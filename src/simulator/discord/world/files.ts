/** The files that messages carry: the newest, up to so many bytes in all. */

import type { SimulatedAttachment } from '../face/message.ts';

const mebibyte = 1024 * 1024;
const mostBytes = 512 * mebibyte;
const nothing = new Uint8Array();

type Described = Omit<SimulatedAttachment, 'data' | 'size' | 'url'>;

export class Files {
  /** By the id of the attachment, oldest first. */
  readonly #files = new Map<string, { readonly attachment: SimulatedAttachment; readonly data: Uint8Array }>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(most = mostBytes) {
    this.#mostBytes = most;
  }

  /** @param urlOf its address as of now. @returns the attachment; its data is empty once too many newer ones have come. */
  add(described: Described, data: Uint8Array, urlOf: () => string): SimulatedAttachment {
    const files = this.#files;
    const attachment: SimulatedAttachment = {
      ...described,
      size: data.length,
      get url() {
        return urlOf();
      },
      get data() {
        return files.get(described.id)?.data ?? nothing;
      },
    };
    files.set(described.id, { attachment, data });
    this.#bytes += data.length;
    for (const [id, { data: old }] of files) {
      if (this.#bytes <= this.#mostBytes) break;
      files.delete(id);
      this.#bytes -= old.length;
    }
    return attachment;
  }

  get(id: string): SimulatedAttachment | undefined {
    return this.#files.get(id)?.attachment;
  }
}
