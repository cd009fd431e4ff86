/** What bytes come to for the model: a picture, a text, or a reason why neither. */
import type { AgentLimits } from '../limits.ts';
import { toPictureKey } from '../store/file-key.ts';
import type { TurnStore } from '../store/turn-store.ts';
import { type AttachmentOutcome, conversationOf, type LeftOutReason, type Turn } from '../turn.ts';
import type { BytesReader } from './bytes-reader.ts';
import type { Picture } from './picture.ts';
import { toDataUrl } from './pictures.ts';

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
  readonly #bytes: BytesReader;

  constructor(
    store: Pick<TurnStore, 'saveFile'>,
    limits: Pick<AgentLimits, 'attachmentCharacters'>,
    bytes: BytesReader,
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#bytes = bytes;
  }

  /** @throws what the store throws, or the signal's reason. */
  async read(data: Uint8Array, context: ReadingContext): Promise<Outcome> {
    const content = await this.#bytes.read(data, this.#limits.attachmentCharacters, context.signal);
    if (content.type === 'unread') return leaveOut(content.reason);
    return content.type === 'text'
      ? toText(content.text, content.isCut)
      : await this.#toPicture(content.picture, context);
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
