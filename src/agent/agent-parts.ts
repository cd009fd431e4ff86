/** What the agent consists of, and how that is put together. Opens nothing until it is needed, or until the start of the program is over. */
import type { GuildServersConfig } from '../config/guild-servers.ts';
import type { ToolServerConfig } from '../config/tool-servers.ts';
import type { ChoosableModel, ModelConfig } from '../config/types.ts';
import type { Logger } from '../log.ts';
import { AttachmentReader } from './attachments/attachment-reader.ts';
import { BytesReader } from './attachments/bytes-reader.ts';
import type { FetchAttachment } from './attachments/fetch-attachment.ts';
import { Budgets, type NearlySpent } from './budget/budgets.ts';
import { Ledger } from './budget/ledger.ts';
import type { BudgetRule } from './budget/rules.ts';
import { ContentWatch } from './content-watch.ts';
import type { Decision } from './decision.ts';
import { ForgottenPeople } from './forgotten-people.ts';
import { ruleHashOf } from './grants/grant.ts';
import { Grants } from './grants/grants.ts';
import type { GuildServers } from './guild-server.ts';
import { createHistory, type History } from './history/history.ts';
import { createSummarise } from './history/summary.ts';
import { type AgentLimits, defaultLimits } from './limits.ts';
import { createModels } from './model/models.ts';
import { type ModelNotice, toAdvice } from './model/notice.ts';
import type { Model } from './model/types.ts';
import type { ChangedTools } from './pins/changed-tools.ts';
import { ToolPins } from './pins/tool-pins.ts';
import { PseudonymSalt } from './pseudonym-salt.ts';
import type { TurnStore } from './store/turn-store.ts';
import { KeptGuildServers } from './tools/guild/guild-servers.ts';
import { MemberLogins } from './tools/login/logins.ts';
import { createToolHost, isPersonal, type ToolHost } from './tools/tool-host.ts';
import { type Approvals, createApprovals } from './turn/approvals.ts';
import { toRule } from './turn/find-approvals.ts';
import { Intake } from './turn/intake.ts';
import type { ModelHolds } from './turn/model-hold.ts';
import { TaskWatch } from './turn/task-watch.ts';
import { type Admit, TurnRunner } from './turn/turn-runner.ts';
import { createTurnWriter, type TurnWriter } from './turn/turn-writer.ts';
import { UnsettledTurns } from './turn/unsettled-turns.ts';
import type { Turn } from './turn.ts';
import { WarmUp } from './warm-up.ts';

export interface AgentOptions {
  readonly model: ModelConfig;
  /** Others on the same server, which settings of a turn can name. Default: none. */
  readonly models?: readonly ChoosableModel[];
  readonly toolServers: readonly ToolServerConfig[];
  /** Which tool servers guilds may add for themselves. Default: none. */
  readonly guildServers?: GuildServersConfig | undefined;
  /** Whether the store is encrypted: only then are secrets of such servers kept. Default false. */
  readonly keepsSecrets?: boolean;
  /** The agent's from now on: closed with it. */
  readonly store: TurnStore;
  readonly log: Logger;
  /** What differs from {@link defaultLimits}. */
  readonly limits?: Partial<AgentLimits>;
  /** Where the model is and who talks to it, in whole sentences of the built-in system prompt. Default: several people in a channel. */
  readonly setting?: string;
  /** Whether what a history loses is summarised by the model. Default false. */
  readonly isSummarised?: boolean;
  /** What may be spent. Default: anything. */
  readonly budgets?: readonly BudgetRule[];
  /** Called when most of a budget is spent, once for each. It is in the log as well. */
  readonly onBudgetNearlySpent?: (nearly: NearlySpent) => void;
  /** Roles that may approve calls where the tool's server names none. Default: none. */
  readonly approverRoleIds?: readonly string[];
  /** Set where several processes ask the model server for this bot. Default: this one alone. */
  readonly modelHolds?: ModelHolds | undefined;
  /** Whether a turn may begin. Default: every turn may. */
  readonly admit?: Admit;
  /** Called when a turn has ended and its end is stored, and once more where a later process finds it. Must not throw. */
  readonly onEnded?: (turn: Turn) => void;
  /** Fetches what comes with questions. Default: nothing can be fetched, so all of it is left out. */
  readonly fetchAttachment?: FetchAttachment;
  /** Where browsers reach the callback of members' logins, without a slash at its end. Default: they cannot. */
  readonly publicUrl?: string | undefined;
  /**
   * Called when tools say something else of themselves than they did, and are withheld. Resolves with whether people were told, else it
   * is called again. Must not reject. It is in the log as well.
   */
  readonly onToolsChanged?: (changed: ChangedTools) => Promise<boolean>;
  /** Called some time after the start, and when a model is replaced; each at most once. It is in the log as well. */
  readonly onModelNotice?: (notice: ModelNotice) => void;
}

/** What the agent consists of. */
export interface AgentParts {
  readonly store: TurnStore;
  readonly tools: ToolHost;
  readonly logins: MemberLogins;
  readonly content: ContentWatch;
  readonly guildServers: GuildServers | undefined;
  readonly history: History;
  readonly forgotten: ForgottenPeople;
  readonly writer: TurnWriter;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly unsettled: UnsettledTurns;
  readonly intake: Intake;
  readonly runner: TurnRunner;
  readonly budgets: Budgets | undefined;
  readonly warmUp: WarmUp;
  readonly onEnded: AgentOptions['onEnded'];
  readonly log: Logger;
}

export function createAgentParts(options: AgentOptions): AgentParts {
  const { store, log, setting, admit, onEnded, fetchAttachment, onModelNotice } = options;
  const limits: AgentLimits = { ...defaultLimits, ...options.limits };
  const salt = new PseudonymSalt(store, log);
  const onNotice = (notice: ModelNotice) => {
    const { type, ...fields } = notice;
    log.warn(type, { ...fields, advice: toAdvice(notice) });
    onModelNotice?.(notice);
  };
  const asking = { limits, log, salt: () => salt.get(), onReplaced: onNotice };
  const models = createModels(options.model, options.models ?? [], asking);
  const { usual: model } = models;
  const content = new ContentWatch();
  const bytes = new BytesReader();
  const { tools, logins, guildServers } = createTools(options, limits, content, bytes);
  const { history, forgotten } = createPast(options, limits, model);
  const writer = createTurnWriter(store, log);
  const { approverRoleIds = [] } = options;
  const { grants, approvals } = createDeciding(options, writer, limits);
  const unsettled = new UnsettledTurns();
  const intake = new Intake({ store, writer, unsettled, log });
  const reader = new AttachmentReader({ fetchAttachment, content: tools.content, store, writer, bytes, limits, log });
  const { systemPrompt } = options.model;
  const budgets = createBudgets(options);
  const running = {
    models,
    systemPrompt,
    setting,
    tools,
    history,
    reader,
    store,
    writer,
    approvals,
    tasks: new TaskWatch({ host: tools, unsettled, limits, writer, log }),
    grants,
    approverRoleIds,
    limits,
    log,
    admit,
    onEnded,
    modelHolds: options.modelHolds,
    budgets,
  };
  const warmUp = new WarmUp({ model, tools, log, onNotice });
  warmUp.after(limits.warmUpAfterMs);
  const runner = new TurnRunner(running);
  const ways = {
    tools,
    logins,
    guildServers,
    content,
    history,
    forgotten,
    writer,
    approvals,
    grants,
    unsettled,
    intake,
    runner,
    budgets,
  };
  return { store, ...ways, warmUp, onEnded, log };
}

/** What is kept of ended turns, and of whom no more. */
function createPast(
  { store, log, isSummarised }: AgentOptions,
  limits: AgentLimits,
  model: Model,
): Pick<AgentParts, 'history' | 'forgotten'> {
  const forgotten = new ForgottenPeople(store.documents);
  const summarise = isSummarised === true ? createSummarise(model) : undefined;
  return { history: createHistory(store, { limits, log, summarise, forgotten }), forgotten };
}

/** What people decide about calls, and what stands of that for later ones. */
function createDeciding(
  { store, approverRoleIds = [] }: AgentOptions,
  writer: TurnWriter,
  { grantMs }: AgentLimits,
): Pick<AgentParts, 'grants' | 'approvals'> {
  const grants = new Grants(store);
  const approvals = createApprovals({
    writer,
    grants,
    logDecision: (decision) => store.logDecision(decision),
    ruleHashOf: (approval) => ruleHashOf(toRule(approval, approverRoleIds)),
    grantMs,
  });
  return { grants, approvals };
}

function createTools(
  { toolServers, publicUrl, guildServers: config, keepsSecrets = false, store, log, onToolsChanged }: AgentOptions,
  limits: AgentLimits,
  content: ContentWatch,
  bytes: BytesReader,
): Pick<AgentParts, 'tools' | 'logins' | 'guildServers'> {
  const { documents } = store;
  const logins = new MemberLogins({ servers: toolServers.filter(isPersonal), records: store, publicUrl, log });
  const pins = new ToolPins({ store, log, tell: onToolsChanged ?? (async () => false) });
  const guilds = config && { config, documents };
  const onContentChange = () => content.changed();
  const tools = createToolHost(toolServers, { log, limits, logins, pins, bytes, onContentChange, guilds });
  if (config === undefined || tools.guilds === undefined) return { tools, logins, guildServers: undefined };
  const logDecision = (decision: Decision) => store.logDecision(decision);
  const kept = { config, tools: tools.guilds, documents, logDecision, keepsSecrets, log };
  return { tools, logins, guildServers: new KeptGuildServers(kept) };
}

function createBudgets({ budgets: rules = [], store, log, onBudgetNearlySpent }: AgentOptions): Budgets | undefined {
  if (rules.length === 0) return undefined;
  return new Budgets({ rules, ledger: new Ledger(store), log, onNearlySpent: onBudgetNearlySpent });
}
