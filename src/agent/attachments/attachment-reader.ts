/**
 * Reads what comes with a question, each file once: whatever became of it goes on record, and a later process goes on from
 * there. What cannot be read is left out with a reason, so that no file keeps a question from its answer.
 */
import type { Logger } from '../../log.ts';
import { cut } from '../../text.ts';
import { untilAborted, withRetries } from '../../waiting.ts';
import type { AgentLimits } from '../limits.ts';
import { toPictureKey } from '../store/file-key.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { TurnWriter } from '../turn/turn-writer.ts';
import { type Attachment, type AttachmentOutcome, conversationOf, type LeftOutReason, type Turn } from '../turn.ts';
import { AttachmentError, type FetchAttachment } from './fetch-attachment.ts';
import { PdfReader } from './pdf/pdf-reader.ts';
import { type Picture, readPicture } from './picture.ts';
import { isPicture, loadPictures, type Pictures, picturesOf, toDataUrl } from './pictures.ts';
import { readText } from './plain-text.ts';

export interface AttachmentReaderOptions {
  readonly fetchAttachment: FetchAttachment | undefined;
  readonly store: Pick<TurnStore, 'saveFile' | 'loadFile' | 'removeFile'>;
  readonly writer: Pick<TurnWriter, 'save'>;
  readonly limits: AgentLimits;
  readonly log: Logger;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** False: pictures are left out. */
  readonly takesPictures: boolean;
}

/** An attachment on its way, with its place among those of its question. */
interface Reading {
  readonly turn: Turn;
  readonly attachment: Attachment;
  readonly place: number;
  readonly takesPictures: boolean;
  /** Aborted with the turn, or when reading has taken too long. */
  readonly signal: AbortSignal;
  readonly pictures: Map<string, string>;
}

type Outcome = AttachmentOutcome extends infer Each ? (Each extends unknown ? Omit<Each, 'attachment'> : never) : never;

/** More than any camera takes; models make pictures smaller before they look at them. */
const mostPixels = 250_000_000;
const fetchAttempts = 3;
const firstRetryMs = 250;
const longestRetryMs = 1_000;

export class AttachmentReader {
  readonly #options: AttachmentReaderOptions;
  readonly #pdfs = new PdfReader();

  constructor(options: AttachmentReaderOptions) {
    this.#options = options;
  }

  /**
   * Gives every attachment of the turn an outcome, and stores each.
   * @returns the turn's pictures.
   * @throws the signal's reason, and nothing else.
   */
  async read(turn: Turn, { signal, takesPictures }: ReadingOptions): Promise<Pictures> {
    const { attachments = [] } = turn.question;
    if (attachments.length === 0) return new Map();
    if (!takesPictures) await this.leavePicturesOut(turn, 'model');
    const { limits } = this.#options;
    const pictures = await this.#recallPictures(turn);
    const files = turn.files ?? [];
    turn.files = files;
    const either = AbortSignal.any([signal, AbortSignal.timeout(limits.attachmentsMs)]);
    const open = [...attachments.entries()].filter(([place]) => !files.some(({ attachment }) => attachment === place));
    for (const [place, attachment] of open) {
      const refusal = this.#refusalOf(turn, place);
      const reading = { turn, attachment, place, takesPictures, signal: either, pictures };
      const outcome = refusal === undefined ? await this.#read(reading, signal) : leaveOut(refusal);
      files.push({ attachment: place, ...outcome });
      if (refusal === undefined) await this.#save(turn);
    }
    if (open.length > 0) await this.#save(turn);
    return pictures;
  }

  /** The model has not taken the turn's pictures. @returns whether there were any. */
  async leavePicturesOut(turn: Turn, reason: LeftOutReason): Promise<boolean> {
    const { store } = this.#options;
    const lost = picturesOf(turn);
    if (lost.length === 0) return false;
    turn.files =
      turn.files?.map((file) => (isPicture(file) ? { attachment: file.attachment, ...leaveOut(reason) } : file)) ?? [];
    await this.#save(turn);
    await Promise.all(lost.map(({ key }) => store.removeFile(key))).catch((error: unknown) => this.#warn(turn, error));
    return true;
  }

  /** Those that an earlier process has stored. One whose bytes are not there is fetched again. */
  async #recallPictures(turn: Turn): Promise<Map<string, string>> {
    const known = picturesOf(turn);
    if (known.length === 0) return new Map();
    const { store } = this.#options;
    const pictures = await loadPictures(known, store).catch((error: unknown) => {
      this.#warn(turn, error);
      return new Map<string, string>();
    });
    turn.files = turn.files?.filter((file) => !isPicture(file) || pictures.has(file.file.key)) ?? [];
    return new Map(pictures);
  }

  /** Why it is not even fetched. */
  #refusalOf(turn: Turn, place: number): LeftOutReason | undefined {
    if (place >= this.#options.limits.attachments) return 'too-many';
    const bytes = turn.question.attachments?.[place]?.bytes ?? 0;
    return bytes > this.#roomFor(turn) ? 'too-large' : undefined;
  }

  /** In bytes, for the next one. */
  #roomFor({ question, files = [] }: Turn): number {
    const { attachmentBytes, attachmentsBytes } = this.#options.limits;
    const taken = files.map((file) => {
      if (file.type === 'left-out') return 0;
      return isPicture(file) ? file.file.bytes : (question.attachments?.[file.attachment]?.bytes ?? 0);
    });
    return Math.min(attachmentBytes, attachmentsBytes - taken.reduce((sum, bytes) => sum + bytes, 0));
  }

  /** @param stop The turn's own signal. */
  async #read(reading: Reading, stop: AbortSignal): Promise<Outcome> {
    const { turn, place } = reading;
    const startedAt = performance.now();
    let outcome: Outcome;
    try {
      const data = await this.#fetch(reading);
      outcome = data === undefined ? leaveOut('too-large') : await this.#toOutcome(data, reading);
    } catch (error) {
      stop.throwIfAborted();
      outcome = leaveOut(error instanceof AttachmentError ? error.reason : 'unreachable');
      this.#warn(turn, error);
    }
    this.#options.log.info('attachment-read', {
      turnId: turn.question.id,
      attachment: place,
      outcome: outcome.type === 'left-out' ? outcome.reason : outcome.type,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return outcome;
  }

  /** Undefined when it is larger than the platform has said, and than there is room for. */
  async #fetch({ turn, attachment, signal }: Reading): Promise<Uint8Array | undefined> {
    const { fetchAttachment } = this.#options;
    if (fetchAttachment === undefined) throw new AttachmentError('unreachable');
    const mostBytes = this.#roomFor(turn);
    const data = await withRetries(() => untilAborted(fetchAttachment(attachment, { mostBytes, signal }), signal), {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      most: fetchAttempts,
      isFinal: (error) => error instanceof AttachmentError && error.reason === 'too-large',
    });
    return data.length > mostBytes ? undefined : data;
  }

  /** By what it holds: a name can say anything. */
  async #toOutcome(data: Uint8Array, reading: Reading): Promise<Outcome> {
    const most = this.#options.limits.attachmentCharacters;
    const picture = readPicture(data);
    if (picture === 'broken') return leaveOut('unreadable');
    if (picture !== undefined) return await this.#toPicture(picture, reading);
    if (isPdf(data)) {
      const pages = await this.#pdfs.read(data, most, reading.signal);
      return pages === undefined || pages.text === '' ? leaveOut('unreadable') : toText(pages.text, pages.isCut);
    }
    const text = readText(data);
    if (text === undefined) return leaveOut('unknown-kind');
    return text.trim() === '' ? leaveOut('unreadable') : toText(cut(text, most), text.length > most);
  }

  async #toPicture(picture: Picture, { turn, place, takesPictures, pictures }: Reading): Promise<Outcome> {
    const { mimeType, extension, width, height, data } = picture;
    if (width * height > mostPixels) return leaveOut('too-large');
    if (!takesPictures) return leaveOut('model');
    const { question } = turn;
    const key = toPictureKey(question.id, conversationOf(question), place);
    const file = { key, name: `picture-${place + 1}.${extension}`, mimeType, bytes: data.length };
    await this.#options.store.saveFile(key, data);
    pictures.set(key, toDataUrl(file, data));
    return { type: 'image', file };
  }

  /** What is read is not lost because the record could not be written this time. */
  async #save(turn: Turn): Promise<void> {
    await this.#options.writer.save(turn).catch((error: unknown) => this.#warn(turn, error));
  }

  #warn(turn: Turn, error: unknown): void {
    this.#options.log.warn('attachment-problem', { turnId: turn.question.id, error });
  }
}

function leaveOut(reason: LeftOutReason): Outcome {
  return { type: 'left-out', reason };
}

function toText(text: string, isCut: boolean): Outcome {
  return { type: 'text', text, ...(isCut ? { isCut } : {}) };
}

function isPdf(data: Uint8Array): boolean {
  return Buffer.from(data.subarray(0, 5)).toString('latin1') === '%PDF-';
}
