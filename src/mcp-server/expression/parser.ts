/**
 * Turns tokens into a program for a stack machine: operands first, then what is done with them. The program is flat, so
 * that however long an expression is, running it needs no recursion; nesting is bounded here.
 */
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import {
  binaryOperators,
  constants,
  factorial,
  functions,
  negation,
  type Operation,
  signPrecedence,
  squareRoot,
} from './functions.ts';
import { shortened, type Token, tokenize, unexpected } from './tokens.ts';

/** Puts a number, or the value of the variable, on the stack, or takes `count` operands from it and puts the result there. */
export type Instruction =
  | { readonly type: 'number'; readonly text: string; readonly position: number }
  | { readonly type: 'variable'; readonly position: number }
  | {
      readonly type: 'operation';
      readonly operation: Operation;
      readonly count: number;
      readonly position: number;
    };

/** How deep parentheses, signs and towers of powers may be nested. */
const maximumDepth = 200;

const factorialPrecedence = 5;

/**
 * @param variable The one name that stands for a value that is not known yet. Default: there is none.
 * @throws {CalculatorError} that says what is wrong with the expression, and where.
 */
export function parse(expression: string, variable?: string): readonly Instruction[] {
  return new Parser(tokenize(expression), variable).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #variable: string | undefined;
  readonly #program: Instruction[] = [];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], variable: string | undefined) {
    this.#tokens = tokens;
    this.#variable = variable;
  }

  parse(): readonly Instruction[] {
    if (this.#peek().kind === 'end') throw new CalculatorError('The expression is empty.');
    this.#parseExpression(0);
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return this.#program;
  }

  #peek(): Token {
    // The last token is the end, and nothing steps over it.
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', position: 1 };
  }

  /** One operand, then every operator that binds at least as tight as `precedence`, each with its own right side. */
  #parseExpression(precedence: number): void {
    this.#depth += 1;
    if (this.#depth > maximumDepth) {
      throw new CalculatorError(
        `The expression is nested too deeply at position ${this.#peek().position}: ${maximumDepth} levels are allowed.`,
      );
    }
    this.#parseOperand();
    while (true) {
      const token = this.#peek();
      const operator = token.kind === 'sign' ? binaryOperators.get(token.text) : undefined;
      if (operator === undefined || operator.precedence < precedence) break;
      this.#index += 1;
      if (token.text === '%') this.#refusePercent(token);
      this.#parseExpression(operator.isRightAssociative ? operator.precedence : operator.precedence + 1);
      this.#emit(operator.operation, 2, token);
    }
    this.#depth -= 1;
  }

  #parseOperand(): void {
    const token = this.#peek();
    if (token.kind === 'end')
      throw new CalculatorError(`The expression ends too early, at position ${token.position}.`);
    this.#index += 1;
    if (token.kind === 'number') this.#program.push({ type: 'number', text: token.text, position: token.position });
    else if (token.kind === 'name') this.#parseName(token);
    else if (token.text === '(') this.#parseClosed(token);
    else if (token.text === '-' || token.text === '+') {
      this.#parseExpression(signPrecedence);
      if (token.text === '-') this.#emit(negation, 1, token);
      return;
    } else if (token.text === '√') {
      this.#parseExpression(factorialPrecedence);
      this.#emit(squareRoot, 1, token);
      return;
    } else {
      this.#index -= 1;
      throw this.#unexpected();
    }
    this.#parseFactorial();
  }

  #parseFactorial(): void {
    if (this.#peek().text !== '!') return;
    this.#emit(factorial, 1, this.#peek());
    this.#index += 1;
    if (this.#peek().text === '!') throw this.#unexpected('for the factorial of a factorial write (n!)!');
  }

  #parseName(token: Token): void {
    if (token.text === this.#variable) {
      this.#program.push({ type: 'variable', position: token.position });
      return;
    }
    const constant = constants.get(token.text);
    if (constant !== undefined) {
      this.#emit(constant, 0, token);
      return;
    }
    const called = functions.get(token.text);
    if (called === undefined) {
      const variable = this.#variable === undefined ? [] : [this.#variable];
      const known = [...variable, ...functions.keys(), ...constants.keys()].join(', ');
      throw new CalculatorError(
        `Unknown name "${shortened(token.text)}" at position ${token.position}: there are ${known}.`,
      );
    }
    if (this.#peek().text !== '(') {
      throw new CalculatorError(`"${token.text}" at position ${token.position} is a function: write ${token.text}(…).`);
    }
    const open = this.#peek();
    this.#index += 1;
    if (this.#peek().text === ')') throw this.#unexpected(`${token.text} needs ${argumentCount(called)}`);
    const count = this.#parseClosed(open, called);
    this.#emit(called, count, token);
  }

  /** What stands up to the closing parenthesis. Returns the number of arguments. */
  #parseClosed(open: Token, called?: Operation): number {
    let count = 1;
    this.#parseExpression(0);
    for (; called !== undefined && this.#peek().text === ','; count += 1) {
      if (count === called.most) throw this.#unexpected(`the function takes ${argumentCount(called)}`);
      this.#index += 1;
      this.#refuseThousands();
      this.#parseExpression(0);
    }
    if (this.#peek().kind === 'end') {
      throw new CalculatorError(`The "(" at position ${open.position} is never closed.`);
    }
    if (this.#peek().text !== ')') throw this.#unexpected();
    this.#index += 1;
    return count;
  }

  #emit(operation: Operation, count: number, { position }: Token): void {
    this.#program.push({ type: 'operation', operation, count, position });
  }

  /** `50%` and `100% - 15%` are not guessed at: per cent of what is not written there. */
  #refusePercent(percent: Token): void {
    const { kind, text } = this.#peek();
    if (kind === 'number' || kind === 'name' || text === '(' || text === '√') return;
    const advice =
      '% is the remainder of a division. For per cent write / 100; put a divisor with a sign in parentheses';
    throw unexpected('%', percent.position, advice);
  }

  /** `max(1,000, 2)` would otherwise be taken for three numbers. */
  #refuseThousands(): void {
    const { kind, text, position } = this.#peek();
    if (kind === 'number' && /^0\d/.test(text)) {
      throw unexpected(text, position, 'write numbers without thousands separators');
    }
  }

  #unexpected(advice?: string): CalculatorError {
    const { kind, text, position } = this.#peek();
    if (kind === 'end') return new CalculatorError(`The expression ends too early, at position ${position}.`);
    return unexpected(text, position, advice ?? this.#advice());
  }

  /** What was probably meant by a token that cannot follow here. */
  #advice(): string {
    const { kind, text } = this.#peek();
    if (text === ',') return 'a comma only separates the arguments of a function; write 1000, not 1,000';
    if (this.#index > 0 && (kind !== 'sign' || text === '(' || text === '√'))
      return 'between two values write an operator';
    return '';
  }
}

function argumentCount({ least, most }: Operation): string {
  if (least === most) return least === 1 ? 'one argument' : `${least} arguments`;
  return Number.isFinite(most) ? `${least} or ${most} arguments` : 'at least one argument';
}
