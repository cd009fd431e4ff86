/** How a file that came with a question is fetched: the front end knows where from. */
import type { Attachment, LeftOutReason } from '../turn.ts';

/**
 * Resolves with the whole file.
 * Rejects with an {@link AttachmentError}, or with anything at all once the signal is aborted. Never takes in more than `mostBytes`.
 */
export type FetchAttachment = (
  attachment: Attachment,
  options: { readonly mostBytes: number; readonly signal: AbortSignal },
) => Promise<Uint8Array>;

export class AttachmentError extends Error {
  readonly reason: Extract<LeftOutReason, 'too-large' | 'unreachable'>;

  constructor(reason: AttachmentError['reason'], options?: ErrorOptions) {
    super(`The attachment was not fetched: ${reason}.`, options);
    this.reason = reason;
  }
}
