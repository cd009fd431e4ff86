/**
 * What the terminal shows of a turn: a pure function of the record. As the record grows the text grows at its end, so
 * that it can be written as it comes and never has to be taken back.
 */
import { type ModelStep, resultOf, type ToolCall, type Turn, type TurnWarning } from '../agent/turn.ts';
import { withoutSpaces } from '../json.ts';
import { cut, toOneLine, toShownLine, toVisible } from '../text.ts';
import { catalogues, type Language } from './catalogue.ts';

/** One line shows at most this much of a call's name and arguments, and of its result. */
const maxShownName = 64;
const maxShownArguments = 500;
const maxShownResult = 2000;

export interface TranscriptOptions {
  readonly language: Language;
  /** Text of the model step that is being written. */
  readonly draft?: string | undefined;
}

/** Everything after the question. Ends with a line break, unless the model is writing. */
export function toTranscript(turn: Turn, { language, draft }: TranscriptOptions): string {
  const { labels, failures } = catalogues[language];
  const steps = turn.steps.map((step, index) => [
    ...toWarningLines(turn, index, language),
    ...(step.text === '' ? [] : [`[${labels.answer}] ${toPlain(step.text)}\n`]),
    ...toCallLines(step, language),
  ]);
  const blocks = [...steps.flat(), ...toWarningLines(turn, turn.steps.length, language)];
  if (turn.end?.type === 'failed') blocks.push(`[${labels.notice}] ${failures[turn.end.code]}\n`);
  else if (turn.end === undefined && draft) blocks.push(`[${labels.answer}] ${toPlain(draft)}`);
  return blocks.join('');
}

/** The line that a question stands on where nobody typed it here. */
export function toQuestionLine(text: string, language: Language): string {
  return `[${catalogues[language].labels.user}] ${toPlain(text)}\n`;
}

/** The arguments as the model wrote them, digit for digit, without the spaces between them. */
export function toCallText({ name, arguments: json }: ToolCall, length = maxShownArguments): string {
  const compact = toVisible(toOneLine(withoutSpaces(json)));
  return `${toShownLine(name, maxShownName)}(${cut(compact, length)})`;
}

function toWarningLines(turn: Turn, afterSteps: number, language: Language): string[] {
  const { labels } = catalogues[language];
  return turn.warnings
    .filter((warning) => warning.afterSteps === afterSteps)
    .map((warning) => `[${labels.notice}] ${toWarningText(warning, language)}\n`);
}

function toWarningText(warning: TurnWarning, language: Language): string {
  const { noTools, storeWait, modelWait } = catalogues[language];
  switch (warning.type) {
    case 'no-tools':
      return noTools;
    case 'store-wait':
      return storeWait;
    case 'model-wait':
      return modelWait(Math.ceil(warning.waitMs / 1000));
  }
}

/** Calls in their order, then results as they came in. With several calls at once each result says whose it is. */
function toCallLines(step: ModelStep, language: Language): string[] {
  const { labels } = catalogues[language];
  const called = step.calls.map((call) => `[${labels.call}] ${toCallText(call)}\n`);
  const finished = step.results.flatMap((result) => {
    const call = step.calls.find(({ id }) => id === result.callId);
    if (call === undefined || resultOf(step, call) !== result) return [];
    const whose = step.calls.length > 1 ? `${toCallText(call)} → ` : '';
    return `[${result.ok ? labels.result : labels.error}] ${whose}${toShownLine(result.text, maxShownResult)}\n`;
  });
  return [...called, ...finished];
}

/** Without control characters: what a model wrote must not steer the terminal. */
function toPlain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
