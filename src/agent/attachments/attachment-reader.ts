/**
 * Reads what comes with a question, each file once: whatever became of it goes on record, and a later process goes on from
 * there. What cannot be read is left out with a reason, so that no file keeps a question from its answer.
 */
import type { Logger } from '../../log.ts';
import { untilAborted, withRetries } from '../../waiting.ts';
import type { AgentLimits } from '../limits.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { ContentHost } from '../tools/content-host.ts';
import { SourceFailure } from '../tools/source-failure.ts';
import type { TurnWriter } from '../turn/turn-writer.ts';
import type { Attachment, LeftOutReason, ServerSource, Turn } from '../turn.ts';
import type { BytesReader } from './bytes-reader.ts';
import { ContentReader, leaveOut, type Outcome, type ReadingContext } from './content-reader.ts';
import { AttachmentError, type FetchAttachment } from './fetch-attachment.ts';
import { isPicture, loadPictures, type Pictures, picturesOf } from './pictures.ts';
import { type PartOutcome, readSource } from './source-reader.ts';

export interface AttachmentReaderOptions {
  readonly fetchAttachment: FetchAttachment | undefined;
  /** Asked for what has a source. */
  readonly content: Pick<ContentHost, 'read'>;
  readonly store: Pick<TurnStore, 'saveFile' | 'loadFile' | 'removeFile'>;
  readonly writer: Pick<TurnWriter, 'save'>;
  readonly bytes: BytesReader;
  readonly limits: AgentLimits;
  readonly log: Logger;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** False: pictures are left out. */
  readonly takesPictures: boolean;
}

/** An attachment on its way, with its place among those of its question. */
interface Reading extends ReadingContext {
  readonly attachment: Attachment;
}

const fetchAttempts = 3;
const firstRetryMs = 250;
const longestRetryMs = 1_000;

export class AttachmentReader {
  readonly #options: AttachmentReaderOptions;
  readonly #reader: ContentReader;

  constructor(options: AttachmentReaderOptions) {
    this.#options = options;
    this.#reader = new ContentReader(options.store, options.limits, options.bytes);
  }

  /**
   * Gives every attachment of the turn an outcome, or one for each of its parts, and stores them.
   * @returns the turn's pictures.
   * @throws the signal's reason, and {@link SourceFailure} where a prompt cannot be had: without it, nothing is asked.
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
      const refusal = this.#refusalOf(attachment, turn, place);
      const reading = { turn, attachment, place, takesPictures, signal: either, pictures };
      const outcomes = refusal === undefined ? await this.#read(reading, signal) : [leaveOut(refusal)];
      files.push(...outcomes.map((outcome) => ({ attachment: place, ...outcome })));
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
      turn.files?.map((outcome) => {
        if (!isPicture(outcome)) return outcome;
        const { type: _, file: __, ...rest } = outcome;
        return { ...rest, ...leaveOut(reason) };
      }) ?? [];
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
    const isLost = new Set(
      turn.files?.filter((file) => isPicture(file) && !pictures.has(file.file.key)).map(({ attachment }) => attachment),
    );
    turn.files = turn.files?.filter(({ attachment }) => !isLost.has(attachment)) ?? [];
    return new Map(pictures);
  }

  /** Why it is not even fetched. */
  #refusalOf({ source }: Attachment, turn: Turn, place: number): LeftOutReason | undefined {
    // It is the question itself.
    if (source?.type === 'prompt') return undefined;
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
  async #read(reading: Reading, stop: AbortSignal): Promise<readonly PartOutcome[]> {
    const { turn, place, attachment } = reading;
    const { source } = attachment;
    const startedAt = performance.now();
    let outcomes: readonly PartOutcome[];
    try {
      outcomes = source === undefined ? [await this.#readFile(reading)] : await this.#readSource(source, reading);
    } catch (error) {
      stop.throwIfAborted();
      if (source?.type === 'prompt')
        throw error instanceof SourceFailure ? error : new SourceFailure('unreachable', { cause: error });
      outcomes = [leaveOut(error instanceof AttachmentError ? error.reason : 'unreachable')];
      this.#warn(turn, error);
    }
    this.#options.log.info('attachment-read', {
      turnId: turn.question.id,
      attachment: place,
      outcome: outcomes.map((outcome) => (outcome.type === 'left-out' ? outcome.reason : outcome.type)).join(),
      durationMs: Math.round(performance.now() - startedAt),
    });
    return outcomes;
  }

  async #readFile(reading: Reading): Promise<Outcome> {
    const data = await this.#fetch(reading);
    return data === undefined ? leaveOut('too-large') : await this.#reader.read(data, reading);
  }

  async #readSource(source: ServerSource, reading: Reading): Promise<readonly PartOutcome[]> {
    // Where a server is switched off, that is for all that it has.
    if (reading.turn.question.settings?.toolsOff?.servers.includes(source.server) === true)
      throw new SourceFailure('gone');
    return await readSource(source, reading, this.#roomFor(reading.turn), { ...this.#options, reader: this.#reader });
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

  /** What is read is not lost because the record could not be written this time. */
  async #save(turn: Turn): Promise<void> {
    await this.#options.writer.save(turn).catch((error: unknown) => this.#warn(turn, error));
  }

  #warn(turn: Turn, error: unknown): void {
    this.#options.log.warn('attachment-problem', { turnId: turn.question.id, error });
  }
}
