/** Puts the agent together: takes questions, runs their turns, keeps records and histories. Opens nothing until needed. */
import { performance } from 'node:perf_hooks';
import type { ModelConfig, ToolServerConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Agent, RunOptions } from './agent.ts';
import { createHistory } from './history.ts';
import { type AgentLimits, defaultLimits } from './limits.ts';
import { runLoop } from './loop.ts';
import { createModel } from './model.ts';
import { ModelError } from './model-error.ts';
import { toPrefix } from './prompt.ts';
import type { TurnStore } from './store/turn-store.ts';
import { createToolHost } from './tools/tool-host.ts';
import { type FailureCode, resultOf, type Turn, type TurnEnd } from './turn.ts';
import { createTurnWriter } from './turn-writer.ts';

export interface AgentOptions {
  readonly model: ModelConfig;
  readonly toolServers: readonly ToolServerConfig[];
  /** The agent's from now on: closed with it. */
  readonly store: TurnStore;
  readonly log: Logger;
  /** What differs from {@link defaultLimits}. */
  readonly limits?: Partial<AgentLimits>;
}

/** Questions that this process remembers to have taken, besides those in the store. */
const mostRecent = 10_000;

export function createAgent(options: AgentOptions): Agent {
  const { store, log } = options;
  const limits: AgentLimits = { ...defaultLimits, ...options.limits };
  const model = createModel(options.model, limits);
  const toolHost = createToolHost(options.toolServers, { log, limits });
  const history = createHistory(store, limits);
  const writer = createTurnWriter(store, log);
  const recent = new Set<string>();
  const kept = new WeakSet<Turn>();
  const warmUp = setTimeout(() => {
    model.warmUp().catch((error: unknown) => log.error('model-load-fail', { error }));
    void toolHost.open(new AbortController().signal);
  }, limits.warmUpAfterMs);

  async function runTurn(turn: Turn, { signal, onChange }: RunOptions): Promise<TurnEnd> {
    const [turns, tools] = await Promise.all([
      history.load(turn.question.channelId),
      toolHost.open(signal),
      model.warmUp(),
    ]);
    // Servers that were not waited for because of it are not down.
    signal.throwIfAborted();
    const ended = turns.find(({ question }) => question.id === turn.question.id);
    if (ended?.end !== undefined) {
      // An earlier process ended it and then could not show it to the end.
      turn.steps.splice(0, turn.steps.length, ...ended.steps);
      return ended.end;
    }
    if (tools.definitions.length === 0 && tools.isServerMissing && !turn.warnings.includes('no-tools')) {
      turn.warnings.push('no-tools');
      onChange(undefined);
    }
    const prefix = toPrefix(options.model.systemPrompt, turns);
    return runLoop(turn, { model, tools, prefix, limits, signal, onChange, writer, log });
  }

  async function keep(turn: Turn): Promise<void> {
    if (kept.has(turn)) return;
    await history.add(turn);
    kept.add(turn);
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
      const turn: Turn = { version: 1, question, warnings: [], steps: [], delivery };
      try {
        if (await store.hasTurn(question.channelId, question.id)) return undefined;
        await writer.save(turn);
      } catch (error) {
        recent.delete(question.id);
        throw toStoreError(error);
      }
      return turn;
    },

    run: async (turn, { signal, onChange }) => {
      if (turn.end !== undefined) return;
      clearTimeout(warmUp);
      const startedAt = performance.now();
      const { id: turnId, channelId } = turn.question;
      log.info('turn-start', { turnId, channelId, steps: turn.steps.length });
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort('time-limit'), limits.turnMs);
      const either = AbortSignal.any([signal, deadline.signal]);
      let end: TurnEnd;
      let failure: unknown;
      try {
        end = await runTurn(turn, { signal: either, onChange });
      } catch (error) {
        if (either.reason === 'suspend') {
          log.info('turn-suspend', { turnId, channelId, steps: turn.steps.length });
          await saveOrLog(turn);
          return;
        }
        end = { type: 'failed', code: toFailureCode(error, either) };
        failure = either.aborted ? undefined : error;
      } finally {
        clearTimeout(timer);
      }
      closeOpenCalls(turn);
      turn.end = end;
      onChange(undefined);
      try {
        await keep(turn);
        // Kept in the history, it needs no mark of its end: run again, it is found there.
        writer.cancelSave(turn);
      } catch (error) {
        log.error('turn-keep-fail', { turnId, channelId, error });
        await saveOrLog(turn);
      }
      const outcome = end.type === 'failed' ? { outcome: end.type, code: end.code } : { outcome: end.type };
      const durationMs = Math.round(performance.now() - startedAt);
      const retryAfterMs = failure instanceof ModelError ? { retryAfterMs: failure.retryAfterMs } : {};
      const fields = { turnId, channelId, ...outcome, ...retryAfterMs, steps: turn.steps.length, durationMs };
      if (failure === undefined) log.info('turn-end', fields);
      else log.warn('turn-end', { ...fields, error: failure });
    },

    saveDelivery: (turn) => writer.save(turn),

    settle: async (turn) => {
      if (turn.end !== undefined) await keep(turn);
      await writer.remove(turn);
    },

    unfinished: async () => {
      const turns = await store.loadTurns();
      for (const { question } of turns) recent.add(question.id);
      return turns;
    },

    recall: (key) => store.recall(key),
    remember: (key, value) => store.remember(key, value),

    close: async () => {
      clearTimeout(warmUp);
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
