/** Looks at tasks now and then until they are done, a few at a time, however many turns wait; and bounds how many there are. */
import type { Logger } from '../../log.ts';
import { pause } from '../../waiting.ts';
import type { AgentLimits } from '../limits.ts';
import type { TaskState } from '../tools/task-looking.ts';
import type { CallContext, ToolAnswer } from '../tools/tool.ts';
import type { ToolHost } from '../tools/tool-host.ts';
import { type CallTask, openTasks, type Turn } from '../turn.ts';
import { stopped } from './call-results.ts';
import type { TurnWriter } from './turn-writer.ts';
import type { UnsettledTurns } from './unsettled-turns.ts';

export interface TaskWatchOptions {
  readonly host: Pick<ToolHost, 'lookAtTask' | 'cancelTask'>;
  readonly unsettled: Pick<UnsettledTurns, 'all'>;
  readonly limits: AgentLimits;
  readonly writer: Pick<TurnWriter, 'save'>;
  readonly log: Logger;
}

/** Looks at once. */
const mostLooks = 8;
/** After so many looks in a row that make no sense, the task is given up. */
const mostOdd = 5;

export class TaskWatch {
  readonly #options: TaskWatchOptions;
  readonly #waiting: (() => void)[] = [];
  #looks = 0;

  constructor(options: TaskWatchOptions) {
    this.#options = options;
  }

  /** Whether the turn may have one more task. */
  hasRoom({ question }: Turn): boolean {
    const { unsettled, limits } = this.#options;
    let ofMember = 0;
    let ofChannel = 0;
    for (const turn of unsettled.all) {
      const count = openTasks(turn).length;
      if (turn.question.authorId === question.authorId) ofMember += count;
      if (turn.question.channelId === question.channelId) ofChannel += count;
    }
    return ofMember < limits.tasksPerMember && ofChannel < limits.tasksPerChannel;
  }

  /** What a call of that turn is made with: how long a task of it should be kept, or nothing, where there is no room for one. */
  wishFor(turn: Turn): Pick<CallContext, 'taskTtlMs'> {
    return this.hasRoom(turn) ? { taskTtlMs: this.#options.limits.taskMs } : {};
  }

  /** The task of that person's call is not wanted any more. Never rejects, and takes some seconds at most. */
  async cancel(task: CallTask, askerId: string): Promise<void> {
    await this.#options.host.cancelTask(task, askerId);
  }

  /**
   * Nobody wants the turn's task any more. That goes on record first: a later process must not take what was stopped for something that
   * its server has ended. Never rejects, and takes some seconds at most.
   */
  async giveUp(task: CallTask, turn: Turn): Promise<void> {
    const { writer, log } = this.#options;
    task.isUnwanted = true;
    await writer.save(turn).catch((error: unknown) => {
      log.error('turn-save-fail', { turnId: turn.question.id, error });
    });
    await this.cancel(task, turn.question.authorId);
  }

  /**
   * Looks at the task until there is an answer. Never rejects. An abort of the call cancels the task, unless the process ends.
   * @param patience When it aborts, nobody stays for the task any more: it is left at the next moment between two looks.
   * @returns undefined when the task goes on.
   */
  async wait(
    task: CallTask,
    turn: Turn,
    toolName: string,
    call: CallContext,
    patience?: AbortSignal,
  ): Promise<ToolAnswer | undefined> {
    const { limits } = this.#options;
    if (task.isUnwanted === true) return await this.#leave(task, turn);
    let waitMs = limits.taskPollLeastMs;
    let odd = 0;
    for (;;) {
      await pause(waitMs, patience === undefined ? call.signal : AbortSignal.any([call.signal, patience]));
      if (call.signal.reason === 'suspend') return undefined;
      if (call.signal.aborted) return await this.#leave(task, turn);
      if (patience?.aborted === true) return undefined;
      // Asked for the last time when it is due: it may have been done long ago.
      const isDue = Date.now() >= task.until;
      const state = await this.#look(task, toolName, call);
      if (state.type === 'ended') return state.answer;
      if (call.signal.reason === 'suspend') return undefined;
      if (call.signal.aborted) return await this.#leave(task, turn);
      odd = state.type === 'odd' ? odd + 1 : 0;
      const end = toEnd(state, odd, isDue);
      if (end !== undefined) {
        if (state.type !== 'unknown') await this.cancel(task, call.askerId);
        return { ok: false, text: end };
      }
      if (state.type === 'working' && state.message !== '')
        call.onProgress({ progress: 0, total: 0, message: state.message });
      waitMs = this.#waitAfter(state, task);
    }
  }

  #waitAfter(state: TaskState, { until }: CallTask): number {
    const { taskPollLeastMs, taskPollMs, taskPollMostMs } = this.#options.limits;
    const wanted = (state.type === 'working' ? state.pollMs : undefined) ?? taskPollMs;
    const bounded = Math.min(taskPollMostMs, Math.max(taskPollLeastMs, wanted));
    return Math.min(bounded, Math.max(taskPollLeastMs, until - Date.now()));
  }

  async #look(task: CallTask, toolName: string, call: CallContext): Promise<TaskState> {
    if (this.#looks >= mostLooks) await new Promise<void>((begin) => this.#waiting.push(begin));
    else this.#looks += 1;
    try {
      return call.signal.aborted ? { type: 'away' } : await this.#options.host.lookAtTask(task, toolName, call);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#looks -= 1;
      else next();
    }
  }

  async #leave(task: CallTask, turn: Turn): Promise<ToolAnswer> {
    await this.giveUp(task, turn);
    return { ok: false, text: stopped };
  }
}

/** Why nobody waits any longer, for the model; undefined: somebody does. */
function toEnd(state: TaskState, odd: number, isDue: boolean): string | undefined {
  if (state.type === 'unknown') return 'The tool server does not know this task any more, so there is no result.';
  if (state.type === 'odd' && odd >= mostOdd) return `The task was given up: ${state.reason}`;
  return isDue ? 'The task took longer than it is kept, so there is no result.' : undefined;
}
