/** Why there is no result. The message is one sentence for the model that called the tool: what is wrong, what to do. */
export class CalculatorError extends Error {
  override readonly name = 'CalculatorError';

  /** The same reason, with where it arose in an expression. Positions count characters from 1. */
  at(position: number): CalculatorError {
    return new CalculatorError(`${this.message.replace(/\.$/, '')} (at position ${position}).`, { cause: this });
  }
}
