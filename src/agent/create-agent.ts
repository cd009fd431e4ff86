/** Puts the agent together: takes questions, runs their turns, keeps records and histories. Opens nothing until needed. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolServerConfig } from '../config/tool-servers.ts';
import type { ModelConfig } from '../config/types.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Agent } from './agent.ts';
import { type ChannelHistory, createHistory } from './history/history.ts';
import { toPrefix } from './history/prompt.ts';
import { createSummarise } from './history/summary.ts';
import { type AgentLimits, defaultLimits } from './limits.ts';
import { createModel } from './model/model.ts';
import { ModelError } from './model/model-error.ts';
import { type ModelNotice, toAdvice } from './model/notice.ts';
import type { TurnStore } from './store/turn-store.ts';
import { createToolHost } from './tools/tool-host.ts';
import { createApprovals } from './turn/approvals.ts';
import { Countdown } from './turn/countdown.ts';
import { LiveTurn } from './turn/live-turn.ts';
import { runLoop } from './turn/loop.ts';
import { createTurnWriter } from './turn/turn-writer.ts';
import { addUsage, type FailureCode, resultOf, type Turn, type TurnEnd, type Usage } from './turn.ts';

export interface AgentOptions {
  readonly model: ModelConfig;
  readonly toolServers: readonly ToolServerConfig[];
  /** The agent's from now on: closed with it. */
  readonly store: TurnStore;
  readonly log: Logger;
  /** What differs from {@link defaultLimits}. */
  readonly limits?: Partial<AgentLimits>;
  /** Where the model is and who talks to it, in whole sentences of the built-in system prompt. Default: several people in a channel. */
  readonly setting?: string;
  /** Whether what a history loses is summarised by the model. Default false. */
  readonly isSummarised?: boolean;
  /** Called at most once, some time after the start: it is in the log as well. */
  readonly onModelNotice?: (notice: ModelNotice) => void;
}

const longestStoreRetryMs = 15_000;
const tooLongAdvice = "Set HISTORY_MAX_TOKENS to less than the model's context window.";
/** Questions that this process remembers to have taken, besides those in the store. */
const mostRecent = 10_000;

export function createAgent(options: AgentOptions): Agent {
  const { store, log } = options;
  const limits: AgentLimits = { ...defaultLimits, ...options.limits };
  const model = createModel(options.model, { limits, log });
  const toolHost = createToolHost(options.toolServers, { log, limits });
  const summarise = options.isSummarised === true ? createSummarise(model) : undefined;
  const history = createHistory(store, { limits, log, summarise });
  const writer = createTurnWriter(store, log);
  const approvals = createApprovals(writer);
  const recent = new Set<string>();
  /** Looked for and not there, and not known to be kept: a write whose answer did not come may have kept them since. */
  const unsure = new Set<string>();
  /** Turns that are not settled, by id. */
  const open = new Map<string, Turn>();
  const running = new Map<string, LiveTurn>();
  const kept = new WeakSet<Turn>();
  const warmUp = setTimeout(() => {
    model.warmUp().catch((error: unknown) => log.error('model-load-fail', { error }));
    void toolHost.open(new AbortController().signal);
  }, limits.warmUpAfterMs);
  const closing = new AbortController();
  const lookUp = setTimeout(() => {
    lookUpModel().catch((error: unknown) => log.error('model-load-fail', { error }));
  }, limits.warmUpAfterMs);

  async function lookUpModel(): Promise<void> {
    const notice = await model.lookUp(closing.signal);
    if (notice === undefined || closing.signal.aborted) return;
    const { type, ...fields } = notice;
    log.warn(type, { ...fields, advice: toAdvice(notice) });
    options.onModelNotice?.(notice);
  }

  async function runTurn(turn: Turn, run: { signal: AbortSignal; clock: Countdown; live: LiveTurn }): Promise<TurnEnd> {
    const { signal, live } = run;
    const patienceMs = isInterrupted(turn) ? limits.toolReconnectMs : 0;
    const opened = toolHost.open(signal, patienceMs);
    const [earlier, tools] = await Promise.all([loadHistory(turn, run), opened, model.warmUp()]);
    // Servers that were not waited for because of it are not down.
    signal.throwIfAborted();
    const ended = earlier.turns.find(({ question }) => question.id === turn.question.id);
    if (ended?.end !== undefined) {
      // An earlier process ended it and then could not show it to the end.
      turn.steps.splice(0, turn.steps.length, ...ended.steps);
      turn.warnings.splice(0, turn.warnings.length, ...ended.warnings);
      return ended.end;
    }
    if (tools.isDown) warn(turn, 'no-tools', live);
    const { systemPrompt } = options.model;
    for (let history = earlier; ; ) {
      const prefix = toPrefix({ systemPrompt, setting: options.setting, instructions: tools.instructions, history });
      try {
        return await runLoop(turn, { ...run, model, tools, prefix, limits, approvals, store, writer, log });
      } catch (error) {
        if (!(error instanceof ModelError) || !error.isTooLong || history.turns.length === 0) throw error;
        // The model's window is smaller than what the history may be: the turn goes on with less of it.
        history = { turns: newest(history.turns, Math.floor(history.turns.length / 3)), summary: undefined };
        log.warn('history-too-long', { turnId: turn.question.id, turns: history.turns.length, advice: tooLongAdvice });
      }
    }
  }

  /** A history that cannot be read is waited for, and never taken for an empty one: the turn's end would overwrite it. */
  async function loadHistory(
    turn: Turn,
    { signal, clock, live }: { signal: AbortSignal; clock: Countdown; live: LiveTurn },
  ): Promise<ChannelHistory> {
    const { id: turnId, channelId } = turn.question;
    for (let waitMs = limits.storeRetryMs; ; waitMs = Math.min(longestStoreRetryMs, waitMs * 2)) {
      try {
        return await history.load(channelId);
      } catch (error) {
        log.warn('history-not-read', { turnId, channelId, retryInMs: waitMs, error });
        warn(turn, 'store-wait', live);
        await clock.pausedFor(sleep(waitMs, undefined, { signal }));
      }
    }
  }

  /** Said once a turn. */
  function warn(turn: Turn, type: 'no-tools' | 'store-wait', live: LiveTurn): void {
    if (turn.warnings.some((warning) => warning.type === type)) return;
    turn.warnings.push({ type, afterSteps: turn.steps.length });
    live.changed();
  }

  /** @returns whether the history has it from now on. */
  async function keep(turn: Turn): Promise<boolean> {
    if (kept.has(turn)) return true;
    const hasRoom = await history.add(turn);
    kept.add(turn);
    return hasRoom;
  }

  async function saveOrLog(turn: Turn): Promise<void> {
    await writer.save(turn).catch((error: unknown) => {
      log.error('turn-save-fail', { turnId: turn.question.id, error });
    });
  }

  return {
    accept: async (question, delivery) => {
      if (recent.has(question.id)) return undefined;
      recent.add(question.id);
      for (const oldest of recent) {
        if (recent.size <= mostRecent) break;
        recent.delete(oldest);
      }
      const turn: Turn = { version: 2, question, warnings: [], steps: [], delivery };
      try {
        if (!unsure.has(question.id) && (await store.hasTurn(question.channelId, question.id))) return undefined;
        unsure.add(question.id);
        await writer.save(turn);
        unsure.delete(question.id);
      } catch (error) {
        recent.delete(question.id);
        throw toStoreError(error);
      }
      open.set(question.id, turn);
      return turn;
    },

    run: async (turn, { signal, onChange }) => {
      if (turn.end !== undefined) return;
      clearTimeout(warmUp);
      const startedAt = performance.now();
      const { id: turnId, channelId } = turn.question;
      log.info('turn-start', { turnId, channelId, steps: turn.steps.length });
      const clock = new Countdown(limits.turnMs, 'time-limit');
      const live = new LiveTurn(onChange);
      running.set(turnId, live);
      const either = AbortSignal.any([signal, clock.signal]);
      let end: TurnEnd;
      let failure: unknown;
      try {
        end = await runTurn(turn, { signal: either, clock, live });
      } catch (error) {
        if (either.reason === 'suspend') {
          log.info('turn-suspend', { turnId, channelId, steps: turn.steps.length });
          await saveOrLog(turn);
          return;
        }
        end = { type: 'failed', code: toFailureCode(error, either) };
        failure = either.aborted ? undefined : error;
      } finally {
        clock.stop();
        running.delete(turnId);
      }
      closeOpenCalls(turn);
      turn.end = end;
      live.over();
      try {
        // Kept in the history, it needs no mark of its end: run again, it is found there.
        if (await keep(turn)) writer.cancelSave(turn);
        else await saveOrLog(turn);
      } catch (error) {
        log.error('turn-keep-fail', { turnId, channelId, error });
        await saveOrLog(turn);
      }
      const outcome = end.type === 'failed' ? { outcome: end.type, code: end.code } : { outcome: end.type };
      const durationMs = Math.round(performance.now() - startedAt);
      const retryAfterMs = failure instanceof ModelError ? { retryAfterMs: failure.retryAfterMs } : {};
      const fields = { turnId, channelId, ...outcome, ...retryAfterMs, steps: turn.steps.length, durationMs };
      if (failure === undefined) log.info('turn-end', { ...fields, ...totalUsage(turn) });
      else log.warn('turn-end', { ...fields, ...totalUsage(turn), error: failure });
    },

    find: (turnId) => open.get(turnId),

    decide: async (turnId, callId, decision, by) => {
      const turn = open.get(turnId);
      if (turn === undefined || turn.end !== undefined) return false;
      const isDecided = await approvals.decide(turn, callId, decision, by);
      if (isDecided) log.info('call-decided', { turnId, decision });
      return isDecided;
    },

    answerForm: (turnId, formId, answer) => running.get(turnId)?.answer(formId, answer) ?? { type: 'gone' },

    readFile: (file) => store.loadFile(file.key),

    forget: (channelId) => history.forget(channelId),

    amend: async (turn, question) => {
      turn.question = question;
      await writer.save(turn);
    },

    saveDelivery: (turn) => writer.save(turn),

    settle: async (turn) => {
      if (turn.end !== undefined) await keep(turn);
      const files = turn.steps.flatMap(({ results }) => results.flatMap((result) => result.files ?? []));
      await Promise.all(files.map(({ key }) => store.removeFile(key)));
      await writer.remove(turn);
      open.delete(turn.question.id);
    },

    unfinished: async () => {
      const turns = await store.loadTurns();
      for (const turn of turns) {
        recent.add(turn.question.id);
        open.set(turn.question.id, turn);
      }
      return turns;
    },

    recall: (key) => store.recall(key),
    remember: (key, value) => store.remember(key, value),

    close: async () => {
      clearTimeout(warmUp);
      clearTimeout(lookUp);
      closing.abort();
      history.close();
      await toolHost.close();
      await store.close();
    },
  };
}

function toStoreError(error: unknown): AppError {
  if (error instanceof AppError && error.code === 'store-failed') return error;
  return new AppError('store-failed', 'The question could not be stored.', { cause: error });
}

function toFailureCode(error: unknown, signal: AbortSignal): FailureCode {
  if (signal.aborted) return signal.reason === 'time-limit' ? 'time-limit' : 'stopped';
  if (error instanceof ModelError) return error.code;
  return error instanceof AppError && error.code === 'store-failed' ? 'store-failed' : 'internal';
}

/** An earlier process has left calls without results. */
function isInterrupted({ steps }: Turn): boolean {
  const last = steps.at(-1);
  return last !== undefined && last.results.length < last.calls.length;
}

function newest(turns: readonly Turn[], count: number): readonly Turn[] {
  return turns.slice(turns.length - count);
}

/** Of all requests to the model; empty where no server counted. */
function totalUsage({ steps }: Turn): Partial<Usage> {
  return steps.reduce<Usage | undefined>((sum, { usage }) => addUsage(sum, usage), undefined) ?? {};
}

/** A turn that ends on the way leaves no call without a result. */
function closeOpenCalls(turn: Turn): void {
  for (const step of turn.steps) {
    for (const call of step.calls) {
      if (resultOf(step, call) === undefined) {
        step.results.push({ callId: call.id, ok: false, text: 'The call was not run.' });
      }
    }
  }
}
