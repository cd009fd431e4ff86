/**
 * Korean puts the verb last, so a question reads like a stack machine: numbers wait until a verb takes them, and what
 * it made waits for the next verb.
 */
import { current, NotUnderstood, previousResult, type Reading, readValue } from './expression.ts';
import type { Calculation, Operand, Operation } from './plan.ts';
import type { Role, Token } from './tokens.ts';

interface Waiting {
  readonly operand: Operand;
  readonly role: Role | undefined;
}

const two: Operand = { type: 'number', digits: '2' };

type OperationToken = Extract<Token, { type: 'operation' }>;

/** Puts the calculations of the question in the plan. @throws {NotUnderstood} */
export function readKorean(reading: Reading): void {
  new KoreanReader(reading).read();
}

class KoreanReader {
  readonly #reading: Reading;
  /** Said since the last verb. */
  #waiting: Waiting[] = [];
  /** Made by earlier verbs and not used since. */
  readonly #results: Operand[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  read(): void {
    const reading = this.#reading;
    for (let token = current(reading); token !== undefined; token = current(reading)) {
      if (token.type === 'unsupported') throw new NotUnderstood('unknown');
      if (token.type === 'both' && this.#results.length < 2) this.#skipThen(() => this.#wait(two));
      else if (token.type === 'symbol' && token.text === '%') this.#takePercent();
      else if (token.type === 'infix' && this.#hasLeft()) this.#takeInfix(token.operation);
      else if (token.type === 'operation' && token.form !== 'noun') this.#skipThen(() => this.#apply(token));
      else if (!this.#takeValue(token)) reading.at += 1;
    }
  }

  /** A number, an expression, or a root that stands before its number (루트 144). */
  #takeValue(token: Token): boolean {
    const reading = this.#reading;
    if (token.type === 'reference' && token.isAsked) return false;
    const isRoot = token.type === 'operation';
    if (isRoot) reading.at += 1;
    const value = readValue(reading, () => this.#skipThen(() => this.#refer()));
    if (value !== undefined) this.#wait(isRoot ? reading.plan.calculate('sqrt', [value]) : value);
    else if (isRoot) this.#replaceLast((operand) => reading.plan.calculate('sqrt', [operand]));
    return isRoot || value !== undefined;
  }

  /** Whether an infix word has its left side already, and is not the sign of the next number. */
  #hasLeft(): boolean {
    const left = this.#waiting.at(-1);
    return left === undefined ? this.#results.length > 0 : left.role !== 'and' && left.role !== 'object';
  }

  /** The left side came from a verb (2의 10제곱 더하기 1), or the word is used as a verb (15와 27 더하기). */
  #takeInfix(operation: Exclude<Operation, 'sqrt'>): void {
    this.#reading.at += 1;
    const right = readValue(this.#reading, () => this.#skipThen(() => this.#refer()));
    if (right === undefined) {
      this.#apply({ type: 'operation', operation, form: 'verb' });
      return;
    }
    const left = this.#waiting.pop()?.operand ?? this.#last();
    this.#wait(this.#reading.plan.calculate(operation, [left, right]));
  }

  /** 200의 15%. */
  #takePercent(): void {
    this.#reading.at += 1;
    const percent = this.#waiting.pop();
    const base = this.#waiting.pop();
    if (percent === undefined || base?.role !== 'of') throw new NotUnderstood('unknown');
    this.#wait(this.#reading.plan.evaluate([base.operand, ' * ', percent.operand, ' / 100']));
  }

  /** Lets a verb take what it needs. */
  #apply(token: OperationToken): void {
    const { plan } = this.#reading;
    const { operation } = token;
    if (operation === 'remainder' || operation === 'quotient') {
      this.#refineDivision(operation);
    } else if (operation === 'sqrt' || operation === 'factorial') {
      this.#replaceLast((operand) => plan.calculate(operation, [operand]));
    } else if (operation === 'power' || token.by !== undefined) {
      const by: Operand = token.by === undefined ? this.#takeExponent() : { type: 'number', digits: token.by };
      this.#replaceLast((operand) => plan.calculate(operation, [operand, by]));
    } else if (this.#waiting.length > 0 || this.#results.length > 1) {
      // Otherwise the verb has nothing to work on and repeats what was said: "더해줘, 꼭 더해줘".
      this.#results.push(plan.calculate(operation, this.#takeOperands(operation)));
    }
  }

  /** 10 of «2의 10제곱»; 2 of «12의 제곱» and of «12 제곱», where the number must be the base. */
  #takeExponent(): Operand {
    const said = this.#waiting.at(-1);
    const hasBase = this.#waiting.length > 1 || this.#results.length > 0;
    if (said?.role !== undefined || said?.operand.type !== 'number' || !hasBase) return two;
    this.#waiting.pop();
    return said.operand;
  }

  /** 10을 3으로 나눈 나머지: the division was planned already, and something else is wanted of it. */
  #refineDivision(wanted: 'remainder' | 'quotient'): void {
    const { plan } = this.#reading;
    const step = plan.takeBack();
    const [left, right] = step?.operation === 'divide' ? step.operands : [];
    if (left === undefined || right === undefined) throw new NotUnderstood('unknown');
    this.#results.pop();
    this.#wait(plan.calculate(wanted, [left, right]));
  }

  /**
   * All numbers that wait; one alone goes with the last result. Particles say which number is taken from and which one
   * divides: 30을 100에서 빼다, 4로 100을 나누다.
   */
  #takeOperands(operation: Calculation): Operand[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    const [only] = waiting;
    if (only === undefined) return this.#results.splice(-2);
    if (waiting.length === 1) {
      const last = this.#last();
      return operation === 'subtract' && only.role === 'from' ? [only.operand, last] : [last, only.operand];
    }
    const rank = ({ role }: Waiting): number =>
      operation === 'subtract' ? Number(role !== 'from') : operation === 'divide' ? Number(role === 'by') : 0;
    return waiting.toSorted((left, right) => rank(left) - rank(right)).map(({ operand }) => operand);
  }

  #replaceLast(make: (operand: Operand) => Operand): void {
    this.#wait(make(this.#waiting.pop()?.operand ?? this.#last()));
  }

  #wait(operand: Operand): void {
    const token = current(this.#reading);
    if (token?.type === 'role') this.#reading.at += 1;
    this.#waiting.push({ operand, role: token?.type === 'role' ? token.role : undefined });
  }

  /** What 거기, 그 값 mean: what was just made, else the result before the question. */
  #refer(): Operand {
    if (this.#results.length === 0 && this.#waiting.at(-1)?.operand.type === 'result')
      return this.#waiting.pop()?.operand ?? this.#last();
    return this.#last();
  }

  #last(): Operand {
    return this.#results.pop() ?? previousResult(this.#reading);
  }

  #skipThen<Result>(act: () => Result): Result {
    this.#reading.at += 1;
    return act();
  }
}
