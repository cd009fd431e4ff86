/** A turn at a place that takes only a few messages of it: what led to the answer becomes one message, and a long answer goes on in a file sooner. Pure. */
import { cut } from '../../text.ts';
import { failureKey, type ShownFile, type ShownMessage } from './shown-message.ts';
import type { Language } from './texts/catalogue.ts';
import { toWholeText } from './whole-text.ts';

export interface FoldOptions {
  /** Messages that the place takes: 4 or more. */
  readonly most: number;
  /** UTF-16 units that a message may have. */
  readonly length: number;
  /** Files that a message may have. */
  readonly files: number;
  readonly language: Language;
  /** The answer as the model wrote it. Empty: there is none. */
  readonly answer: string;
}

/** Characters of the beginning that stay when there is too much: the question is there. */
const keptHead = 600;

/** No answer is shown while it grows: a message that must be taken away again would count all the same. */
export function foldMessages(
  messages: readonly ShownMessage[],
  { most, length, files: mostFiles, language, answer: text }: FoldOptions,
): ShownMessage[] {
  // There is no room for more messages in place of a file.
  const answer = messages.filter(({ stage }) => stage === 'final').map(({ otherwise: _, ...message }) => message);
  const before = messages.filter(({ stage, files }) => stage !== 'final' && stage !== 'draft' && files === undefined);
  const isLeading = ({ stage, isExtra = false }: ShownMessage) => stage !== 'final' && !isExtra;
  const files = messages.filter(isLeading).flatMap(({ files: own = [] }) => own);
  const folded = [...foldBefore(before, length), ...attach('mf', files.slice(0, mostFiles))];
  const room = most - folded.length;
  const extra = messages.filter(({ isExtra }) => isExtra).slice(0, Math.max(0, room - answer.length));
  if (answer.length <= room) return [...folded, ...answer, ...extra];
  const failure = answer.filter(({ key }) => key === failureKey);
  const parts = answer.filter(({ key, files: attached }) => key !== failureKey && attached === undefined);
  const whole = toWholeText('ma', { stage: 'final', text, language });
  const { buttons } = answer.find((message) => message.buttons !== undefined) ?? {};
  const beginning = parts.slice(0, room - 1 - failure.length).map(({ buttons: _, ...part }) => part);
  const last = failure.length > 0 ? undefined : beginning.pop();
  const pressed = last === undefined ? [] : [{ ...last, ...(buttons === undefined ? {} : { buttons }) }];
  return [...folded, ...beginning, ...pressed, whole, ...failure];
}

function foldBefore(messages: readonly ShownMessage[], length: number): ShownMessage[] {
  if (messages.length === 0) return [];
  const buttons = messages.flatMap((message) => message.buttons ?? []);
  const isProgress = messages.some(({ stage }) => stage === 'progress');
  const content = cutMiddle(messages.map((message) => message.content).join('\n'), length);
  return [
    {
      key: 'm0',
      content,
      stage: isProgress ? 'progress' : 'notice',
      isReply: false,
      ...(buttons.length === 0 ? {} : { buttons }),
    },
  ];
}

function attach(key: string, files: readonly ShownFile[]): ShownMessage[] {
  return files.length === 0 ? [] : [{ key, content: '', stage: 'notice', isReply: false, files }];
}

/** The newest says most. */
function cutMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = cut(text, keptHead);
  const tail = text.slice(text.length - (length - head.length - 1));
  return `${head}\n${tail.replace(/^[\udc00-\udfff]/, '')}`;
}
