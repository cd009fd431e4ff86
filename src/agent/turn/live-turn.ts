/** What a running turn shows besides its record: the text being written, how far its calls are, and forms that wait for the asker. */
import { untilAborted } from '../../waiting.ts';
import { type CallProgress, type LiveState, nothingLive, type WantedLogin } from '../agent.ts';
import { type Form, type FormAnswer, type FormOutcome, type FormReply, type FormRequest, readAnswer } from '../form.ts';

interface OpenForm {
  readonly form: Form;
  readonly close: (reply: FormReply) => void;
}

/** That one call may have filled in. */
const mostForms = 5;
const progressMs = 50;

export class LiveTurn {
  readonly #onChange: (live: LiveState) => void;
  readonly #forms = new Map<string, OpenForm>();
  readonly #logins = new Set<WantedLogin>();
  readonly #progress = new Map<string, CallProgress>();
  readonly #asked = new Map<string, number>();
  #draft: string | undefined;
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(onChange: (live: LiveState) => void) {
    this.#onChange = onChange;
  }

  /** The record has changed, and with it the draft is over. */
  changed(): void {
    this.#draft = undefined;
    this.#tell();
  }

  /** The turn ends here for now: nothing is live any more. */
  over(): void {
    this.#draft = undefined;
    this.#progress.clear();
    clearTimeout(this.#progressTimer);
    this.#onChange(nothingLive);
  }

  writes(draft: string): void {
    this.#draft = draft;
    this.#tell();
  }

  /** A tool may report as often as it likes: it is told at most every {@link progressMs}, the last one always. */
  progressed(callId: string, progress: CallProgress): void {
    this.#progress.set(callId, progress);
    if (this.#progressTimer !== undefined) return;
    this.#tell();
    this.#progressTimer = setTimeout(() => {
      this.#progressTimer = undefined;
      if (this.#progress.size > 0) this.#tell();
    }, progressMs);
  }

  finished(callId: string): void {
    this.#progress.delete(callId);
  }

  /**
   * Opens a form and waits for its answer. Aborted, it is cancelled.
   * @param place Of the call within the turn: forms have the same ids when the turn runs again.
   */
  async ask(request: FormRequest, callId: string, place: string, signal: AbortSignal): Promise<FormReply> {
    if (signal.aborted) return { action: 'cancel' };
    const count = (this.#asked.get(callId) ?? 0) + 1;
    this.#asked.set(callId, count);
    // The turn's time stands still meanwhile: a server must not keep it for ever with form after form.
    if (count > mostForms) return { action: 'cancel' };
    const form: Form = { ...request, id: `${place}.${count}`, callId };
    const { promise, resolve } = Promise.withResolvers<FormReply>();
    this.#forms.set(form.id, { form, close: resolve });
    this.#tell();
    try {
      return await untilAborted(promise, signal);
    } catch {
      return { action: 'cancel' };
    } finally {
      this.#forms.delete(form.id);
      if (!signal.aborted) this.#tell();
    }
  }

  /** Shows that the call waits for a login. @returns whether it came: `wait` rejects when its signal aborts. */
  async askLogin(
    login: WantedLogin,
    wait: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (signal.aborted) return false;
    this.#logins.add(login);
    this.#tell();
    try {
      await wait(signal);
      return true;
    } catch {
      return false;
    } finally {
      this.#logins.delete(login);
      if (!signal.aborted) this.#tell();
    }
  }

  answer(formId: string, answer: FormAnswer): FormOutcome {
    const open = this.#forms.get(formId);
    if (open === undefined) return { type: 'gone' };
    const read = readAnswer(open.form, answer);
    if (read.type === 'invalid') return read;
    this.#forms.delete(formId);
    open.close(read.reply);
    return { type: 'taken' };
  }

  #tell(): void {
    this.#onChange({
      draft: this.#draft,
      progress: new Map(this.#progress),
      forms: [...this.#forms.values()].map(({ form }) => form),
      logins: [...this.#logins],
    });
  }
}
