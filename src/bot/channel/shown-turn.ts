/** One turn as it is shown: its place, what stands there, and when that is drawn anew. */
import { type Agent, type LiveState, nothingLive } from '../../agent/agent.ts';
import type { JsonValue, Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { type NoticeStyle, noticeStyles } from '../../settings/layer.ts';
import { type Delivery, languageOfTurn, readDelivery, toJson } from './delivery.ts';
import { foldMessages } from './fold-messages.ts';
import type { Place } from './place.ts';
import { PostedMessages, type PostedRecord, toOldKey } from './posted-messages.ts';
import { present } from './presenter.ts';
import { toHead } from './question-head.ts';
import type { RequestQueue } from './request-queue.ts';
import type { DrawFormulas, ShownMessage } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';
import { stopButton } from './turn-buttons.ts';
import { Writer, type WriterEnd } from './writer.ts';

/** How much of a turn is shown. */
export interface Showing {
  readonly notices: NoticeStyle;
  /** Absent: formulas stay as the model writes them. */
  readonly drawFormulas?: DrawFormulas | undefined;
  /** Whether there is somebody who may let more be spent. Default: nobody. */
  readonly mayExtend?: boolean;
}

export interface ShownTurnOptions extends Showing {
  readonly turn: Turn;
  readonly place: Place;
  readonly agent: Pick<Agent, 'run' | 'awaitTasks' | 'saveDelivery' | 'readFile'>;
  readonly queue: RequestQueue;
  readonly log: Logger;
  /** Whether an earlier process worked on it. */
  readonly isResumed: boolean;
  readonly onUnauthorized: () => void;
}

/** While the model writes, the messages are made anew at most this often: nobody sees more. */
const redrawMs = 100;

export class ShownTurn {
  readonly #options: ShownTurnOptions;
  readonly #delivery: Delivery;
  readonly #posted: PostedMessages;
  readonly #writer: Writer;
  /** The turn whose place this one is to take. */
  #old: Turn | undefined;
  #live: LiveState = nothingLive;
  /** Whether it runs, and does not only wait for tasks. */
  #isAtWork = true;
  #ran: Promise<void> = Promise.resolve();
  #redraw: NodeJS.Timeout | undefined;
  /** Whether something of it stands, or did before this process. */
  #hasGivenSign: boolean;

  constructor(options: ShownTurnOptions) {
    this.#options = options;
    this.#hasGivenSign = options.isResumed;
    const { turn, place, agent } = options;
    this.#delivery = readDelivery(turn.delivery);
    this.#posted = new PostedMessages(this.#delivery.posted, (posted, when) => this.#store(posted, when));
    const inPlace = (line: 'refused' | 'filesRefused') =>
      `⚠️ ${catalogues[this.#language][line].replace('{platform}', () => place.surface.name)}`;
    this.#writer = new Writer({
      ...options,
      turnId: turn.question.id,
      posted: this.#posted,
      // Of a turn that is not stored yet, the settings are not known.
      standIns: {
        get answer() {
          return inPlace('refused');
        },
        get files() {
          return inPlace('filesRefused');
        },
      },
      readFile: (file) => agent.readFile(file),
    });
  }

  /** As `Turn.delivery`, of what stands now. */
  get delivery(): JsonValue {
    return toJson({ ...this.#delivery, posted: this.#posted.record });
  }

  /** What can be shown besides the record. */
  get live(): LiveState {
    return this.#live;
  }

  /** Resolves when nothing more will be sent, whyever. */
  get ended(): Promise<WriterEnd> {
    return this.#writer.ended;
  }

  /** It is to take that turn's place: what stands of that is written over. To be called before it is shown. */
  replaces(old: Turn): void {
    this.#old = old;
  }

  /** Runs the turn until it has ended or is suspended, and shows it meanwhile. */
  async run(signal: AbortSignal): Promise<void> {
    this.#ran = this.#options.agent.run(this.#options.turn, { signal, onChange: (live) => this.#changed(live) });
    await this.#ran;
  }

  /** Waits until the tasks of the turn have results, and shows how they are doing, or the process ends. Others of the channel go on meanwhile. */
  async awaitTasks(signal: AbortSignal): Promise<void> {
    this.#isAtWork = false;
    this.show(false);
    this.#ran = this.#options.agent.awaitTasks(this.#options.turn, { signal, onChange: (live) => this.#changed(live) });
    await this.#ran;
    this.#isAtWork = true;
  }

  /** Shows the record as it is. @param isAtWork Whether the turn runs and does not only wait. */
  show(isAtWork: boolean): void {
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    const { turn } = this.#options;
    const messages = this.#messages(turn);
    // Typing ends with a new message, and there may be none: the old answer shows that there is work.
    const isTyping = isAtWork && turn.replaces === undefined;
    this.#writer.show(messages.length === 0 ? this.#oldWithStop() : messages, isTyping);
  }

  /** Shows the record for the last time. @returns how that ended. */
  async finish(): Promise<WriterEnd> {
    clearTimeout(this.#redraw);
    return this.#writer.finish(this.#messages(this.#options.turn));
  }

  get #language(): Language {
    return languageOfTurn(this.#options.turn);
  }

  #oldWithStop(): readonly ShownMessage[] {
    const { turn } = this.#options;
    const pressed = this.#oldMessages().findLast(({ buttons }) => buttons !== undefined);
    return pressed === undefined ? [] : [{ ...pressed, buttons: stopButton(turn, this.#language) }];
  }

  /** What of the old turn stands, or stood and was written over, as it should stand if nothing comes of this one. */
  #oldMessages(): readonly ShownMessage[] {
    if (this.#old === undefined) return [];
    const messages = this.#messages(this.#old).map((message) => ({ ...message, key: toOldKey(message.key) }));
    return messages.filter(({ key }) => this.#posted.has(key));
  }

  /** The turn does not take the place of the old one after all: what of that was written over stands again as it was. */
  async restore(old: Turn): Promise<WriterEnd> {
    clearTimeout(this.#redraw);
    this.#old = old;
    return this.#writer.finish(this.#oldMessages());
  }

  /** Takes away everything that stands. */
  async clear(): Promise<WriterEnd> {
    return this.#writer.finish([]);
  }

  /** The place is out of reach for good. */
  leave(): void {
    this.#writer.leave();
  }

  /** Sends nothing more. */
  stop(): void {
    clearTimeout(this.#redraw);
    this.#writer.stop();
  }

  /** What changes often is drawn a little later, together with what changes until then. */
  #changed(live: LiveState): void {
    const { turn } = this.#options;
    this.#live = live;
    // How it ended says whether it takes the old one's place.
    if (turn.replaces !== undefined && turn.end !== undefined) clearTimeout(this.#redraw);
    else if (live.draft === undefined && live.progress.size === 0) this.show(this.#isAtWork);
    else this.#redraw ??= setTimeout(() => this.show(this.#isAtWork), redrawMs);
  }

  #messages(turn: Turn): readonly ShownMessage[] {
    const { place, notices, drawFormulas, mayExtend = false } = this.#options;
    const messages = present(turn, {
      language: this.#language,
      surface: place.surface,
      live: this.#live,
      notices: noticesOf(turn) ?? notices,
      writesFormulas: drawFormulas !== undefined,
      mayExtend,
      stands: (key) => this.#posted.keys.includes(turn === this.#options.turn ? key : toOldKey(key)),
      quotedQuestion: place.quotesQuestion ? toHead(turn.question, place.surface) : undefined,
    });
    if (place.mostMessages === undefined) return messages;
    const { messageLength: length, uploadFiles: files } = place.surface;
    const language = this.#language;
    const answer = turn.steps.at(-1)?.text ?? '';
    return foldMessages(messages, { most: place.mostMessages, length, files, language, answer });
  }

  async #store(posted: PostedRecord, when: 'before' | 'after'): Promise<void> {
    const { agent, turn, log } = this.#options;
    if (when === 'after' && !this.#hasGivenSign) {
      this.#hasGivenSign = true;
      log.debug('turn-first-sign', { turnId: turn.question.id, sinceMs: Date.now() - turn.question.askedAt });
    }
    turn.delivery = toJson({ ...this.#delivery, posted });
    // Nothing is shown before it is on record: asked again, the model may say something else. How the turn ended is stored
    // by the agent, and a later process shows just that.
    if (when === 'before' && turn.end !== undefined) return this.#ran;
    await agent
      .saveDelivery(turn)
      .catch((error: unknown) => log.warn('delivery-not-saved', { turnId: turn.question.id, error }));
  }
}

/** As was set when it was taken. */
function noticesOf({ question }: Turn): NoticeStyle | undefined {
  return noticeStyles.find((style) => style === question.settings?.notices);
}
