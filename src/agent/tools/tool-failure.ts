/** Why a tool call brought no result from its server. */
import { AppError } from '../../errors.ts';

/**
 * - `not-run` the request certainly did not reach the tool (no connection, session unknown);
 * - `lost` the connection failed, and the tool may or may not have run;
 * - `late` it was silent, or took, too long, and was cancelled: the tool may or may not have run;
 * - `login-needed` it certainly did not reach the tool: the asker must log in first;
 * - `refused` the server answered with an error of its own, which the message quotes for the model.
 */
export type ToolFailureCode = 'not-run' | 'login-needed' | 'lost' | 'late' | 'refused';

export class ToolFailure extends AppError {
  declare readonly code: ToolFailureCode;

  constructor(code: ToolFailureCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
