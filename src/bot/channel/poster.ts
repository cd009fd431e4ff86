/** Creates, edits and removes single messages of a turn, and knows what stands of them: also after an unclear failure or a crash. */
import { isDeepStrictEqual } from 'node:util';
import type { FileReference } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import {
  type AttachedFile,
  failureOf,
  type Place,
  PlaceError,
  type RequestFailure,
  type StandingMessage,
} from './place.ts';
import type { PostedMessages } from './posted-messages.ts';
import { Refusals, type StandIns } from './refusals.ts';
import type { DrawFormulas, ShownFile, ShownMessage } from './shown-message.ts';

export interface PosterOptions {
  readonly place: Place;
  readonly log: Logger;
  readonly turnId: string;
  /** What stands already, and where that is stored. */
  readonly posted: PostedMessages;
  /** Whether an earlier process worked on this turn: it may have posted what it did not record. */
  readonly isResumed: boolean;
  readonly standIns: StandIns;
  /** The bytes of a file; undefined when it is not there any more. */
  readonly readFile: (file: FileReference) => Promise<Uint8Array | undefined>;
  /** Absent: none are drawn. */
  readonly drawFormulas?: DrawFormulas | undefined;
}

/** All requests reject with what the place rejected with, save for what concerns that one message alone. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #refusals: Refusals;
  /** Whether something may stand that is not on record. */
  #mayStand: boolean;

  constructor(options: PosterOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options.standIns);
    this.#mayStand = options.isResumed;
  }

  get hasPosted(): boolean {
    return !this.#options.posted.isEmpty;
  }

  /** The messages with the lines that take the place of what was refused. */
  replaced(messages: readonly ShownMessage[]): readonly ShownMessage[] {
    return this.#refusals.replaced(messages);
  }

  /** It does not stand, and should. */
  isMissing(message: ShownMessage): boolean {
    return !this.#options.posted.has(message.key) && !this.#refusals.isHopeless(message);
  }

  /** It stands, and should say something else. */
  differs(message: ShownMessage): boolean {
    return this.#options.posted.differs(message) && !this.#refusals.isHopeless(message);
  }

  /** Keys of what stands, or may, and should not: neither as it is, nor in place of a file that may be refused again. */
  stale(messages: readonly ShownMessage[]): string[] {
    const { posted } = this.#options;
    const shown = new Set(messages.flatMap(({ key, otherwise = [] }) => [key, ...otherwise.map((other) => other.key)]));
    // What was written over has two keys, and stays as long as either is shown.
    const ids = new Set([...shown].map((key) => posted.idOf(key)));
    const isShown = (key: string) => shown.has(key) || (posted.has(key) && ids.has(posted.idOf(key)));
    return posted.keys.filter((key) => !isShown(key) && !this.#refusals.isAbandoned(key));
  }

  /** It is missing, and an old message becomes it. */
  isWrittenOver(message: ShownMessage): boolean {
    return this.#options.posted.oldFor(message) !== undefined;
  }

  /** @param isWanted Asked once everything is ready. @returns whether it stands now. */
  async create(message: ShownMessage, isWanted: () => boolean): Promise<boolean> {
    const { posted } = this.#options;
    const old = posted.oldFor(message);
    if (old !== undefined) return await this.#writeOver(old, message, isWanted);
    const files = await this.#filesOf(message);
    if (files === undefined) {
      this.#refusals.refuse(message);
      return false;
    }
    await posted.begin(message);
    if (!isWanted()) {
      posted.giveUp(message.key);
      return false;
    }
    const standing = await this.#findOrCreate(message, files);
    if (standing === undefined) return false;
    this.#mayStand = false;
    // After an unclear failure or a crash the place gives back the first try, which may have said something else.
    posted.stand(message, standing.id, isAsIs(standing, message));
    return true;
  }

  async edit(message: ShownMessage): Promise<void> {
    const { posted } = this.#options;
    const id = posted.idOf(message.key);
    if (id === undefined) return;
    await posted.changesOld(message.key);
    if (!(await this.#edit(id, message))) this.#refusals.abandon(message.key);
  }

  async remove(key: string): Promise<void> {
    const { place, posted } = this.#options;
    try {
      const id = posted.idOf(key) ?? (await this.#findUnsure(key));
      if (id !== undefined) await place.remove(id);
    } catch (error) {
      // What is gone already, or cannot be removed, is no reason to hold the turn open.
      const { type } = failureOf(error);
      if (type === 'unclear' || type === 'limited' || type === 'moved' || type === 'unauthorized') throw error;
    }
    posted.remove(key);
  }

  /** @returns whether it stands now. */
  async #writeOver(old: string, message: ShownMessage, isWanted: () => boolean): Promise<boolean> {
    const { posted } = this.#options;
    const id = posted.idOf(old) ?? '';
    const isSaid = posted.says(old, message);
    await posted.changesOld(old);
    if (!isWanted()) return false;
    if (isSaid) posted.stand(message, id);
    if (isSaid) return true;
    // Somebody has deleted it: there may be another.
    if (!(await this.#edit(id, message))) posted.remove(old);
    return posted.has(message.key);
  }

  /** @returns false when the message is gone. */
  async #edit(id: string, message: ShownMessage): Promise<boolean> {
    const { place, posted } = this.#options;
    try {
      await place.edit(id, message);
      posted.stand(message, id);
    } catch (error) {
      const { type } = failureOf(error);
      if (type === 'message-gone') return false;
      if (type !== 'refused' && type !== 'forbidden') throw error;
      this.#refuse('edit', message, error);
    }
    return true;
  }

  /** @returns undefined when the place does not take it. */
  async #findOrCreate(message: ShownMessage, files: readonly AttachedFile[]): Promise<StandingMessage | undefined> {
    const { place, posted } = this.#options;
    const standing = this.#mayStand ? await this.#find() : undefined;
    if (standing !== undefined) return standing;
    this.#mayStand = true;
    try {
      return await place.create(message, posted.isEmpty, files);
    } catch (error) {
      const failure = failureOf(error);
      // Only an unclear failure can have left a message behind.
      this.#mayStand = failure.type === 'unclear';
      if (!this.#mayStand) posted.giveUp(message.key);
      // Where not even words may be posted, nothing can.
      const isOfThisAlone =
        failure.type === 'refused' ||
        failure.type === 'message-gone' ||
        (failure.type === 'forbidden' && message.files !== undefined);
      if (!isOfThisAlone) throw error;
      this.#refuse('create', message, error);
      return undefined;
    }
  }

  /** What an earlier try or process has left without our knowing. The first message needs no search: filling it twice is once. */
  async #find(): Promise<StandingMessage | undefined> {
    const { place, posted } = this.#options;
    if (place.find === undefined || posted.isEmpty) return undefined;
    try {
      return await place.find(posted.ids);
    } catch (error) {
      // Where the bot cannot read, posting again is the lesser evil.
      if (isOutOfReach(failureOf(error))) return undefined;
      throw error;
    }
  }

  /** The id of what an unclear try has left, if it has. */
  async #findUnsure(key: string): Promise<string | undefined> {
    const { place, posted } = this.#options;
    return (await place.findSaying(posted.ids, (content) => posted.mayHaveSaid(key, content)))?.id;
  }

  /** The files that go with it, without those that are gone; undefined when all are. One that cannot be read now is tried again. */
  async #filesOf({ files = [] }: ShownMessage): Promise<readonly AttachedFile[] | undefined> {
    const read = await Promise.all(files.map((file) => this.#read(file)));
    const there = read.filter((file) => file !== undefined);
    return files.length > 0 && there.length === 0 ? undefined : there;
  }

  async #read(file: ShownFile): Promise<AttachedFile | undefined> {
    const { name, description } = file;
    const data = await this.#bytesOf(file);
    return data === undefined ? undefined : { name, data, ...(description === undefined ? {} : { description }) };
  }

  async #bytesOf(file: ShownFile): Promise<Uint8Array | undefined> {
    if ('text' in file) return Buffer.from(file.text);
    if ('formulas' in file) return this.#options.drawFormulas?.(file.formulas);
    return this.#options.readFile(file);
  }

  #refuse(kind: 'create' | 'edit', message: ShownMessage, error: unknown): void {
    const { log, turnId } = this.#options;
    const { stage } = message;
    log.error('message-refused', { turnId, kind, stage, error: causeOf(error) });
    this.#refusals.refuse(message);
  }
}

function isAsIs({ content, buttonIds }: StandingMessage, message: ShownMessage): boolean {
  const { buttons = [] } = message;
  return (
    content.trim() === message.content.trim() &&
    isDeepStrictEqual(
      buttonIds,
      buttons.map(({ id }) => id),
    )
  );
}

function isOutOfReach({ type }: RequestFailure): boolean {
  return type === 'place-gone' || type === 'forbidden';
}

/** What the platform said, where that is known. */
export function causeOf(error: unknown): unknown {
  return error instanceof PlaceError ? (error.cause ?? error) : error;
}
