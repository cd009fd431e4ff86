/**
 * The offline model of the playground: does plain arithmetic and draws plain pictures, in Korean and English, with the tools that it is offered,
 * and says honestly that it is a stand-in when it is asked anything else. It keeps nothing: what to do next follows from
 * the request alone. It never computes by itself.
 */
import { type Answer, toWords } from './answer.ts';
import type { ChatMessage, ChatRequest, ChatTool } from './chat-request.ts';
import type { PictureCall } from './offline/picture.ts';
import { digitsOf, expressionOf, readySteps, type Step } from './offline/plan.ts';
import { languageOf, understand } from './offline/question.ts';
import { splitQuestion } from './offline/sent.ts';
import { type Language, sentences } from './offline/sentences.ts';

export interface OfflineModelOptions {
  /** The pace at which it writes. Default 25; Infinity writes at once. */
  readonly wordsPerSecond?: number;
}

/** Answers requests for completions, for `startModelServer({ respond })`. */
export function createOfflineModel({
  wordsPerSecond = 25,
}: OfflineModelOptions = {}): (request: ChatRequest) => Answer {
  return (request) => ({ ...answer(request), chunkDelayMs: 1000 / wordsPerSecond });
}

interface Spoken {
  readonly text?: readonly string[];
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
}

function answer(request: ChatRequest): Spoken {
  const { messages } = request;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const { question, sent } = splitQuestion(messages[asked]?.text ?? '');
  const text = withoutAuthor(question);
  const language = languageOf(text) ?? earlierLanguage(messages.slice(0, asked));
  const say = sentences[language];
  const previous = lastResult(messages.slice(0, Math.max(asked, 0)));
  const understood = understand(text, language, previous);
  if (understood.type !== 'calculate' && Object.values(sent).some(({ length }) => length > 0))
    return speak(say.sees(sent));
  switch (understood.type) {
    case 'unknown':
      return speak(say.standIn);
    case 'no-result':
      return speak(say.noPrevious);
    case 'recall':
      return speak(previous === undefined ? say.noPrevious : say.previous(previous));
    case 'draw':
      return draw(understood.call, request, messages.slice(asked + 1), language);
    case 'formula':
      return speak(say.quadraticFormula);
    case 'calculate':
      return calculate(understood.steps, request, messages.slice(asked + 1), language);
  }
}

/** The next round of calls, or the sentence at the end. */
function calculate(
  steps: readonly Step[],
  { tools, body }: ChatRequest,
  since: readonly ChatMessage[],
  language: Language,
): Spoken {
  const say = sentences[language];
  const results = new Map<number, string>();
  for (const { toolCalls } of since) {
    const ready = readySteps(steps, results);
    for (const [at, call] of toolCalls.entries()) {
      const result = since.find(({ toolCallId }) => toolCallId === call.id)?.text ?? '';
      const step = ready[at];
      if (!isNumber(result)) return speak(say.failed(result));
      if (step !== undefined) results.set(step, result);
    }
  }
  const ready = readySteps(steps, results);
  if (ready.length === 0) return speak(say.conclude(steps, results));
  if (tools.length === 0) return speak(say.noTools);
  if (body.tool_choice === 'none') return speak(say.noRoundLeft);
  const pending = steps.filter((_step, index) => ready.includes(index));
  const toolCalls = pending.flatMap((step) => toCall(step, results, tools) ?? []);
  if (toolCalls.length < pending.length) return speak(say.noSuchTool);
  return results.size === 0 ? { ...speak(say.announce(pending, results)), toolCalls } : { toolCalls };
}

/** The one call, or the sentence after it. */
function draw(
  call: PictureCall,
  { tools, body }: ChatRequest,
  since: readonly ChatMessage[],
  language: Language,
): Spoken {
  const say = sentences[language];
  const result = since.find(({ role }) => role === 'tool')?.text;
  if (result !== undefined) {
    const [description = '', picture] = result.split('\n(image ');
    return speak(picture === undefined ? say.notDrawn(result) : say.drawn(description));
  }
  if (tools.length === 0) return speak(say.noTools);
  if (body.tool_choice === 'none') return speak(say.noRoundLeft);
  const name = findTool(call.tool, tools);
  if (name === undefined) return speak(say.noSuchTool);
  return { ...speak(say.announcePicture), toolCalls: [{ name, arguments: call.arguments }] };
}

/** A call of the tool for the step, or of `evaluate` where there is none. The arguments are written as text: digits stay as they are. */
function toCall(
  step: Step,
  results: ReadonlyMap<number, string>,
  tools: readonly ChatTool[],
): { readonly name: string; readonly arguments: string } | undefined {
  const own = step.operation === 'evaluate' ? undefined : findTool(step.operation, tools);
  if (own !== undefined && step.operation !== 'evaluate') {
    const [a, b] = step.operands.map((operand) => digitsOf(operand, results));
    return { name: own, arguments: b === undefined ? `{"a":${a}}` : `{"a":${a},"b":${b}}` };
  }
  const evaluate = findTool('evaluate', tools);
  if (evaluate === undefined) return undefined;
  return { name: evaluate, arguments: JSON.stringify({ expression: expressionOf(step, results) }) };
}

/** A tool by its name, with or without the prefix of its server. */
function findTool(name: string, tools: readonly ChatTool[]): string | undefined {
  const isIt = (tool: ChatTool) => tool.name.endsWith(name) && /[_-]/.test(tool.name.at(-name.length - 1) ?? '_');
  return (tools.find((tool) => tool.name === name) ?? tools.find(isIt))?.name;
}

/** The newest number that a tool came to. */
function lastResult(earlier: readonly ChatMessage[]): string | undefined {
  return earlier.findLast(({ role, text }) => role === 'tool' && isNumber(text))?.text;
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
}

function earlierLanguage(earlier: readonly ChatMessage[]): Language {
  const questions = earlier
    .filter(({ role }) => role === 'user')
    .map(({ text }) => languageOf(withoutAuthor(splitQuestion(text).question)));
  return questions.findLast((language) => language !== undefined) ?? 'en';
}

/** Questions come as `Name: text`. */
function withoutAuthor(text: string): string {
  return text.replace(/^[^\n:]{1,100}: /, '');
}

function speak(text: string): { readonly text: readonly string[] } {
  return { text: toWords(text) };
}
