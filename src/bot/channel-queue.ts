/** One thing at a time in each channel, in the order asked; different channels side by side. Forgets idle channels. */
export class ChannelQueue {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `task` after all that was queued for the channel before. `task` must not reject. */
  run(channelId: string, task: () => Promise<void>): void {
    const before = this.#last.get(channelId);
    // An idle channel starts at once: a member is waiting.
    const done = before === undefined ? task() : before.then(task);
    this.#last.set(channelId, done);
    void done.then(() => {
      if (this.#last.get(channelId) === done) this.#last.delete(channelId);
    });
  }

  /** Resolves when every channel is idle. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
