/** One thing at a time in each channel, in the order asked; different channels side by side. Forgets idle channels. */
export class ChannelQueue {
  readonly #last = new Map<string, Promise<void>>();
  /** Until it is released, the queue only takes down what is to be done. */
  #held: (() => void)[] | undefined = [];

  /** Runs `task` after all that was queued for the channel before. `task` must not reject. */
  run(channelId: string, task: () => Promise<void>): void {
    if (this.#held === undefined) this.runFirst(channelId, task);
    else this.#held.push(() => this.runFirst(channelId, task));
  }

  /** As {@link run}, but before everything that is held. */
  runFirst(channelId: string, task: () => Promise<void>): void {
    const before = this.#last.get(channelId);
    // An idle channel starts at once: a member is waiting.
    const done = before === undefined ? task() : before.then(task);
    this.#last.set(channelId, done);
    void done.then(() => {
      if (this.#last.get(channelId) === done) this.#last.delete(channelId);
    });
  }

  /** Lets everything that was held begin. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const begin of held) begin();
  }

  /** Resolves when every channel is idle. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
