/** Why a prompt or a resource of a tool server could not be had. */
import { AppError } from '../../errors.ts';

/** - `gone` the server does not have it, or may not be asked for it; `refused` it has, and does not take these arguments; `unreachable` it cannot be asked now. */
export type SourceFailureCode = 'gone' | 'refused' | 'unreachable';

export class SourceFailure extends AppError {
  declare readonly code: SourceFailureCode;

  constructor(code: SourceFailureCode, options?: ErrorOptions) {
    super(code, `What a tool server offers could not be had: ${code}.`, options);
  }
}
