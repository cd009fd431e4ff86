/** Puts the agent together. Opens nothing until it is needed, or until the start of the program is over. */
import type { ToolServerConfig } from '../config/tool-servers.ts';
import type { ModelConfig } from '../config/types.ts';
import type { Logger } from '../log.ts';
import type { Agent } from './agent.ts';
import { createHistory } from './history/history.ts';
import { createSummarise } from './history/summary.ts';
import { type AgentLimits, defaultLimits } from './limits.ts';
import { createModel } from './model/model.ts';
import type { ModelNotice } from './model/notice.ts';
import { PseudonymSalt } from './pseudonym-salt.ts';
import type { TurnStore } from './store/turn-store.ts';
import { createToolHost } from './tools/tool-host.ts';
import { createApprovals } from './turn/approvals.ts';
import { Intake } from './turn/intake.ts';
import { settle } from './turn/settle.ts';
import { type Admit, TurnRunner } from './turn/turn-runner.ts';
import { createTurnWriter } from './turn/turn-writer.ts';
import { UnsettledTurns } from './turn/unsettled-turns.ts';
import { WarmUp } from './warm-up.ts';

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
  /** Whether a turn may begin. Default: every turn may. */
  readonly admit?: Admit;
  /** Called at most once, some time after the start: it is in the log as well. */
  readonly onModelNotice?: (notice: ModelNotice) => void;
}

export function createAgent(options: AgentOptions): Agent {
  const { store, log, setting, admit, onModelNotice } = options;
  const limits: AgentLimits = { ...defaultLimits, ...options.limits };
  const salt = new PseudonymSalt(store, log);
  const model = createModel(options.model, { limits, log, salt: () => salt.get() });
  const tools = createToolHost(options.toolServers, { log, limits });
  const summarise = options.isSummarised === true ? createSummarise(model) : undefined;
  const history = createHistory(store, { limits, log, summarise });
  const writer = createTurnWriter(store, log);
  const approvals = createApprovals(writer);
  const unsettled = new UnsettledTurns();
  const intake = new Intake({ store, writer, unsettled, log });
  const { systemPrompt } = options.model;
  const runner = new TurnRunner({
    model,
    systemPrompt,
    setting,
    tools,
    history,
    store,
    writer,
    approvals,
    limits,
    log,
    admit,
  });
  const warmUp = new WarmUp({ model, tools, log, onModelNotice });
  warmUp.after(limits.warmUpAfterMs);

  return {
    take: (question, delivery, takeOptions) => intake.take(question, delivery, takeOptions),
    run: async (turn, runOptions) => {
      warmUp.skipLoading();
      await runner.run(turn, runOptions);
    },
    find: (turnId) => unsettled.find(turnId),
    decide: async (turnId, callId, decision, by) => {
      const turn = unsettled.find(turnId);
      if (turn === undefined || turn.end !== undefined) return false;
      const isDecided = await approvals.decide(turn, callId, decision, by);
      if (isDecided) log.info('call-decided', { turnId, decision });
      return isDecided;
    },
    answerForm: (turnId, formId, answer) => runner.answerForm(turnId, formId, answer),
    readFile: (file) => store.loadFile(file.key),
    forget: (channelId) => history.forget(channelId),
    amend: async (turn, question) => {
      turn.question = question;
      await writer.save(turn);
    },
    saveDelivery: async (turn) => {
      if (unsettled.find(turn.question.id) === turn) await writer.save(turn);
    },
    settle: (turn) => settle(turn, { runner, store, writer, unsettled }),
    unfinished: async () => {
      const turns = await store.loadTurns();
      for (const turn of turns) {
        intake.remember(turn);
        unsettled.add(turn);
      }
      return turns;
    },
    recall: (key) => store.recall(key),
    remember: (key, value) => store.remember(key, value),
    close: async () => {
      warmUp.close();
      history.close();
      await tools.close();
      await store.close();
    },
  };
}
