/** What the offline model says, in the language of the question. */
import { withParticle } from './particles.ts';
import { digitsOf, expressionOf, type Step } from './plan.ts';
import type { Sent } from './sent.ts';

export type Language = 'ko' | 'en';
type Results = ReadonlyMap<number, string>;

interface Sentences {
  /** Before the first calls. */
  announce(steps: readonly Step[], results: Results): string;
  /** All results, in the order of the steps. */
  conclude(steps: readonly Step[], results: Results): string;
  /** A tool could not do it. What was found before stays said. */
  failed(reason: string): string;
  /** Before the call. */
  readonly announcePicture: string;
  drawn(description: string): string;
  notDrawn(reason: string): string;
  previous(digits: string): string;
  readonly noPrevious: string;
  readonly noTools: string;
  readonly noSuchTool: string;
  readonly noRoundLeft: string;
  /** As models write mathematics. */
  readonly quadraticFormula: string;
  readonly standIn: string;
  /** What can be said without looking closer. */
  sees(sent: Sent): string;
}

const longestQuote = 80;

/** Stem, form before "let me", e.g. 나누(다), 나눠(보다). */
type Verb = readonly [stem: string, tried: string];
const verbs = { 더하: '더해', 빼: '빼', 곱하: '곱해', 나누: '나눠', 구하: '구해', 계산하: '계산해' } as const;

const korean: Sentences = {
  announce: (steps, results) => {
    const phrases = steps.map((step) => koreanPhrase(step, results, undefined));
    return `${phrases.map(([object, [stem, tried]], at) => `${object} ${at < phrases.length - 1 ? `${stem}고,` : `${tried}보겠습니다.`}`).join(' ')}`;
  },
  conclude: (steps, results) => {
    const clauses = steps.map((step, at) => {
      const [object, [stem]] = koreanPhrase(step, results, at === 0 ? undefined : at - 1);
      return `${object} ${stem}면 ${results.get(at)}`;
    });
    return `${clauses.join('이고, ')}입니다.`;
  },
  failed: (reason) => `계산하지 못했습니다. 계산기가 이렇게 답했습니다: ${reason}`,
  announcePicture: '그려보겠습니다.',
  drawn: (description) => `그렸습니다. ${plain(description)}`,
  notDrawn: (reason) => `그리지 못했습니다. 계산기가 이렇게 답했습니다: ${reason}`,
  previous: (digits) => `아까 결과는 ${digits}입니다.`,
  noPrevious:
    '아직 계산한 결과가 없어서 무엇을 가리키는지 모르겠습니다. 예를 들어 "15와 27을 더해줘"라고 먼저 물어보세요.',
  noTools: '지금은 쓸 수 있는 계산기가 없어서 계산할 수 없습니다.',
  noSuchTool: '지금 쓸 수 있는 도구로는 이 계산을 할 수 없습니다.',
  noRoundLeft: '한 번에 계산하기에는 단계가 너무 많습니다. 나누어서 물어봐 주세요.',
  quadraticFormula:
    '\\( a \\neq 0 \\)일 때 \\( ax^2 + bx + c = 0 \\)의 해는 다음과 같습니다.\n\n\\[ x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a} \\]\n\n' +
    '\\( b^2 - 4ac \\ge 0 \\)이면 해는 실수입니다.',
  standIn:
    '저는 오프라인 대역이라 산수와 간단한 그림만 할 줄 압니다. 예를 들어 "15와 27을 더해줘"나 "x^2 그래프를 그려 줘"라고 물어보세요. ' +
    '진짜 모델과 이야기하려면 OPENAI_API_KEY를 설정하고 다시 시작하세요.',
  sees: ({ pictures, files, messages }) =>
    [
      ...pictures.map((name) => `사진이 보입니다: ${name}.`),
      ...files.map(({ name, lines }) => `${name} 파일은 ${lines}줄입니다.`),
      ...messages.map((words) => `가리키신 메시지는 이렇습니다: "${shorten(words)}".`),
      '저는 오프라인 대역이라 더 자세히는 모릅니다. 진짜 모델과 이야기하려면 OPENAI_API_KEY를 설정하고 다시 시작하세요.',
    ].join(' '),
};

const english: Sentences = {
  announce: (steps, results) => `Let me ${steps.map((step) => englishTask(step, results)).join(', and ')}.`,
  conclude: (steps, results) => {
    const clauses = steps.map((step, at) => `${englishFact(step, at, results)} ${results.get(at)}`);
    return `${capitalize(clauses.join(', and '))}.`;
  },
  failed: (reason) => `That did not work. The calculator answered: ${reason}`,
  announcePicture: 'Let me draw that.',
  drawn: (description) => `Here it is. ${plain(description)}`,
  notDrawn: (reason) => `That could not be drawn. The calculator answered: ${reason}`,
  previous: (digits) => `The last result was ${digits}.`,
  noPrevious: 'There is no earlier result yet that this could mean. Ask for example "add 15 and 27" first.',
  noTools: 'I have no calculator at hand right now, so I cannot work this out.',
  noSuchTool: 'The tools that I have right now cannot do this calculation.',
  noRoundLeft: 'That takes too many steps in one go. Please ask for it in parts.',
  quadraticFormula:
    'Where \\( a \\neq 0 \\), the solutions of \\( ax^2 + bx + c = 0 \\) are\n\n\\[ x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a} \\]\n\n' +
    'They are real numbers if \\( b^2 - 4ac \\ge 0 \\).',
  standIn:
    'I am an offline stand-in that only knows arithmetic and simple pictures. Try "add 15 and 27" or "plot x^2 from -5 to 5". ' +
    'To talk to a real model, set OPENAI_API_KEY and start again.',
  sees: ({ pictures, files, messages }) =>
    [
      ...pictures.map((name) => `I see a picture: ${name}.`),
      ...files.map(({ name, lines }) => `${name} has ${lines === 1 ? '1 line' : `${lines} lines`}.`),
      ...messages.map((words) => `The message says: "${shorten(words)}".`),
      'I am an offline stand-in and cannot say more. To talk to a real model, set OPENAI_API_KEY and start again.',
    ].join(' '),
};

export const sentences: Readonly<Record<Language, Sentences>> = { ko: korean, en: english };

/** Stars of an expression are no markup. */
function plain(description: string): string {
  return description.replace(/[*_~`|\\]/g, '\\$&');
}

/** The step without its verb, and the verb. `before`: the step that the sentence has just told of, so that 여기에 points at it. */
function koreanPhrase(step: Step, results: Results, before: number | undefined): readonly [object: string, verb: Verb] {
  if (step.operation === 'evaluate') return [`${expressionOf(step, results)}의 값을`, verbOf('계산하')];
  const [left, right] = step.operands;
  const a = left === undefined ? '' : digitsOf(left, results);
  const b = right === undefined ? '' : digitsOf(right, results);
  const goesOn = before !== undefined && left?.type === 'result' && left.step === before;
  switch (step.operation) {
    case 'add':
      return [`${goesOn ? '여기에' : withParticle(a, '와')} ${withParticle(b, '를')}`, verbOf('더하')];
    case 'subtract':
      return [`${goesOn ? '여기' : a}에서 ${withParticle(b, '를')}`, verbOf('빼')];
    case 'multiply':
      return [`${goesOn ? '여기에' : withParticle(a, '와')} ${withParticle(b, '를')}`, verbOf('곱하')];
    case 'divide':
      return [`${goesOn ? '이를' : withParticle(a, '를')} ${withParticle(b, '로')}`, verbOf('나누')];
    case 'power':
      return [`${goesOn ? '이 수' : a}의 ${b === '2' ? '' : b}제곱을`, verbOf('구하')];
    case 'sqrt':
      return [`${goesOn ? '이 수' : a}의 제곱근을`, verbOf('구하')];
  }
}

function verbOf(stem: keyof typeof verbs): Verb {
  return [stem, verbs[stem]];
}

function englishTask(step: Step, results: Results): string {
  if (step.operation === 'evaluate') return `work out ${expressionOf(step, results)}`;
  const [a = '', b = ''] = step.operands.map((operand) => digitsOf(operand, results));
  switch (step.operation) {
    case 'add':
      return `add ${a} and ${b}`;
    case 'subtract':
      return `subtract ${b} from ${a}`;
    case 'multiply':
      return `multiply ${a} by ${b}`;
    case 'divide':
      return `divide ${a} by ${b}`;
    case 'power':
      return `raise ${a} to the power of ${b}`;
    case 'sqrt':
      return `take the square root of ${a}`;
  }
}

function englishFact(step: Step, at: number, results: Results): string {
  if (step.operation === 'evaluate') return `${expressionOf(step, results)} is`;
  const [left] = step.operands;
  const [a = '', b = ''] = step.operands.map((operand) => digitsOf(operand, results));
  if (at > 0 && left?.type === 'result' && left.step === at - 1) {
    const continued = {
      add: `adding ${b} gives`,
      subtract: `subtracting ${b} gives`,
      multiply: `multiplying by ${b} gives`,
      divide: `dividing by ${b} gives`,
      power: `raising it to the power of ${b} gives`,
      sqrt: 'taking the square root gives',
    };
    return continued[step.operation];
  }
  const stated = {
    add: `${a} plus ${b} is`,
    subtract: `${a} minus ${b} is`,
    multiply: `${a} times ${b} is`,
    divide: `${a} divided by ${b} is`,
    power: `${a} to the power of ${b} is`,
    sqrt: `the square root of ${a} is`,
  };
  return stated[step.operation];
}

/** Sentences only: an expression such as `sqrt(16)` stays as it is. */
function capitalize(text: string): string {
  return text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
}

function shorten(words: string): string {
  return words.length <= longestQuote ? words : `${words.slice(0, longestQuote).toWellFormed()}…`;
}
