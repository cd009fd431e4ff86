/** Runs turns: loads what comes before, lets the loop work on the record, and stores how the turn ended. */
import { performance } from 'node:perf_hooks';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import type { RunOptions } from '../agent.ts';
import type { AttachmentReader } from '../attachments/attachment-reader.ts';
import { loadPictures, newestPictures, noPictures, type Pictures } from '../attachments/pictures.ts';
import { BudgetError, type Budgets } from '../budget/budgets.ts';
import type { FormAnswer, FormOutcome } from '../form.ts';
import type { Grants } from '../grants/grants.ts';
import type { ChannelHistory } from '../history/channel-history.ts';
import type { History } from '../history/history.ts';
import { toPrefix } from '../history/prompt.ts';
import type { AgentLimits } from '../limits.ts';
import { ModelError } from '../model/model-error.ts';
import type { Models } from '../model/models.ts';
import type { Model } from '../model/types.ts';
import type { TurnStore } from '../store/turn-store.ts';
import { withResourceLinks } from '../tools/resource-links.ts';
import { restrictTools } from '../tools/restricted-tools.ts';
import type { ToolBox } from '../tools/tool-box.ts';
import type { ToolHost } from '../tools/tool-host.ts';
import {
  addUsage,
  conversationOf,
  type FailureCode,
  foundIn,
  openTasks,
  resultOf,
  type Turn,
  type TurnEnd,
  taskOf,
  type Usage,
} from '../turn.ts';
import type { Approvals } from './approvals.ts';
import { waitForTasks } from './call-tasks.ts';
import { Countdown } from './countdown.ts';
import { LiveTurn } from './live-turn.ts';
import { runLoop } from './loop.ts';
import type { ModelHold, ModelHolds } from './model-hold.ts';
import { PeopleTime } from './people-time.ts';
import { type Sent, sendLess } from './send-less.ts';
import type { TaskWatch } from './task-watch.ts';
import { TurnBudget } from './turn-budget.ts';
import { closeOpenCalls, takeOver, toEnd } from './turn-end.ts';
import type { TurnWriter } from './turn-writer.ts';

/**
 * Asked before a turn begins, and before it goes on after a restart: why it may not, or undefined when it may. What it
 * throws ends the turn as `internal`.
 */
export type Admit = (turn: Turn, signal: AbortSignal) => Promise<FailureCode | undefined>;

export interface TurnRunnerOptions {
  readonly models: Models;
  /** What the agent is told of itself; undefined: what is built in. */
  readonly systemPrompt: string | undefined;
  readonly setting: string | undefined;
  readonly tools: ToolHost;
  readonly history: History;
  readonly reader: AttachmentReader;
  readonly store: TurnStore;
  readonly writer: TurnWriter;
  readonly approvals: Approvals;
  readonly tasks: TaskWatch;
  readonly grants: Grants;
  /** Roles that may approve calls where the tool's server names none. */
  readonly approverRoleIds: readonly string[];
  readonly limits: AgentLimits;
  readonly log: Logger;
  readonly admit: Admit | undefined;
  readonly onEnded: ((turn: Turn) => void) | undefined;
  /** Undefined: nobody else asks the model server for this bot. */
  readonly modelHolds: ModelHolds | undefined;
  /** Undefined: anything may be spent. */
  readonly budgets: Budgets | undefined;
}

/** What a run has to itself. */
interface Run {
  readonly signal: AbortSignal;
  readonly clock: Countdown;
  readonly live: LiveTurn;
  /** The one that the turn is asked with. */
  readonly model: Model;
  /** Undefined: nobody else asks the model server for this bot. */
  readonly modelHold: ModelHold | undefined;
}

interface BudgetedRun extends Run {
  readonly budget: TurnBudget | undefined;
}

const nothingBefore: ChannelHistory = { turns: [], summary: undefined };
const longestStoreRetryMs = 15_000;

export class TurnRunner {
  readonly #options: TurnRunnerOptions;
  readonly #running = new Map<string, LiveTurn>();
  /** Turns that the history has, or has no room for. */
  readonly #added = new WeakSet<Turn>();

  constructor(options: TurnRunnerOptions) {
    this.#options = options;
  }

  /** As {@link Agent.run}. */
  async run(turn: Turn, { signal, onChange }: RunOptions): Promise<void> {
    const { limits, log, onEnded } = this.#options;
    if (turn.end !== undefined) return onEnded?.(turn);
    const startedAt = performance.now();
    const { id: turnId, channelId } = turn.question;
    log.info('turn-start', { turnId, channelId, steps: turn.steps.length });
    const clock = new Countdown(limits.turnMs, 'time-limit');
    const live = new LiveTurn(onChange);
    this.#running.set(turnId, live);
    const either = AbortSignal.any([signal, clock.signal]);
    let end: TurnEnd | undefined;
    let failure: unknown;
    try {
      const { models, modelHolds } = this.#options;
      const name = turn.question.settings?.model;
      const asked = { model: models.of(name), modelHold: modelHolds?.(name) };
      end = await this.#work(turn, { signal: either, clock, live, ...asked });
    } catch (error) {
      if (either.reason === 'suspend') {
        log.info('turn-suspend', { turnId, channelId, steps: turn.steps.length });
        await this.#saveOrLog(turn);
        return;
      }
      end = toEnd(error, either);
      failure = either.aborted || error instanceof BudgetError ? undefined : error;
    } finally {
      clock.stop();
      this.#running.delete(turnId);
    }
    if (end === undefined) {
      log.info('turn-wait', { turnId, channelId, tasks: openTasks(turn).length });
      await this.#saveOrLog(turn);
      return live.over();
    }
    // It may have ended before anybody looked at them.
    await Promise.all(openTasks(turn).map((task) => this.#options.tasks.giveUp(task, turn)));
    closeOpenCalls(turn);
    turn.end = end;
    turn.endedAt ??= Date.now();
    live.over();
    await this.#storeEnd(turn);
    this.#logEnd(turn, turn.end, performance.now() - startedAt, failure);
    onEnded?.(turn);
  }

  /** As {@link Agent.awaitTasks}. */
  async awaitTasks(turn: Turn, { signal, onChange }: RunOptions): Promise<void> {
    const { limits, tasks, store, writer, log } = this.#options;
    const { id: turnId } = turn.question;
    const live = new LiveTurn(onChange);
    this.#running.set(turnId, live);
    const people = new PeopleTime(limits.peopleMs);
    // No time of its own runs meanwhile.
    const clock: Pick<Countdown, 'pausedFor'> = { pausedFor: (wait) => wait };
    await waitForTasks(turn, { limits, signal, live, people, clock, tasks, store, writer, log });
    this.#running.delete(turnId);
    live.over();
    await this.#saveOrLog(turn);
  }

  /** What is shown of the running turn is out of date. */
  changed(turnId: string): void {
    this.#running.get(turnId)?.changed();
  }

  answerForm(turnId: string, formId: string, answer: FormAnswer): FormOutcome {
    return this.#running.get(turnId)?.answer(formId, answer) ?? { type: 'gone' };
  }

  /**
   * Adds the ended turn to its channel's history, once. One that an earlier process ended there, and could not show to the end, ended as
   * it says there, whatever has become of it since. @returns whether it is to be found there from now on.
   */
  async addToHistory(turn: Turn): Promise<boolean> {
    if (this.#added.has(turn)) return true;
    const past = await this.#options.history.add(turn);
    this.#added.add(turn);
    const end = past === undefined || past === turn ? undefined : takeOver(turn, past);
    if (end !== undefined) turn.end = end;
    return past !== undefined;
  }

  async #work(turn: Turn, run: Run): Promise<TurnEnd | undefined> {
    const { admit, limits, tools: host } = this.#options;
    const { signal, live, model } = run;
    const refusal = await admit?.(turn, signal);
    if (refusal !== undefined) return { type: 'failed', code: refusal };
    const leastMs = isInterrupted(turn) ? limits.toolReconnectMs : 0;
    const opened = host.open(signal, { leastMs, personId: turn.question.authorId, guildId: turn.question.guildId });
    const [earlier, box] = await Promise.all([this.#loadHistory(turn, run), opened, model.warmUp()]);
    // Servers that were not waited for because of it are not down.
    signal.throwIfAborted();
    const past = earlier.turns.find(({ question }) => question.id === turn.question.id);
    const end = past === undefined ? undefined : takeOver(turn, past);
    if (end !== undefined) return end;
    const tools = restrictTools(withResourceLinks(box, turn), turn.question.settings);
    if (tools.isDown) warn(turn, 'no-tools', live);
    const budget = this.#budgetOf(turn, run);
    const before = saidBefore(turn, earlier);
    const work = async () => this.#loop(turn, { ...run, budget }, tools, await this.#gather(turn, run, before));
    return budget === undefined ? work() : budget.during(work);
  }

  #budgetOf(turn: Turn, { signal, clock, live }: Run): TurnBudget | undefined {
    const { budgets, limits, log } = this.#options;
    const onWait = () => warn(turn, 'store-wait', live);
    const { question } = turn;
    return budgets && new TurnBudget({ budgets, question, limits, signal, clock, log, onWait });
  }

  /** Everything that goes to the model besides the turn's own words. */
  async #gather(turn: Turn, { signal, live, model }: Run, history: ChannelHistory): Promise<Sent> {
    const { reader, limits } = this.#options;
    const pictures = await reader.read(turn, { signal, takesPictures: model.takesPictures });
    if (turn.files !== undefined) live.changed();
    return {
      history,
      earlierPictures: await this.#loadEarlierPictures(turn, history, model),
      pictures,
      longestText: limits.attachmentCharacters,
    };
  }

  /** Without them, the history says their names. */
  async #loadEarlierPictures(turn: Turn, history: ChannelHistory, model: Model): Promise<Pictures> {
    const { store, limits, log } = this.#options;
    if (!model.takesPictures) return noPictures;
    const files = newestPictures(history.turns, limits.historyPictures, limits.attachmentsBytes);
    return await loadPictures(files, store).catch((error: unknown) => {
      log.warn('pictures-not-read', { turnId: turn.question.id, error });
      return noPictures;
    });
  }

  async #loop(turn: Turn, run: BudgetedRun, tools: ToolBox, gathered: Sent): Promise<TurnEnd | undefined> {
    const { systemPrompt, setting } = this.#options;
    const wishes = turn.question.settings?.instructions;
    for (let sent = gathered; ; ) {
      const { history, earlierPictures, ...content } = sent;
      const { instructions } = tools;
      const prefix = toPrefix({ systemPrompt, setting, instructions, wishes, history, pictures: earlierPictures });
      const foundBefore = foundIn(history.turns);
      try {
        return await runLoop(turn, { ...this.#options, ...run, tools, prefix, foundBefore, content });
      } catch (error) {
        const less = error instanceof ModelError ? await sendLess(turn, sent, error, this.#options) : undefined;
        if (less === undefined) throw error;
        sent = less;
        run.live.changed();
      }
    }
  }

  /** A history that cannot be read is waited for, and never taken for an empty one: the turn's end would overwrite it. */
  async #loadHistory(turn: Turn, { signal, clock, live }: Run): Promise<ChannelHistory> {
    const { history, limits, log } = this.#options;
    const { id: turnId, channelId } = turn.question;
    const loaded = withRetries(() => history.load(conversationOf(turn.question)), {
      signal,
      firstMs: limits.storeRetryMs,
      longestMs: longestStoreRetryMs,
      onRetry: (error, waitMs) => {
        log.warn('history-not-read', { turnId, channelId, retryInMs: waitMs, error });
        warn(turn, 'store-wait', live);
      },
    });
    return clock.pausedFor(loaded);
  }

  async #storeEnd(turn: Turn): Promise<void> {
    const { writer, log } = this.#options;
    try {
      // In the history, it needs no mark of its end: run again, it is found there.
      if (await this.addToHistory(turn)) writer.cancelSave(turn);
      else await this.#saveOrLog(turn);
    } catch (error) {
      log.error('turn-end-not-stored', { turnId: turn.question.id, channelId: turn.question.channelId, error });
      await this.#saveOrLog(turn);
    }
  }

  async #saveOrLog(turn: Turn): Promise<void> {
    const { writer, log } = this.#options;
    await writer.save(turn).catch((error: unknown) => {
      log.error('turn-save-fail', { turnId: turn.question.id, error });
    });
  }

  #logEnd(turn: Turn, end: TurnEnd, durationMs: number, failure: unknown): void {
    const { log } = this.#options;
    const fields = {
      turnId: turn.question.id,
      channelId: turn.question.channelId,
      ...(end.type === 'failed' ? { outcome: end.type, code: end.code } : { outcome: end.type }),
      ...(failure instanceof ModelError ? { retryAfterMs: failure.retryAfterMs } : {}),
      steps: turn.steps.length,
      durationMs: Math.round(durationMs),
      ...totalUsage(turn),
    };
    if (failure === undefined) log.info('turn-end', fields);
    else log.warn('turn-end', { ...fields, error: failure });
  }
}

/** What was said before the question, which for one that is asked again is what was said before the first time. */
function saidBefore({ question, replaces }: Turn, history: ChannelHistory): ChannelHistory {
  if (question.withoutHistory === true) return nothingBefore;
  const place = history.turns.findIndex((earlier) => earlier.question.id === replaces);
  return place < 0 ? history : { ...history, turns: history.turns.slice(0, place) };
}

/** Said once a turn. */
function warn(turn: Turn, type: 'no-tools' | 'store-wait', live: LiveTurn): void {
  if (turn.warnings.some((warning) => warning.type === type)) return;
  turn.warnings.push({ type, afterSteps: turn.steps.length });
  live.changed();
}

/** An earlier process has left calls without results, of which only their servers say whether they may be made again. */
function isInterrupted({ steps }: Turn): boolean {
  const last = steps.at(-1);
  return last?.calls.some((call) => resultOf(last, call) === undefined && taskOf(last, call) === undefined) === true;
}

/** Of all requests to the model; empty where no server counted. */
function totalUsage({ steps }: Turn): Partial<Usage> {
  return steps.reduce<Usage | undefined>((sum, { usage }) => addUsage(sum, usage), undefined) ?? {};
}
