/**
 * Who has wanted to be forgotten lately. What was being answered then, or was just being written by another process, comes into the store
 * after it was looked through: whoever writes it looks here, and takes it out again.
 */
import { isRecord } from '../json.ts';
import type { DocumentKind, Documents } from './document.ts';
import type { Forgotten } from './store/turn-store.ts';

/** One who wants to be forgotten. */
export interface ForgottenPerson extends Forgotten {
  /** When all of it was deleted, in ms since 1970 UTC. Undefined: it is being deleted, or was not to the end. */
  readonly deletedAt?: number;
}

type Marks = Readonly<Record<string, Omit<ForgottenPerson, 'authorId'>>>;

/** Longer than any turn lasts: tasks of tool servers may take a week, and be followed by others. */
const keptMs = 30 * 24 * 60 * 60_000;
/** Whoever has not been deleted to the end by then was told so, and may ask for it again. */
const deletedWithinMs = 60 * 60_000;
/** By so much clocks of two machines may differ, in ms. */
const clocksMs = 5 * 60_000;
const key = 'people';
const kind: DocumentKind<Marks> = { name: 'forgotten', loadReader: async () => readMarks };

export class ForgottenPeople {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** To be called before anything is deleted, and again when all is. @throws {AppError} `store-failed` */
  async note({ authorId, ...mark }: ForgottenPerson): Promise<void> {
    await this.#documents.change(kind, key, (marks = {}) => ({ ...recent(marks), [authorId]: mark }));
  }

  /** @throws {AppError} `store-failed` */
  async all(): Promise<readonly ForgottenPerson[]> {
    const marks = (await this.#documents.load(kind, key)) ?? {};
    if (Object.keys(recent(marks)).length < Object.keys(marks).length)
      await this.#documents.change(kind, key, (all = {}) => {
        const left = recent(all);
        return Object.keys(left).length === 0 ? undefined : left;
      });
    return Object.entries(marks).map(([authorId, mark]) => ({ authorId, ...mark }));
  }
}

/**
 * Whether what was read of the store at some time may hold something that has been deleted since.
 * @param readAt Milliseconds since 1970 UTC.
 */
export function isDeletedSince(
  { until, deletedAt = until + deletedWithinMs }: ForgottenPerson,
  readAt: number,
): boolean {
  return deletedAt > readAt - clocksMs;
}

function recent(marks: Marks): Marks {
  const oldest = Date.now() - keptMs;
  return Object.fromEntries(Object.entries(marks).filter(([, { until }]) => until > oldest));
}

function readMarks(stored: unknown): Marks | undefined {
  if (!isRecord(stored)) return undefined;
  const marks = Object.entries(stored).flatMap(([id, mark]) => {
    const { until, deletedAt } = isRecord(mark) ? mark : {};
    if (typeof until !== 'number') return [];
    return [[id, { until, ...(typeof deletedAt === 'number' ? { deletedAt } : {}) }] as const];
  });
  return Object.fromEntries(marks);
}
