/**
 * One thing at a time in each channel, in the order asked; different channels side by side. Where one member has asked many
 * questions, the others of the channel do not wait for all of them: members take turns. Forgets idle channels.
 */

type Task = () => Promise<void>;

/** Waiting questions of one member that keep their place in the order asked; later ones let the others go first. */
const inOrderAsked = 3;

interface Entry {
  readonly task: Task;
  readonly memberId: string | undefined;
  /** Entries of an earlier round go first; within one, those that came first. */
  readonly round: number;
}

export class ChannelQueue {
  readonly #channels = new Map<string, WaitingTasks>();
  /** Until it is released, the queue only takes down what is to be done. */
  #held: (() => void)[] | undefined = [];

  /** Runs `task` in its turn. `task` must not reject. @param memberId Who asked. Absent: after all that waits now. */
  run(channelId: string, task: Task, memberId?: string): void {
    if (this.#held === undefined) this.#add(channelId, task, memberId);
    else this.#held.push(() => this.#add(channelId, task, memberId));
  }

  /** As {@link run}, but before everything that is held. */
  runFirst(channelId: string, task: Task, memberId: string): void {
    this.#add(channelId, task, memberId);
  }

  /** Lets everything that was held begin. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const begin of held) begin();
  }

  /** Resolves when every channel is idle. */
  async idle(): Promise<void> {
    while (this.#channels.size > 0) await Promise.all([...this.#channels.values()].map(({ drained }) => drained));
  }

  #add(channelId: string, task: Task, memberId: string | undefined): void {
    const known = this.#channels.get(channelId);
    const tasks = known ?? new WaitingTasks();
    tasks.add(task, memberId);
    if (known !== undefined) return;
    this.#channels.set(channelId, tasks);
    void tasks.drain(() => this.#channels.delete(channelId));
  }
}

/** What waits in one channel. */
class WaitingTasks {
  readonly #drained = Promise.withResolvers<void>();
  #waiting: readonly Entry[] = [];
  #round = 0;

  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  add(task: Task, memberId: string | undefined): void {
    const last = this.#waiting.reduce((latest, { round }) => Math.max(latest, round), this.#round);
    const round = memberId === undefined ? last : this.#roundOf(memberId);
    this.#waiting = [...this.#waiting, { task, memberId, round }];
  }

  /** Runs what waits until nothing does. The first task begins at once: a member is waiting. */
  async drain(onDrained: () => void): Promise<void> {
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      this.#round = entry.round;
      await entry.task();
    }
    onDrained();
    this.#drained.resolve();
  }

  #roundOf(memberId: string): number {
    const own = this.#waiting.filter((entry) => entry.memberId === memberId);
    const latest = own.at(-1)?.round ?? this.#round;
    return own.length < inOrderAsked ? latest : latest + 1;
  }

  #take(): Entry | undefined {
    const first = this.#waiting.reduce((earliest, { round }) => Math.min(earliest, round), Infinity);
    const next = this.#waiting.find(({ round }) => round === first);
    this.#waiting = this.#waiting.filter((entry) => entry !== next);
    return next;
  }
}
