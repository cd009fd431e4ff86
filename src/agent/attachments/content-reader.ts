/** What bytes come to for the model: a picture, a text, or a reason why neither. By what they hold: a name can say anything. */
import { cut } from '../../text.ts';
import type { AgentLimits } from '../limits.ts';
import { toPictureKey } from '../store/file-key.ts';
import type { TurnStore } from '../store/turn-store.ts';
import { type AttachmentOutcome, conversationOf, type LeftOutReason, type Turn } from '../turn.ts';
import { PdfReader } from './pdf/pdf-reader.ts';
import { type Picture, readPicture } from './picture.ts';
import { toDataUrl } from './pictures.ts';
import { readText } from './plain-text.ts';

/** An outcome that does not say yet of what. */
export type Outcome = AttachmentOutcome extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'attachment' | 'role' | 'part'>
    : never
  : never;

export interface ReadingContext {
  readonly turn: Turn;
  /** Names its picture among those of the turn. */
  readonly place: number;
  /** False: pictures are left out. */
  readonly takesPictures: boolean;
  readonly signal: AbortSignal;
  /** The turn's pictures, to which one is added. */
  readonly pictures: Map<string, string>;
}

/** More than any camera takes; models make pictures smaller before they look at them. */
const mostPixels = 250_000_000;

export class ContentReader {
  readonly #store: Pick<TurnStore, 'saveFile'>;
  readonly #limits: Pick<AgentLimits, 'attachmentCharacters'>;
  readonly #pdfs = new PdfReader();

  constructor(store: Pick<TurnStore, 'saveFile'>, limits: Pick<AgentLimits, 'attachmentCharacters'>) {
    this.#store = store;
    this.#limits = limits;
  }

  /** @throws what the store throws, or the signal's reason. */
  async read(data: Uint8Array, context: ReadingContext): Promise<Outcome> {
    const most = this.#limits.attachmentCharacters;
    const picture = readPicture(data);
    if (picture === 'broken') return leaveOut('unreadable');
    if (picture !== undefined) return await this.#toPicture(picture, context);
    if (isPdf(data)) {
      const pages = await this.#pdfs.read(data, most, context.signal);
      return pages === undefined || pages.text === '' ? leaveOut('unreadable') : toText(pages.text, pages.isCut);
    }
    const text = readText(data);
    if (text === undefined) return leaveOut('unknown-kind');
    return text.trim() === '' ? leaveOut('unreadable') : toText(cut(text, most), text.length > most);
  }

  async #toPicture(picture: Picture, { turn, place, takesPictures, pictures }: ReadingContext): Promise<Outcome> {
    const { mimeType, extension, width, height, data } = picture;
    if (width * height > mostPixels) return leaveOut('too-large');
    if (!takesPictures) return leaveOut('model');
    const { question } = turn;
    const key = toPictureKey(question.id, conversationOf(question), place);
    const file = { key, name: `picture-${place + 1}.${extension}`, mimeType, bytes: data.length };
    await this.#store.saveFile(key, data);
    pictures.set(key, toDataUrl(file, data));
    return { type: 'image', file };
  }
}

export function leaveOut(reason: LeftOutReason): Outcome {
  return { type: 'left-out', reason };
}

export function toText(text: string, isCut: boolean): Outcome {
  return { type: 'text', text, ...(isCut ? { isCut } : {}) };
}

function isPdf(data: Uint8Array): boolean {
  return Buffer.from(data.subarray(0, 5)).toString('latin1') === '%PDF-';
}
