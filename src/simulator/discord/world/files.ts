/** The files that messages carry: the newest, up to so many bytes in all. */

import type { SimulatedAttachment } from '../face/message.ts';

const mebibyte = 1024 * 1024;
const mostBytes = 512 * mebibyte;
const nothing = new Uint8Array();

export class Files {
  /** By the id of the attachment, oldest first. */
  readonly #files = new Map<string, { readonly attachment: SimulatedAttachment; readonly data: Uint8Array }>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(most = mostBytes) {
    this.#mostBytes = most;
  }

  /** @returns the attachment; its data is empty once too many newer ones have come. */
  add(described: Omit<SimulatedAttachment, 'data' | 'size'>, data: Uint8Array): SimulatedAttachment {
    const files = this.#files;
    const attachment: SimulatedAttachment = {
      ...described,
      size: data.length,
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
