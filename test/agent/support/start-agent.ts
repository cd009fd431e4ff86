/** An agent between a scripted model and real tool servers, as a front end would hold it. */

import { type Agent, type LiveState, runToEnd } from '../../../src/agent/agent.ts';
import type { FetchAttachment } from '../../../src/agent/attachments/fetch-attachment.ts';
import { type AgentOptions, createAgent } from '../../../src/agent/create-agent.ts';
import type { AgentLimits } from '../../../src/agent/limits.ts';
import type { Question, Turn } from '../../../src/agent/turn.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import type { LogFields, Logger } from '../../../src/log.ts';
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { takeStored } from '../../support/take-stored.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: LogFields;
}

export interface AskOptions {
  readonly channelId?: string;
  /** Default `u1`. */
  readonly authorId?: string;
  readonly authorName?: string;
  readonly attachments?: Question['attachments'];
  readonly quotes?: Question['quotes'];
  readonly signal?: AbortSignal;
  readonly onChange?: (turn: Turn, draft: string | undefined, live: LiveState) => void;
}

export interface TestAgent extends AsyncDisposable {
  readonly agent: Agent;
  readonly model: ModelServer;
  readonly store: MemoryStore;
  readonly log: readonly LogLine[];
  /** Accepts and runs a question; the turn as it ended. */
  ask(text: string, options?: AskOptions): Promise<Turn>;
  /** Another agent over the same store and servers, as after a restart. */
  restart(): Agent;
}

export interface TestAgentOptions {
  readonly answers?: ModelServerOptions['answers'];
  readonly respond?: ModelServerOptions['respond'];
  readonly toolServers?: readonly ToolServerConfig[];
  readonly guildServers?: AgentOptions['guildServers'];
  readonly limits?: Partial<AgentLimits>;
  readonly model?: Partial<AgentOptions['model']>;
  readonly isSummarised?: boolean;
  readonly fetchAttachment?: FetchAttachment;
  readonly onToolsChanged?: AgentOptions['onToolsChanged'];
  readonly onEnded?: AgentOptions['onEnded'];
}

let questions = 0;

export function toQuestion(text: string, options: AskOptions = {}): Question {
  const { channelId = 'general', authorId = 'u1', authorName = 'Mina', attachments, quotes } = options;
  questions += 1;
  return {
    id: `q${questions}`,
    channelId,
    authorId,
    authorName,
    text,
    askedAt: 1_700_000_000_000 + questions,
    ...(attachments === undefined ? {} : { attachments }),
    ...(quotes === undefined ? {} : { quotes }),
  };
}

export async function startAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const { answers, respond, toolServers = [], limits } = options;
  const model = await startModelServer({
    ...(answers === undefined ? {} : { answers }),
    ...(respond === undefined ? {} : { respond }),
  });
  const store = createMemoryStore();
  const log: LogLine[] = [];
  const write =
    (level: LogLine['level']) =>
    (event: string, fields: LogFields = {}) =>
      void log.push({ level, event, fields });
  const logger: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const config = toModelConfig(model.baseUrl, options.model);
  const create = () =>
    createAgent({
      model: config,
      toolServers,
      store,
      log: logger,
      // A busy machine may take its time; what is not there at all is told at once, or the test says how long to wait.
      limits: { warmUpAfterMs: 60_000, toolConnectMs: 15_000, ...limits },
      isSummarised: options.isSummarised === true,
      guildServers: options.guildServers,
      ...(options.onToolsChanged === undefined ? {} : { onToolsChanged: options.onToolsChanged }),
      ...(options.onEnded === undefined ? {} : { onEnded: options.onEnded }),
      ...(options.fetchAttachment === undefined ? {} : { fetchAttachment: options.fetchAttachment }),
    });
  const agents = [create()];
  const [agent] = agents;
  if (agent === undefined) throw new Error('unreachable');
  return {
    agent,
    model,
    store,
    log,
    ask: async (text, askOptions = {}) => {
      const turn = await takeStored(agent, toQuestion(text, askOptions), null);
      if (turn === undefined) throw new Error('The question was taken before.');
      await run(agent, turn, askOptions);
      return turn;
    },
    restart: () => {
      const next = create();
      agents.push(next);
      return next;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(agents.map((each) => each.close()));
      await model.close();
    },
  };
}

export async function run(agent: Agent, turn: Turn, options: AskOptions = {}): Promise<void> {
  const { signal = new AbortController().signal, onChange } = options;
  await runToEnd(agent, turn, { signal, onChange: (live) => onChange?.(turn, live.draft, live) });
}
