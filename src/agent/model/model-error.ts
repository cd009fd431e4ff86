/** Why the model gave no whole answer, as a code that the record keeps. */
import { AppError } from '../../errors.ts';
import type { FailureCode, LeftOutReason } from '../turn.ts';

/** Why a server takes none of the pictures that it was sent: the model never takes any, or it does not take these. */
export type PictureRefusal = Extract<LeftOutReason, 'model' | 'too-large' | 'unreadable'>;

interface ModelErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number;
  readonly isTooLong?: boolean;
  readonly pictureRefusal?: PictureRefusal | undefined;
}

/** The message never quotes the conversation. */
export class ModelError extends AppError {
  declare readonly code: FailureCode;
  /** Milliseconds after which the server said to come back. */
  readonly retryAfterMs: number | undefined;
  /** The prompt does not fit into the model's window. */
  readonly isTooLong: boolean;
  /** Undefined: it was not about pictures, or none were sent. */
  readonly pictureRefusal: PictureRefusal | undefined;

  constructor(code: FailureCode, message: string, options: ModelErrorOptions = {}) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.isTooLong = options.isTooLong === true;
    this.pictureRefusal = options.pictureRefusal;
  }
}
