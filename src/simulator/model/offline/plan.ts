/** What is to be calculated: steps over numbers and over results of earlier steps. Pure data and its replay. */

/** Numbers stay text, to the digit. */
export type Operand =
  | { readonly type: 'number'; readonly digits: string }
  | { readonly type: 'result'; readonly step: number };

/** What there is a tool for. */
export type Operation = 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'sqrt';

/** What can be asked for; what has no tool of its own is made of others. */
export type Calculation = Operation | 'average' | 'factorial' | 'remainder' | 'quotient';

/** One tool call. `evaluate` takes text with operands in it. */
export type Step =
  | { readonly operation: Operation; readonly operands: readonly Operand[] }
  | { readonly operation: 'evaluate'; readonly parts: readonly (string | Operand)[] };

/** More numbers than this are added or multiplied in one expression, so that the answer does not take a dozen rounds. */
const longestChain = 4;
const nothing: Operand = { type: 'number', digits: '0' };

export const symbols: Readonly<Record<Exclude<Operation, 'sqrt'>, string>> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  power: '^',
};

/** A plan as it is being made. */
export class Plan {
  readonly steps: Step[] = [];

  /** Chains `((a op b) op c)…` where there are more than two operands; one operand alone stays as it is. */
  calculate(calculation: Calculation, operands: readonly Operand[]): Operand {
    const [first = nothing, second = nothing] = operands;
    switch (calculation) {
      case 'sqrt':
        return this.#push({ operation: 'sqrt', operands: [first] });
      case 'factorial':
        return this.evaluate(['factorial(', first, ')']);
      case 'remainder':
        return this.evaluate([first, ' % ', second]);
      case 'quotient':
        return this.evaluate(['floor(', first, ' / ', second, ')']);
      case 'average': {
        const count: Operand = { type: 'number', digits: String(operands.length) };
        return this.calculate('divide', [this.calculate('add', operands), count]);
      }
      default:
        return this.#chain(calculation, operands);
    }
  }

  evaluate(parts: readonly (string | Operand)[]): Operand {
    return this.#push({ operation: 'evaluate', parts });
  }

  /** Takes back the last step, to put another in its place. */
  takeBack(): Step | undefined {
    return this.steps.pop();
  }

  #chain(operation: Exclude<Operation, 'sqrt'>, operands: readonly Operand[]): Operand {
    const [first = nothing, ...rest] = operands;
    if (operands.length <= longestChain)
      return rest.reduce<Operand>((left, right) => this.#push({ operation, operands: [left, right] }), first);
    const signed = rest.flatMap((operand) => [` ${symbols[operation]} `, operand]);
    return this.evaluate([first, ...signed]);
  }

  #push(step: Step): Operand {
    this.steps.push(step);
    return { type: 'result', step: this.steps.length - 1 };
  }
}

export function operandsOf(step: Step): readonly Operand[] {
  return step.operation === 'evaluate' ? step.parts.filter((part) => typeof part !== 'string') : step.operands;
}

/** Indices of the steps that can be called now: not done, all their operands known. */
export function readySteps(steps: readonly Step[], results: ReadonlyMap<number, string>): number[] {
  return steps.flatMap((step, index) => {
    const isReady = operandsOf(step).every((operand) => operand.type === 'number' || results.has(operand.step));
    return isReady && !results.has(index) ? index : [];
  });
}

/** The digits of an operand whose step is done. */
export function digitsOf(operand: Operand, results: ReadonlyMap<number, string>): string {
  return operand.type === 'number' ? operand.digits : (results.get(operand.step) ?? '?');
}

/** A step's expression with its operands filled in. */
export function expressionOf(step: Step, results: ReadonlyMap<number, string>): string {
  if (step.operation === 'sqrt') return `sqrt(${step.operands.map((operand) => digitsOf(operand, results)).join('')})`;
  if (step.operation !== 'evaluate')
    return step.operands.map((operand) => inExpression(operand, results)).join(` ${symbols[step.operation]} `);
  const text = step.parts.map((part) => (typeof part === 'string' ? part : inExpression(part, results))).join('');
  return text.replaceAll(/\((\(-[\d.]+\))\)/g, '$1');
}

function inExpression(operand: Operand, results: ReadonlyMap<number, string>): string {
  const digits = digitsOf(operand, results);
  return digits.startsWith('-') ? `(${digits})` : digits;
}
