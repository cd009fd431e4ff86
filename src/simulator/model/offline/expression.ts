/** Reads values and expressions such as `3 + 4 * (5 - 1)` or `15 plus 27` from tokens and puts their steps in the plan. */
import { type Operand, type Operation, type Plan, symbols } from './plan.ts';
import type { Token } from './tokens.ts';

/** Thrown while a question is read that cannot be calculated as it stands. Never leaves the room. */
export class NotUnderstood extends Error {
  /** `unknown`: not arithmetic, or more than the model knows; `no-result`: it speaks of an earlier result and there is none. */
  readonly reason: 'unknown' | 'no-result';

  constructor(reason: 'unknown' | 'no-result') {
    super(reason);
    this.reason = reason;
  }
}

/** Where the reading is, what came of it so far, and what the conversation had before. */
export interface Reading {
  readonly tokens: readonly Token[];
  at: number;
  readonly plan: Plan;
  /** Digits of the last result before the question. */
  readonly previous: string | undefined;
}

type Part = string | Operand;

/** What a language adds to the values of an expression, e.g. `the sum of 3 and 4`. */
export type ReadMore = (reading: Reading) => Operand | undefined;

export function current(reading: Reading): Token | undefined {
  return reading.tokens[reading.at];
}

/** The result before the question. @throws {NotUnderstood} when there is none. */
export function previousResult({ previous }: Reading): Operand {
  if (previous === undefined) throw new NotUnderstood('no-result');
  return { type: 'number', digits: previous };
}

/** Reads one value without the operators behind it. Undefined, with nothing read, when none stands here. */
export function readSingle(reading: Reading, readReference: ReadMore, readMore: ReadMore): Operand | undefined {
  const parts = readTerm(reading, { readReference, readMore });
  return parts === undefined ? undefined : toOperand(reading, parts);
}

/** Reads one value, calculations in it included. Undefined, with nothing read, when none stands here. */
export function readValue(
  reading: Reading,
  readReference: ReadMore,
  readMore: ReadMore = () => undefined,
): Operand | undefined {
  const { plan } = reading;
  const readers = { readReference, readMore };
  const parts = readTerm(reading, readers);
  if (parts === undefined) return undefined;
  let operators = 0;
  let onlyWord: Exclude<Operation, 'sqrt'> | undefined;
  const sides: Part[][] = [parts];
  const all: Part[] = [...parts];
  for (let operator = readOperator(reading); operator !== undefined; operator = readOperator(reading)) {
    const start = reading.at;
    reading.at += 1;
    const right = readTerm(reading, readers);
    if (right === undefined) {
      reading.at = start;
      break;
    }
    operators += 1;
    onlyWord = operator.isWord ? operator.operation : undefined;
    sides.push(right);
    all.push(operator.operation === 'power' ? '^' : ` ${operator.text} `, ...right);
  }
  const [left, right] = sides.map(([side, ...rest]) =>
    rest.length === 0 && typeof side === 'object' ? side : undefined,
  );
  if (operators === 0 && left !== undefined) return left;
  if (operators === 1 && onlyWord !== undefined && left !== undefined && right !== undefined)
    return plan.calculate(onlyWord, [left, right]);
  return plan.evaluate(all);
}

function readOperator(
  reading: Reading,
): { readonly text: string; readonly operation?: Exclude<Operation, 'sqrt'>; readonly isWord: boolean } | undefined {
  const token = current(reading);
  if (token?.type === 'infix') return { text: symbols[token.operation], operation: token.operation, isWord: true };
  if (token?.type !== 'symbol' || !'+-*/^%'.includes(token.text)) return undefined;
  return { text: token.text, isWord: false, ...(token.text === '^' ? { operation: 'power' as const } : {}) };
}

interface Readers {
  readonly readReference: ReadMore;
  readonly readMore: ReadMore;
}

/** A number, a bracket, a function, a reference, each with a sign before and powers behind. */
function readTerm(reading: Reading, readers: Readers): Part[] | undefined {
  const start = reading.at;
  const token = current(reading);
  reading.at += 1;
  if ((token?.type === 'symbol' && token.text === '-') || (token?.type === 'infix' && token.operation === 'subtract')) {
    const term = readTerm(reading, readers);
    // -2^2 is -(2^2): the sign may only become part of the number where no power follows.
    if (term !== undefined) return readOperator(reading)?.text === '^' ? ['-', ...term] : negate(term);
  } else if (token?.type === 'number') {
    const next = current(reading);
    // 2(1+2) means different things to different people.
    if (next?.type === 'symbol' && next.text === '(') throw new NotUnderstood('unknown');
    return readPostfix(reading, [{ type: 'number', digits: token.digits }]);
  } else if (token?.type === 'symbol' && token.text === '(') {
    const inner = readInner(reading, readers, false);
    if (inner !== undefined) return readPostfix(reading, ['(', ...inner, ')']);
  } else if (token?.type === 'function') {
    const start = reading.at;
    reading.at += 1;
    const opening = reading.tokens[start];
    const inner = opening?.type === 'symbol' && opening.text === '(' ? readInner(reading, readers, true) : undefined;
    if (inner !== undefined) return readPostfix(reading, [`${token.name}(`, ...inner, ')']);
    reading.at = start;
    const argument = readTerm(reading, readers);
    if (argument !== undefined) return readPostfix(reading, [`${token.name}(`, ...argument, ')']);
  } else {
    reading.at = start;
    const more = (token?.type === 'reference' ? readers.readReference : readers.readMore)(reading);
    if (more !== undefined) return readPostfix(reading, [more]);
  }
  reading.at = start;
  return undefined;
}

/** What stands in a bracket, up to its end: values and operators, and commas between the arguments of a function. */
function readInner(reading: Reading, readers: Readers, mayHaveCommas: boolean): Part[] | undefined {
  const parts = readTerm(reading, readers);
  while (parts !== undefined) {
    const token = current(reading);
    const operator = readOperator(reading);
    reading.at += 1;
    if (token?.type === 'symbol' && token.text === ')') return parts;
    const isComma = mayHaveCommas && token?.type === 'role' && token.role === 'and';
    const right = operator === undefined && !isComma ? undefined : readTerm(reading, readers);
    if (right === undefined) return undefined;
    parts.push(operator === undefined ? ', ' : operator.text === '^' ? '^' : ` ${operator.text} `, ...right);
  }
  return undefined;
}

function readPostfix(reading: Reading, term: Part[]): Part[] {
  const token = current(reading);
  if (token?.type !== 'operation' || token.form !== 'postfix') return term;
  if (token.operation === 'factorial') {
    reading.at += 1;
    return ['factorial(', ...term, ')'];
  }
  // In Korean the word after a number may be its exponent instead: 10제곱. Only words that say their own exponent count.
  if (token.operation !== 'power' || token.by === undefined) return term;
  reading.at += 1;
  return readPostfix(reading, [
    reading.plan.calculate('power', [toOperand(reading, term), { type: 'number', digits: token.by }]),
  ]);
}

function toOperand({ plan }: Reading, parts: Part[]): Operand {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only : plan.evaluate(parts);
}

function negate(term: Part[]): Part[] {
  const [first, ...rest] = term;
  if (typeof first === 'object' && first.type === 'number' && rest.length === 0)
    return [{ type: 'number', digits: first.digits.startsWith('-') ? first.digits.slice(1) : `-${first.digits}` }];
  return ['-', ...term];
}
