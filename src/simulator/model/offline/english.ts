/** English puts the verb first: a clause is a verb with the numbers after it, and prepositions say which is which. */
import { current, NotUnderstood, previousResult, type Reading, readSingle, readValue } from './expression.ts';
import type { Operand } from './plan.ts';
import type { Role, Token } from './tokens.ts';

type OperationToken = Extract<Token, { type: 'operation' }>;

interface Argument {
  readonly operand: Operand;
  readonly role: Role | undefined;
}

interface Clauses extends Reading {
  /** Numbers that were said before any verb: "take 100, subtract 30", "I have 3 and 4, add them". */
  readonly said: Operand[];
}

/** Puts the calculations of the question in the plan. @throws {NotUnderstood} */
export function readEnglish(start: Reading): void {
  const reading: Clauses = { ...start, said: [] };
  for (let token = current(reading); token !== undefined; token = current(reading)) {
    refuseUnsupported(token);
    if (token.type === 'operation' && token.form === 'verb') {
      readClause(reading, token);
      continue;
    }
    const value = isIdle(reading, token) ? undefined : readArgument(reading);
    if (value === undefined) reading.at += 1;
    else if (value.type === 'number') reading.said.push(value);
  }
}

/** A percent sign that no "of" follows is as far beyond this model as an equation. */
function refuseUnsupported(token: Token): void {
  if (token.type === 'unsupported' || (token.type === 'symbol' && token.text === '%'))
    throw new NotUnderstood('unknown');
}

/** A reference that nothing is done with, as in "what was the result?" or "can you do that?", needs no earlier result. */
function isIdle({ tokens, at }: Reading, token: Token): boolean {
  const next = tokens[at + 1];
  const isUsed =
    next?.type === 'infix' || next?.type === 'symbol' || (next?.type === 'operation' && next.form === 'postfix');
  return token.type === 'reference' && !isUsed;
}

function readClause(reading: Clauses, { operation, by }: OperationToken): void {
  const { plan, said } = reading;
  const before = lastResult(reading);
  reading.at += 1;
  const found = readArguments(reading);
  const isRange = ['from', 'to'].every((role) => found.some((argument) => argument.role === role));
  if (isRange) throw new NotUnderstood('unknown');
  const operands = found.length > 0 ? arrange(operation, found) : said.splice(0);
  const other = (): Operand => before ?? said.pop() ?? previousResult(reading);
  if (by !== undefined) {
    for (const operand of operands.length > 0 ? operands : [other()])
      plan.calculate(operation, [operand, { type: 'number', digits: by }]);
    return;
  }
  if (operands.length === 0) throw new NotUnderstood('unknown');
  plan.calculate(operation, operands.length > 1 ? operands : [other(), ...operands]);
}

/** Everything up to the next verb or the end of the sentence. */
function readArguments(reading: Reading): Argument[] {
  const found: Argument[] = [];
  let role: Role | undefined;
  for (let token = current(reading); token !== undefined; token = current(reading)) {
    refuseUnsupported(token);
    if (token.type === 'break' || (token.type === 'operation' && token.form === 'verb')) break;
    const operand = token.type === 'role' ? undefined : readArgument(reading);
    if (operand !== undefined) {
      found.push({ operand, role });
      continue;
    }
    if (token.type === 'role' && token.role !== 'and') role = token.role;
    reading.at += 1;
  }
  return found;
}

/** add 10 to 5, subtract 30 from 100, divide 2 into 10: what these prepositions mark comes first. */
function arrange(operation: string, found: readonly Argument[]): Operand[] {
  const first = operation === 'subtract' ? 'from' : 'to';
  const rank = ({ role }: Argument): number => Number(role !== first);
  return found.toSorted((left, right) => rank(left) - rank(right)).map(({ operand }) => operand);
}

/** A value with its operators, or a share such as 15% of 200. */
function readArgument(reading: Reading): Operand | undefined {
  const value = readValue(reading, readReference, readNoun);
  const [sign, of] = reading.tokens.slice(reading.at, reading.at + 2);
  const isShare = sign?.type === 'symbol' && sign.text === '%' && of?.type === 'role' && of.role === 'of';
  if (value === undefined || !isShare) return value;
  reading.at += 2;
  const whole = readValue(reading, readReference, readNoun);
  if (whole === undefined) throw new NotUnderstood('unknown');
  return reading.plan.evaluate([whole, ' * ', value, ' / 100']);
}

function readReference(reading: Reading): Operand {
  reading.at += 1;
  return lastResult(reading) ?? previousResult(reading);
}

/** "the sum of 4, 5 and 6", "the square root of 144"; "the sum" alone means the last result. */
function readNoun(reading: Reading): Operand | undefined {
  const token = current(reading);
  if (token?.type !== 'operation' || token.form !== 'noun') return undefined;
  const { plan } = reading;
  const { operation, by } = token;
  const before = lastResult(reading);
  reading.at += 1;
  const operands = readList(reading);
  if (by !== undefined) operands.push({ type: 'number', digits: by });
  const needed = operation === 'sqrt' || operation === 'factorial' ? 1 : 2;
  if (operands.length >= needed) return plan.calculate(operation, operands);
  const next = current(reading);
  const isRange = next?.type === 'role' && next.role === 'from';
  if (operands.length === 0 && by === undefined && !isRange) return before ?? previousResult(reading);
  throw new NotUnderstood('unknown');
}

/** Numbers side by side, with commas and "and" between. Operators behind them belong to the whole: the sum of 3 and 4 plus 5. */
function readList(reading: Reading): Operand[] {
  const operands: Operand[] = [];
  for (;;) {
    const start = reading.at;
    for (let token = current(reading); isListWord(token); token = current(reading)) reading.at += 1;
    const operand = readSingle(reading, readReference, readNoun);
    if (operand === undefined) {
      reading.at = start;
      return operands;
    }
    operands.push(operand);
  }
}

function isListWord(token: Token | undefined): boolean {
  return token?.type === 'role' && (token.role === 'and' || token.role === 'of');
}

function lastResult({ plan }: Reading): Operand | undefined {
  return plan.steps.length === 0 ? undefined : { type: 'result', step: plan.steps.length - 1 };
}
