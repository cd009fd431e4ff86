/**
 * What should stand in the channel for a turn: a pure function of the record. Streaming, notices, errors and recovery
 * after a crash are all this one function applied to another record.
 */
import { type LiveState, nothingLive } from '../../agent/agent.ts';
import type { FileReference, ModelStep, Turn, TurnEnd, TurnWarning } from '../../agent/turn.ts';
import type { NoticeStyle } from '../../settings/layer.ts';
import { cut } from '../../text.ts';
import { writeFormulas } from './formulas/write-formulas.ts';
import { leftOutLines } from './left-out.ts';
import { type Notice, noticeOf, toShownName } from './notice.ts';
import type { Surface } from './place.ts';
import { failureKey, type ShownButton, type ShownFile, type ShownMessage, type Stage } from './shown-message.ts';
import { splitText } from './split-text.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues, toWarningText } from './texts/catalogues.ts';
import { endButtons, stopButton } from './turn-buttons.ts';
import { toWholeText } from './whole-text.ts';

export interface PresentOptions {
  readonly language: Language;
  readonly surface: Surface;
  /** What is going on besides the record. Default: nothing. */
  readonly live?: LiveState;
  /** Whether formulas are written so that they can be read, and drawn where that takes a picture. Default: texts stay as they are. */
  readonly writesFormulas?: boolean;
  /** Whether there is somebody who may let more be spent. Default: nobody. */
  readonly mayExtend?: boolean;
  /** Default: `all`. */
  readonly notices?: NoticeStyle;
  /** Whether a message of that key stands already, or may. What stands goes on being shown. Default: none does. */
  readonly stands?: (key: string) => boolean;
  /** The question, where the place to write to does not show it (`/ask`): the first message is headed by it as a quote. */
  readonly quotedQuestion?: string | undefined;
}

const maxQuote = 1000;
/** Messages that a text may fill. */
const mostParts = 5;

type DescribedFile = Extract<ShownFile, FileReference>;

/**
 * The messages of the turn in their order. Grows at its end, as the record does; only the line of a wait that is over goes, and
 * a notice whose lines have become too long goes on in another message.
 */
export function present(turn: Turn, options: PresentOptions): ShownMessage[] {
  const { live = nothingLive } = options;
  const list = new MessageList(options, toMentioned(turn, options));
  list.addLines('f', 'notice', options.surface.toPlainLines(leftOutLines(turn, options.language)));
  for (const [index, step] of turn.steps.entries()) {
    addWarnings(list, turn, index);
    addStep(list, turn, step, index, options);
  }
  addWarnings(list, turn, turn.steps.length);
  if (turn.end === undefined) {
    if (live.draft !== undefined) list.addText(`${turn.steps.length}t`, 'draft', live.draft, true);
    list.press('draft', stopButton(turn, options.language));
  } else {
    if (turn.end.type === 'failed')
      list.addReply(failureKey, 'final', `⚠️ ${toFailureText(turn.end, options)}`, !list.hasReply);
    list.press('final', endButtons(turn, options.language, options.mayExtend === true));
  }
  // The answer waits for no picture: it comes last.
  if (turn.end !== undefined && options.writesFormulas === true) addPicture(list, turn);
  return list.messages;
}

/** Whoever has waited for a task is told that it is done: by the reply, or, where none points at the question, by name. */
function toMentioned({ question, steps }: Turn, { quotedQuestion }: PresentOptions): string | undefined {
  const hasWaited = steps.some(({ tasks }) => tasks !== undefined);
  return hasWaited && quotedQuestion !== undefined && question.isPrivate !== true ? question.authorId : undefined;
}

function toFailureText(end: TurnEnd & { readonly type: 'failed' }, { language, surface }: PresentOptions): string {
  const { failures, budgets } = catalogues[language];
  return end.budget === undefined ? failures[end.code] : budgets.spent(end.budget, surface.toTime(end.budget.until));
}

/** What of the answer's formulas cannot be written is drawn, in one picture. */
function addPicture(list: MessageList, { steps }: Turn): void {
  const answer = steps.at(-1);
  if (answer === undefined || answer.calls.length > 0) return;
  const { formulas } = writeFormulas(answer.text, false);
  if (formulas.length === 0) return;
  const files = [{ name: 'formulas.png', formulas, description: formulas.join('\n') }];
  list.add(`${steps.length - 1}p`, 'notice', '', { files, isExtra: true });
}

/** A model server that says again and again that it is busy is one line: of its latest word. */
function addWarnings(list: MessageList, turn: Turn, afterSteps: number): void {
  const shown: { readonly key: string; warning: TurnWarning }[] = [];
  for (const [index, warning] of turn.warnings.entries()) {
    // A wait that is over is no news: its line goes when the answer stands.
    const isOver = warning.type === 'store-wait' && (turn.steps.length > 0 || turn.end !== undefined);
    if (warning.afterSteps !== afterSteps || isOver) continue;
    const last = shown.at(-1);
    if (warning.type === 'model-wait' && last?.warning.type === 'model-wait') last.warning = warning;
    else shown.push({ key: `w${index}`, warning });
  }
  for (const { key, warning } of shown) list.add(key, 'notice', `⚠️ ${toWarningText(warning, list.language)}`);
}

function addStep(list: MessageList, turn: Turn, step: ModelStep, index: number, options: PresentOptions): void {
  const isAnswer = step.calls.length === 0;
  list.addText(`${index}t`, isAnswer ? 'final' : 'text', step.text, isAnswer);
  if (isAnswer) return;
  const notice = noticeOfStep(turn, step, index, options);
  const { isProgress, attached } = notice;
  list.addNotice(`${index}n`, isProgress ? 'progress' : 'notice', notice, stopButton(turn, options.language));
  for (const { place, file } of attached) list.add(`${index}a${place}`, 'notice', '', { files: [file] });
  for (const [place, { callId, files = [] }] of step.results.entries()) {
    const tool = step.calls.find(({ id }) => id === callId)?.name ?? '';
    const described = files.map((file) => describe(file, tool, list.language));
    for (const [part, some] of packFiles(described, options.surface).entries())
      list.add(`${index}${'fghijklm'[part] ?? 'z'}${place}`, 'notice', '', { files: some });
  }
}

/** A quiet notice comes when a call waits or fails. Once it stands, it tells how that went on. */
function noticeOfStep(turn: Turn, step: ModelStep, index: number, options: PresentOptions): Notice {
  const { live = nothingLive, notices = 'all', stands = () => false } = options;
  const notice = noticeOf(turn, step, { ...options, live, notices });
  if (notice.lines.length > 0 || !stands(`${index}n0`)) return notice;
  return noticeOf(turn, step, { ...options, live, notices: 'folded' });
}

type MoreOfMessage = Partial<Pick<ShownMessage, 'isReply' | 'mentions' | 'files' | 'isExtra' | 'buttons'>>;

/** Collects messages, the first headed by the question where that is wanted. */
class MessageList {
  readonly messages: ShownMessage[] = [];
  readonly language: Language;
  readonly #length: number;
  readonly #head: string;
  readonly #toMention: Surface['toMention'];
  /** Whom the reply names. */
  readonly #mentioned: string | undefined;
  readonly #writesFormulas: boolean;

  constructor(
    { language, surface, quotedQuestion, writesFormulas = false }: PresentOptions,
    mentioned: string | undefined,
  ) {
    this.#mentioned = mentioned;
    this.#toMention = surface.toMention;
    this.language = language;
    this.#length = surface.messageLength;
    this.#writesFormulas = writesFormulas;
    this.#head = quotedQuestion === undefined ? '' : quote(quotedQuestion);
  }

  get hasReply(): boolean {
    return this.messages.some(({ isReply }) => isReply);
  }

  add(key: string, stage: Stage, content: string, more: MoreOfMessage = {}): void {
    const headed = this.messages.length === 0 ? this.#head + content : content;
    this.messages.push({ key, stage, content: headed, isReply: false, ...more });
  }

  /** @param isReply Whether it is the one that points at the question. */
  addReply(key: string, stage: Stage, content: string, isReply: boolean): void {
    const head = isReply ? this.#replyHead : '';
    const mentions = head === '' || this.#mentioned === undefined ? {} : { mentions: this.#mentioned };
    this.add(key, stage, head + content, { isReply, ...mentions });
  }

  /** What is more than a few messages long goes on in a file; while it grows, it stands still there. */
  addText(key: string, stage: Stage, text: string, isReply: boolean): void {
    const shown = this.#writesFormulas ? writeFormulas(text, stage === 'draft').text : text;
    const reserved = this.#reserved + (isReply ? this.#replyHead.length : 0);
    const messages = splitText(shown, this.#length, reserved).map((content, index) => {
      return { key: `${key}${index}`, stage, content, isReply: isReply && index === 0 };
    });
    const rest = messages.splice(mostParts);
    for (const message of messages) this.addReply(message.key, stage, message.content, message.isReply);
    if (rest.length > 0 && stage !== 'draft')
      this.messages.push(toWholeText(`${key}w`, { stage, text, language: this.language, otherwise: rest }));
  }

  /** Lines in as few messages as they fit in. */
  addLines(key: string, stage: Stage, lines: readonly string[]): void {
    for (const [index, { text }] of packLines(lines, this.#length, this.#reserved).entries())
      this.add(`${key}${index}`, stage, text);
  }

  /**
   * Its lines in as few messages as they fit in, the last with its buttons. What stops the turn stands below every message that
   * changes anyway when it has gone out of use.
   */
  addNotice(key: string, stage: Stage, { lines, running, buttons }: Notice, stop: readonly ShownButton[]): void {
    const parts = packLines(lines, this.#length, this.#reserved);
    for (const [index, part] of parts.entries()) {
      const isRunning = part.places.some((place) => running.has(place));
      const below = [...(index === parts.length - 1 ? buttons : []), ...(isRunning ? stop : [])];
      this.add(`${key}${index}`, stage, part.text, below.length === 0 ? {} : { buttons: below });
    }
  }

  /** Puts the buttons below the last message of that stage. It is a text: in the place of a file no other answer could be written. */
  press(stage: Stage, buttons: readonly ShownButton[]): void {
    const last = this.messages.findLastIndex((message) => message.stage === stage && message.files === undefined);
    const message = this.messages[last];
    if (message !== undefined && buttons.length > 0) this.messages[last] = { ...message, buttons };
  }

  get #replyHead(): string {
    return this.#mentioned === undefined ? '' : `${this.#toMention(this.#mentioned)}\n`;
  }

  get #reserved(): number {
    return this.messages.length === 0 ? this.#head.length : 0;
  }
}

/** The question as a block quote, a `>` before every line, cut where it would leave no room for the answer. */
function quote(question: string): string {
  return `${cut(question, maxQuote)
    .replace(/^/gm, '> ')
    .slice(0, maxQuote + 200)}\n`;
}

interface PackedLines {
  text: string;
  /** Which lines they are. */
  readonly places: number[];
}

/** @param reserved What the first part has to leave free. A line is never longer than a part. */
function packLines(lines: readonly string[], length: number, reserved: number): PackedLines[] {
  const parts: PackedLines[] = [];
  for (const [place, whole] of lines.entries()) {
    const line = cut(whole, length - reserved);
    const last = parts.at(-1);
    const room = length - (parts.length <= 1 ? reserved : 0);
    if (last !== undefined && last.text.length + 1 + line.length <= room) {
      last.text += `\n${line}`;
      last.places.push(place);
    } else parts.push({ text: line, places: [place] });
  }
  return parts;
}

/** Those who cannot see a picture are told at least where it comes from. */
function describe(file: DescribedFile, tool: string, language: Language): DescribedFile {
  if (file.description !== undefined || !file.mimeType.startsWith('image/')) return file;
  return { ...file, description: catalogues[language].pictureOf.replace('{tool}', () => toShownName(tool)) };
}

/** Files in as few messages as they fit in; one that is too large goes alone, for the platform to decide. */
function packFiles(files: readonly DescribedFile[], { uploadBytes, uploadFiles }: Surface): ShownFile[][] {
  const parts: { files: ShownFile[]; bytes: number }[] = [];
  for (const file of files) {
    const last = parts.at(-1);
    if (last !== undefined && last.files.length < uploadFiles && last.bytes + file.bytes <= uploadBytes) {
      last.files.push(file);
      last.bytes += file.bytes;
    } else parts.push({ files: [file], bytes: file.bytes });
  }
  return parts.map(({ files: some }) => some);
}
