/** The files of one answer: those that members see, and what the model is told of each. */
import { cut } from '../../text.ts';
import type { ToolFile } from './tool.ts';

/** More of them are described and not shown. */
const mostFiles = 10;
const longestName = 200;
const longestAddress = 2_000;

export interface GivenFile {
  readonly kind: 'image' | 'audio' | 'file';
  readonly mimeType: string;
  readonly bytes: number;
  /** By which it is named. Undefined: it has none. */
  readonly uri: string | undefined;
  /** Called for what is shown. */
  readonly data: () => Uint8Array;
}

export class ToolFiles {
  readonly #mostBytes: number;
  readonly #description: string;
  readonly #files: ToolFile[] = [];

  /**
   * @param mostBytes Of each.
   * @param description Of the pictures; empty: nobody says what they show.
   */
  constructor(mostBytes: number, description = '') {
    this.#mostBytes = mostBytes;
    this.#description = description;
  }

  /** Takes it where there is room. @returns what the model is told of it. */
  add({ kind, mimeType: givenType, bytes, uri, data }: GivenFile): string {
    const mimeType = cut(givenType, longestName);
    const name = toFileName(kind, mimeType, uri, this.#files.length + 1);
    const what = `${kind} "${name}", ${mimeType}, ${bytes} bytes`;
    if (bytes > this.#mostBytes) return `(${what}: too large to be shown)`;
    if (this.#files.length >= mostFiles) return `(${what}: not shown, there are too many files)`;
    const isDescribed = kind === 'image' && this.#description !== '';
    this.#files.push({ name, mimeType, data: data(), ...(isDescribed ? { description: this.#description } : {}) });
    return `(${what}: the members see it)`;
  }

  /** As a part of the answer: nothing where there are none. */
  get part(): { readonly files?: readonly ToolFile[] } {
    return this.#files.length === 0 ? {} : { files: this.#files };
  }
}

function toFileName(kind: string, mimeType: string, uri: string | undefined, count: number): string {
  const path = uri?.slice(0, longestAddress).split(/[?#]/, 1)[0] ?? '';
  const safe = (path.split('/').at(-1) ?? '')
    .replace(/[^\w.-]+/g, '_')
    .slice(-80)
    .replace(/^\.+/, '');
  if (/\.\w{1,8}$/.test(safe)) return safe;
  const subtype = (mimeType.split('/')[1] ?? '').split(/[+;]/, 1)[0]?.replace(/^(x-|vnd\.)/, '') ?? '';
  const extension = { jpeg: 'jpg', plain: 'txt', mpeg: 'mp3', 'octet-stream': 'bin' }[subtype] ?? subtype;
  return `${safe === '' ? `${kind}-${count}` : safe}.${/^\w{1,8}$/.test(extension) ? extension : 'bin'}`;
}
