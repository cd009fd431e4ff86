/**
 * All webhooks of a channel together make so many messages in a while, answers to interactions included. Discord publishes
 * no numbers; these are what others met: discord-api-docs issues 367, 2701 and 3763.
 */

export interface WebhookMessagesOptions {
  readonly webhookMessageLimit: number;
  readonly webhookMessageWindowMs: number;
}

export class WebhookMessages {
  readonly #options: WebhookMessagesOptions;
  /** By channel: when they were made there. */
  readonly #made = new Map<string, number[]>();

  constructor(options: WebhookMessagesOptions) {
    this.#options = options;
  }

  /** Counts a message that is to be made. @returns the milliseconds to wait when there were too many; 0 lets it through. */
  take(channelId: string): number {
    const { webhookMessageLimit: most, webhookMessageWindowMs: windowMs } = this.#options;
    if (most === Number.POSITIVE_INFINITY) return 0;
    const now = Date.now();
    const recent = (this.#made.get(channelId) ?? []).filter((time) => now - time < windowMs);
    const [oldest = now] = recent;
    if (recent.length >= most) return oldest + windowMs - now;
    this.#made.set(channelId, [...recent, now]);
    return 0;
  }
}
