/**
 * What the terminal shows of a turn: a pure function of the record. As the record grows the text grows at its end, so
 * that it can be written as it comes and never has to be taken back.
 */
import { type ModelStep, resultOf, type ToolCall, type Turn } from '../agent/turn.ts';
import { catalogues, type Language } from './catalogue.ts';

/** One line shows at most this much of a call's arguments, and of its result. */
const maxShownArguments = 500;
const maxShownResult = 2000;

export interface TranscriptOptions {
  readonly language: Language;
  /** Text of the model step that is being written. */
  readonly draft?: string | undefined;
}

/** Everything after the question. Ends with a line break, unless the model is writing. */
export function toTranscript(turn: Turn, { language, draft }: TranscriptOptions): string {
  const { labels, failures, warnings } = catalogues[language];
  const blocks: string[] = [];
  const addWarnings = (afterSteps: number) => {
    for (const warning of turn.warnings.filter((each) => each.afterSteps === afterSteps)) {
      const seconds = warning.type === 'model-wait' ? String(Math.ceil(warning.waitMs / 1000)) : '';
      blocks.push(`[${labels.notice}] ${warnings[warning.type].replace('{seconds}', seconds)}\n`);
    }
  };
  for (const [index, step] of turn.steps.entries()) {
    addWarnings(index);
    if (step.text !== '') blocks.push(`[${labels.answer}] ${toPlain(step.text)}\n`);
    blocks.push(...toCallLines(step, language));
  }
  addWarnings(turn.steps.length);
  if (turn.end?.type === 'failed') blocks.push(`[${labels.notice}] ${failures[turn.end.code]}\n`);
  else if (turn.end === undefined && draft) blocks.push(`[${labels.answer}] ${toPlain(draft)}`);
  return blocks.join('');
}

/** The line that a question stands on where nobody typed it here. */
export function toQuestionLine(text: string, language: Language): string {
  return `[${catalogues[language].labels.user}] ${toPlain(text)}\n`;
}

/** Calls in their order, then results as they came in. With several calls at once each result says whose it is. */
function toCallLines(step: ModelStep, language: Language): string[] {
  const { labels } = catalogues[language];
  const called = step.calls.map((call) => `[${labels.call}] ${toCallText(call)}\n`);
  const finished = step.results.flatMap((result) => {
    const call = step.calls.find(({ id }) => id === result.callId);
    if (call === undefined || resultOf(step, call) !== result) return [];
    const whose = step.calls.length > 1 ? `${toCallText(call)} → ` : '';
    return `[${result.ok ? labels.result : labels.error}] ${whose}${cut(toOneLine(result.text), maxShownResult)}\n`;
  });
  return [...called, ...finished];
}

/** The arguments as the model wrote them, digit for digit, without the spaces between them. */
export function toCallText({ name, arguments: json }: ToolCall): string {
  const compact = json.replace(/("(?:[^"\\\n]|\\.)*")|\s+/g, '$1');
  return `${toOneLine(name)}(${cut(toOneLine(compact), maxShownArguments)})`;
}

export function toOneLine(text: string): string {
  return toPlain(text)
    .replace(/\s*[\n\u2028\u2029]\s*/g, ' ')
    .trim();
}

/** Without control characters: what a model or a tool wrote must not steer the terminal. */
function toPlain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
