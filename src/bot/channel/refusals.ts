/**
 * What a place will not take. A refusal is about one content, never about a message: the next content is tried, and where
 * an answer or a file is refused, a line that says so takes its place.
 */
import { fingerprint } from './posted-messages.ts';
import type { ShownMessage } from './shown-message.ts';

/** The lines that take the place of what is refused. */
export interface StandIns {
  readonly answer: string;
  readonly files: string;
}

export class Refusals {
  readonly #standIns: StandIns;
  /** The line that a message says instead, by key. */
  readonly #replaced = new Map<string, string>();
  /** Fingerprints by key. */
  readonly #refused = new Map<string, string>();
  /** Keys whose drafts are not tried any more: each try may raise an alarm with the moderators. */
  readonly #drafts = new Set<string>();
  /** Keys of messages that somebody has deleted. */
  readonly #abandoned = new Set<string>();

  constructor(standIns: StandIns) {
    this.#standIns = standIns;
  }

  /** The messages with the lines that take the place of what was refused. */
  replaced(messages: readonly ShownMessage[]): readonly ShownMessage[] {
    if (this.#replaced.size === 0) return messages;
    return messages.flatMap((message) => {
      const content = this.#replaced.get(message.key);
      // What comes after a refused draft or notice is not what was refused.
      if (content === undefined || !isWanted(message)) return message;
      const { files: _refused, otherwise, ...rest } = message;
      return otherwise === undefined ? { ...rest, content } : this.replaced(otherwise);
    });
  }

  refuse(message: ShownMessage): void {
    if (message.stage === 'draft') this.#drafts.add(message.key);
    else if (isWanted(message) && !this.#replaced.has(message.key))
      this.#replaced.set(message.key, message.files === undefined ? this.#standIns.answer : this.#standIns.files);
    else this.#refused.set(message.key, fingerprint(message));
  }

  /** Somebody has deleted the message: it is not posted again. */
  abandon(key: string): void {
    this.#abandoned.add(key);
  }

  isAbandoned(key: string): boolean {
    return this.#abandoned.has(key);
  }

  /** Whether it is not worth trying as it is. */
  isHopeless(message: ShownMessage): boolean {
    if (this.#abandoned.has(message.key)) return true;
    if (message.stage === 'draft' && this.#drafts.has(message.key)) return true;
    const refused = this.#refused.get(message.key);
    return refused !== undefined && refused === fingerprint(message);
  }
}

/** Its absence must be explained. */
function isWanted({ stage, files, isExtra = false }: ShownMessage): boolean {
  return !isExtra && (stage === 'final' || files !== undefined);
}
