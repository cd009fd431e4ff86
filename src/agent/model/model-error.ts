/** Why the model gave no whole answer, as a code that the record keeps. */
import { AppError } from '../../errors.ts';
import type { FailureCode } from '../turn.ts';

/** The message never quotes the conversation. */
export class ModelError extends AppError {
  declare readonly code: FailureCode;
  /** Milliseconds after which the server said to come back. */
  readonly retryAfterMs: number | undefined;
  /** The prompt does not fit into the model's window. */
  readonly isTooLong: boolean;

  constructor(
    code: FailureCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number; readonly isTooLong?: boolean } = {},
  ) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.isTooLong = options.isTooLong === true;
  }
}
