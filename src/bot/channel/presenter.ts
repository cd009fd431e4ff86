/**
 * What should stand in the channel for a turn: a pure function of the record. Streaming, notices, errors and recovery
 * after a crash are all this one function applied to another record.
 */
import { type LiveState, nothingLive } from '../../agent/agent.ts';
import type { FileReference, Turn } from '../../agent/turn.ts';
import { cut } from '../../text.ts';
import { catalogues, type Language, toWarningText } from './catalogue.ts';
import { noticeOf } from './notice.ts';
import { maxMessageLength, splitText } from './split-text.ts';

/**
 * - `notice` tool calls and warnings, `progress` the same while a tool tells how far it is,
 * - `text` what the model wrote beside its tool calls,
 * - `draft` an answer being written, `final` the answer or the one line on why there is none.
 */
export type Stage = 'notice' | 'progress' | 'text' | 'draft' | 'final';

/** One message that should stand in the channel. */
export interface ShownMessage {
  /** Which message of the turn this is, the same for as long as the turn lives: at most 5 ASCII characters. */
  readonly key: string;
  readonly content: string;
  readonly stage: Stage;
  /** Whether it is sent as a reply to the question. */
  readonly isReply: boolean;
  /** Below the message. Absent: none. */
  readonly buttons?: readonly ShownButton[];
  /** Attached when it is created. Absent: none. */
  readonly files?: readonly FileReference[];
}

export interface ShownButton {
  /** What Discord gives back when it is pressed; see {@link ButtonPress}. */
  readonly id: string;
  readonly label: string;
  readonly style: 'good' | 'bad' | 'plain';
}

export interface PresentOptions {
  readonly language: Language;
  /** What is going on besides the record. Default: nothing. */
  readonly live?: LiveState;
  /** The question, where the place to write to does not show it (`/ask`): the first message is headed by it as a quote. */
  readonly quotedQuestion?: string | undefined;
}

const maxQuote = 1000;

/** The messages of the turn in the order they stand in the channel. Grows at its end only, as the record does. */
export function present(turn: Turn, { language, live = nothingLive, quotedQuestion }: PresentOptions): ShownMessage[] {
  const { failures } = catalogues[language];
  const { draft } = live;
  const head = quotedQuestion === undefined ? '' : quote(quotedQuestion);
  const messages: ShownMessage[] = [];
  const add = (key: string, stage: Stage, parts: readonly string[], isReply = false) => {
    for (const [index, content] of parts.entries()) {
      messages.push({
        key: `${key}${index}`,
        stage,
        content: messages.length === 0 ? head + content : content,
        isReply: isReply && index === 0,
      });
    }
  };
  const reserved = () => (messages.length === 0 ? head.length : 0);

  const addWarnings = (afterSteps: number) => {
    for (const [index, warning] of turn.warnings.entries()) {
      // A wait that is over is no news: its line goes when the answer stands.
      const isOver = warning.type === 'store-wait' && (turn.steps.length > 0 || turn.end !== undefined);
      if (warning.afterSteps !== afterSteps || isOver) continue;
      const content = `${messages.length === 0 ? head : ''}⚠️ ${toWarningText(warning, language)}`;
      messages.push({ key: `w${index}`, stage: 'notice', content, isReply: false });
    }
  };

  for (const [index, step] of turn.steps.entries()) {
    addWarnings(index);
    const isAnswer = step.calls.length === 0;
    add(`${index}t`, isAnswer ? 'final' : 'text', splitText(step.text, reserved()), isAnswer);
    if (isAnswer) continue;
    const { lines, buttons, isProgress } = noticeOf(turn, step, live, language);
    add(`${index}n`, isProgress ? 'progress' : 'notice', packLines(lines, reserved()));
    const last = messages.pop();
    if (last !== undefined) messages.push(buttons.length === 0 ? last : { ...last, buttons });
    for (const [place, { files = [] }] of step.results.entries()) {
      if (files.length > 0)
        messages.push({ key: `${index}f${place}`, stage: 'notice', content: '', isReply: false, files });
    }
  }
  addWarnings(turn.steps.length);
  if (turn.end === undefined) {
    if (draft !== undefined) add(`${turn.steps.length}t`, 'draft', splitText(draft, reserved()), true);
  } else if (turn.end.type === 'failed') {
    const hasAnswer = messages.some((message) => message.isReply);
    add('x', 'final', [`⚠️ ${failures[turn.end.code]}`], !hasAnswer);
  }
  return messages;
}

/** The question as a block quote, a `>` before every line, cut where it would leave no room for the answer. */
function quote(question: string): string {
  return `${cut(question, maxQuote)
    .replace(/^/gm, '> ')
    .slice(0, maxQuote + 200)}\n`;
}

/** Lines in as few messages as they fit in; a line is never longer than a message. */
function packLines(lines: readonly string[], reserved: number): string[] {
  const parts: string[] = [];
  for (const line of lines.map((whole) => cut(whole, maxMessageLength - reserved))) {
    const last = parts.at(-1);
    const room = maxMessageLength - (parts.length <= 1 ? reserved : 0);
    if (last !== undefined && last.length + 1 + line.length <= room) parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts;
}
