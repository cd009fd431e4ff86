/** When the requests of a turn may go: drafts at intervals, typing while it is of use, failed ones ever later. All times are those of `performance.now()`. */
import type { Stage } from './shown-message.ts';

/** An answer that is whole within this time is posted once, without growing. */
const draftGraceMs = 500;
/** Between two edits of a growing answer: 4 in 5 s, which leaves one of a channel's 5 for what must not wait. */
const draftIntervalMs = 1250;
/** Typing is shown for 10 s. */
const typingIntervalMs = 8000;
/** A message ends the typing that is shown; it is asked for again when the turn is not over soon after. */
const typingAfterMessageMs = 500;
/** How long an answer waits for typing that is on its way: shown after the answer, it would stand there for 10 s. */
const typingOnItsWayMs = 1000;
const firstRetryMs = 250;
const longestRetryMs = 15_000;

export class Pace {
  #typeAt = 0;
  #answerAt = 0;
  #draftAt: number | undefined;
  #failures = 0;
  #retryAt = 0;

  /** @param isProvisional Whether something that is shown changes again soon. */
  shows(isProvisional: boolean): void {
    if (isProvisional) this.#draftAt ??= performance.now() + draftGraceMs;
    else this.#draftAt = undefined;
  }

  /** Typing is on its way. */
  types(): void {
    this.#typeAt = performance.now() + typingIntervalMs;
    this.#answerAt = performance.now() + typingOnItsWayMs;
  }

  /** Typing is shown, or will not be. */
  typed(): void {
    this.#answerAt = 0;
  }

  posted(stage: Stage): void {
    this.#typeAt = performance.now() + typingAfterMessageMs;
    this.sent(stage);
  }

  sent(stage: Stage): void {
    if (isProvisional(stage)) this.#draftAt = performance.now() + draftIntervalMs;
  }

  /** @returns how often in a row. */
  failed(): number {
    this.#failures += 1;
    this.#retryAt = performance.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#failures - 1));
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  get typingAt(): number {
    return Math.max(this.#typeAt, this.#retryAt);
  }

  /** For creating or editing a message of that stage. A notice is posted at once, and edited for progress at intervals. */
  messageAt(stage: Stage, isEdit: boolean): number {
    const isPaced = stage === 'draft' || (stage === 'progress' && isEdit);
    const isAnswer = !isEdit && (stage === 'draft' || stage === 'final');
    return Math.max(isPaced ? (this.#draftAt ?? 0) : 0, isAnswer ? this.#answerAt : 0, this.#retryAt);
  }

  /** For everything else. */
  get at(): number {
    return this.#retryAt;
  }
}

/** It changes again soon: that it is shown may wait. */
export function isProvisional(stage: Stage): boolean {
  return stage === 'draft' || stage === 'progress';
}
