/** Where people see what tool servers say otherwise than before, and who may accept it, as the operator's file says. */
import type { OperatorFile } from './operator-schema.ts';

export interface ReviewConfig {
  /** Undefined: nowhere. It stands in the log, and is accepted by `npm run store`. */
  readonly channelId: string | undefined;
  /** Without both: whoever may manage the server. */
  readonly roleIds: readonly string[];
  readonly userIds: readonly string[];
}

export function toReview({ review }: OperatorFile): ReviewConfig {
  return { channelId: review?.channel, roleIds: review?.roles ?? [], userIds: review?.people ?? [] };
}
