/** Files that members have picked in the page and not sent yet: the newest, up to so many bytes in all. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AttachedFile } from './attachments.ts';
import { maxFileBytes, maxFiles } from './wire.ts';

/** More than the files of one message can have, so that none is let go while the others come. */
export const mostUploadedBytes = (maxFiles + 2) * maxFileBytes;

export class Uploads {
  /** By id, oldest first. */
  readonly #files = new Map<string, AttachedFile>();
  #bytes = 0;

  /** @returns the id by which it can be sent, seen, and nothing else. */
  add(file: AttachedFile): string {
    const id = randomUUID();
    this.#files.set(id, file);
    this.#bytes += file.data.length;
    for (const oldest of this.#files.keys()) {
      if (this.#bytes <= mostUploadedBytes) break;
      this.drop(oldest);
    }
    return id;
  }

  /** It was sent, and stands in a message now. */
  drop(id: string): void {
    this.#bytes -= this.#files.get(id)?.data.length ?? 0;
    this.#files.delete(id);
  }

  get(id: string): AttachedFile | undefined {
    return this.#files.get(id);
  }
}

/** The body, whole; undefined when it is larger than a file may be. Rejects when the connection breaks. */
export async function readUpload(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    // What is too much is not kept, but read, so that the page hears of it.
    if (length <= maxFileBytes) chunks.push(chunk);
    else if (length > 4 * maxFileBytes) throw new Error('The upload does not end.');
  }
  return length > maxFileBytes ? undefined : Buffer.concat(chunks);
}
