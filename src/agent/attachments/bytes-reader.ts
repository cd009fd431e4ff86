/** What bytes hold that can be read: a picture, a text, or neither. By what they are: a name can say anything. */
import { cut } from '../../text.ts';
import { PdfReader } from './pdf/pdf-reader.ts';
import { type Picture, readPicture } from './picture.ts';
import { readText } from './plain-text.ts';

export type BytesContent =
  | { readonly type: 'picture'; readonly picture: Picture }
  | { readonly type: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly type: 'unread'; readonly reason: 'unreadable' | 'unknown-kind' };

const unreadable: BytesContent = { type: 'unread', reason: 'unreadable' };

export class BytesReader {
  readonly #pdfs = new PdfReader();

  /** @param most Characters of text. @throws the signal's reason. */
  async read(data: Uint8Array, most: number, signal: AbortSignal): Promise<BytesContent> {
    const picture = readPicture(data);
    if (picture === 'broken') return unreadable;
    if (picture !== undefined) return { type: 'picture', picture };
    if (isPdf(data)) {
      const pages = await this.#pdfs.read(data, most, signal);
      return pages === undefined || pages.text === '' ? unreadable : { type: 'text', ...pages };
    }
    const text = readText(data);
    if (text === undefined) return { type: 'unread', reason: 'unknown-kind' };
    return text.trim() === '' ? unreadable : { type: 'text', text: cut(text, most), isCut: text.length > most };
  }
}

function isPdf(data: Uint8Array): boolean {
  return Buffer.from(data.subarray(0, 5)).toString('latin1') === '%PDF-';
}
