/** Puts the agent together. Opens nothing until it is needed, or until the start of the program is over. */
import type { GuildServersConfig } from '../config/guild-servers.ts';
import type { ToolServerConfig } from '../config/tool-servers.ts';
import type { ChoosableModel, ModelConfig } from '../config/types.ts';
import type { Logger } from '../log.ts';
import type { Agent, AgentContent, RunOptions, TakenTurn, TakeOptions, UnfinishedOptions } from './agent.ts';
import { AttachmentReader } from './attachments/attachment-reader.ts';
import type { FetchAttachment } from './attachments/fetch-attachment.ts';
import { Budgets, type NearlySpent } from './budget/budgets.ts';
import { Ledger } from './budget/ledger.ts';
import type { BudgetRule } from './budget/rules.ts';
import { ContentWatch } from './content-watch.ts';
import type { Decision } from './decision.ts';
import type { Documents } from './document.ts';
import type { FormAnswer, FormOutcome } from './form.ts';
import { type Grant, ruleHashOf } from './grants/grant.ts';
import { Grants } from './grants/grants.ts';
import type { GuildServers } from './guild-server.ts';
import { createHistory, type History } from './history/history.ts';
import { createSummarise } from './history/summary.ts';
import { type AgentLimits, defaultLimits } from './limits.ts';
import type { Logins } from './login.ts';
import { createModels } from './model/models.ts';
import { type ModelNotice, toAdvice } from './model/notice.ts';
import type { ServerTools } from './offered-tool.ts';
import type { AcceptOutcome, ChangedTools } from './pins/changed-tools.ts';
import { ToolPins } from './pins/tool-pins.ts';
import { PseudonymSalt } from './pseudonym-salt.ts';
import type { SettledTurn, TurnStore } from './store/turn-store.ts';
import { KeptGuildServers } from './tools/guild/guild-servers.ts';
import { MemberLogins } from './tools/login/logins.ts';
import { createToolHost, isPersonal, type ToolHost } from './tools/tool-host.ts';
import { type Approvals, createApprovals, type DecideOutcome, type Verdict } from './turn/approvals.ts';
import { toRule } from './turn/find-approvals.ts';
import { Intake } from './turn/intake.ts';
import type { ModelHolds } from './turn/model-hold.ts';
import { settle } from './turn/settle.ts';
import { TaskWatch } from './turn/task-watch.ts';
import { type Admit, TurnRunner } from './turn/turn-runner.ts';
import { createTurnWriter, type TurnWriter } from './turn/turn-writer.ts';
import { UnsettledTurns } from './turn/unsettled-turns.ts';
import { type FileReference, type JsonValue, openTasks, type Question, type SpentBudget, type Turn } from './turn.ts';
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

export function createAgent(options: AgentOptions): Agent {
  return new BuiltAgent(createAgentParts(options));
}

/** What the agent consists of. */
interface AgentParts {
  readonly store: TurnStore;
  readonly tools: ToolHost;
  readonly logins: MemberLogins;
  readonly content: ContentWatch;
  readonly guildServers: GuildServers | undefined;
  readonly history: History;
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

function createAgentParts(options: AgentOptions): AgentParts {
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
  const { tools, logins, guildServers } = createTools(options, limits, content);
  const summarise = options.isSummarised === true ? createSummarise(model) : undefined;
  const history = createHistory(store, { limits, log, summarise });
  const writer = createTurnWriter(store, log);
  const { approverRoleIds = [] } = options;
  const { grants, approvals } = createDeciding(options, writer, limits);
  const unsettled = new UnsettledTurns();
  const intake = new Intake({ store, writer, unsettled, log });
  const reader = new AttachmentReader({ fetchAttachment, content: tools.content, store, writer, limits, log });
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
    tasks: new TaskWatch({ host: tools, unsettled, limits }),
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
): Pick<AgentParts, 'tools' | 'logins' | 'guildServers'> {
  const { documents } = store;
  const logins = new MemberLogins({ servers: toolServers.filter(isPersonal), records: store, publicUrl, log });
  const pins = new ToolPins({ store, log, tell: onToolsChanged ?? (async () => false) });
  const guilds = config && { config, documents };
  const onContentChange = () => content.changed();
  const tools = createToolHost(toolServers, { log, limits, logins, pins, onContentChange, guilds });
  if (config === undefined || tools.guilds === undefined) return { tools, logins, guildServers: undefined };
  const logDecision = (decision: Decision) => store.logDecision(decision);
  const kept = { config, tools: tools.guilds, documents, logDecision, keepsSecrets, log };
  return { tools, logins, guildServers: new KeptGuildServers(kept) };
}

function createBudgets({ budgets: rules = [], store, log, onBudgetNearlySpent }: AgentOptions): Budgets | undefined {
  if (rules.length === 0) return undefined;
  return new Budgets({ rules, ledger: new Ledger(store), log, onNearlySpent: onBudgetNearlySpent });
}

class BuiltAgent implements Agent {
  readonly #parts: AgentParts;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  take(question: Question, delivery: JsonValue, options: TakeOptions): TakenTurn {
    return this.#parts.intake.take(question, delivery, options);
  }

  async run(turn: Turn, options: RunOptions): Promise<void> {
    this.#parts.warmUp.skipLoading();
    await this.#parts.runner.run(turn, options);
  }

  async awaitTasks(turn: Turn, options: RunOptions): Promise<void> {
    await this.#parts.runner.awaitTasks(turn, options);
  }

  get waitingForTasks(): readonly Turn[] {
    const waiting = this.#parts.unsettled.all.filter((turn) => openTasks(turn).length > 0);
    return waiting.toSorted((one, other) => one.question.askedAt - other.question.askedAt);
  }

  async amend(turn: Turn, question: Question): Promise<void> {
    turn.question = question;
    await this.#parts.writer.save(turn);
  }

  async saveDelivery(turn: Turn): Promise<void> {
    if (this.find(turn.question.id) === turn) await this.#parts.writer.save(turn);
  }

  find(turnId: string): Turn | undefined {
    return this.#parts.unsettled.find(turnId);
  }

  async decide(turnId: string, callId: string, verdict: Verdict): Promise<DecideOutcome> {
    const turn = this.find(turnId);
    if (turn === undefined) return 'gone';
    const outcome = await this.#parts.approvals.decide(turn, callId, verdict);
    this.#parts.log.info('call-decided', { turnId, decision: verdict.decision, outcome });
    if (outcome === 'counted') this.#parts.runner.changed(turnId);
    return outcome;
  }

  grants(): Promise<readonly Grant[]> {
    return this.#parts.grants.list();
  }

  acceptTools(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome> {
    return this.#parts.tools.accept(serverKey, changeId, by);
  }

  endGrant(id: string, by: string): Promise<Grant | undefined> {
    return this.#parts.grants.end(id, by);
  }

  answerForm(turnId: string, formId: string, answer: FormAnswer): FormOutcome {
    return this.#parts.runner.answerForm(turnId, formId, answer);
  }

  readFile({ key }: FileReference): Promise<Uint8Array | undefined> {
    return this.#parts.store.loadFile(key);
  }

  forget(conversation: string): Promise<void> {
    return this.#parts.history.forget(conversation);
  }

  async forgetPerson(authorId: string): Promise<number> {
    const count = await this.#parts.history.forgetAuthor(authorId);
    await this.#parts.store.forgetSettledOf(authorId);
    await this.#parts.logins.forget(authorId);
    await this.#parts.grants.forgetPerson(authorId);
    return count;
  }

  settle(turn: Turn, kept: JsonValue = null): Promise<void> {
    return settle(turn, kept, this.#parts);
  }

  async ended(conversation: string, turnId: string): ReturnType<Agent['ended']> {
    const turns = await this.history(conversation);
    const turn = turns.find(({ question }) => question.id === turnId);
    if (turn === undefined) return undefined;
    return { turn, kept: (await this.#parts.store.loadSettled(turn.question))?.delivery ?? null };
  }

  history(conversation: string): Promise<readonly Turn[]> {
    return this.#parts.store.loadHistory(conversation);
  }

  async summary(conversation: string): Promise<string | undefined> {
    return (await this.#parts.history.load(conversation)).summary;
  }

  get guildServers(): GuildServers | undefined {
    return this.#parts.guildServers;
  }

  get logins(): Logins {
    return this.#parts.logins;
  }

  async tools(...[signal, of]: Parameters<Agent['tools']>): Promise<readonly ServerTools[]> {
    return (await this.#parts.tools.open(signal, of)).servers;
  }

  get content(): AgentContent {
    const { content } = this.#parts.tools;
    return {
      servers: content.servers,
      get offered() {
        return content.offered;
      },
      watch: (onChange) => this.#parts.content.add(onChange),
      suggest: (server, typing, signal) => content.suggest(server, typing, signal),
      resources: (signal) => content.resources(signal),
    };
  }

  settledOn(day: number): Promise<readonly SettledTurn[]> {
    return this.#parts.store.listSettled(day);
  }

  async extendBudget(budget: SpentBudget, turnId: string): Promise<boolean> {
    const isExtended = await this.#parts.budgets?.extend(budget, turnId);
    if (isExtended === true) this.#parts.log.info('budget-extended', { turnId, of: budget.of, per: budget.per });
    return isExtended === true;
  }

  get unsettled(): number {
    return this.#parts.unsettled.count;
  }

  async unfinished({ isOurs = () => true, onNewer }: UnfinishedOptions = {}): Promise<Turn[]> {
    const { store, intake, unsettled, onEnded } = this.#parts;
    const stored = await store.loadTurns((newer) => {
      if (isOurs(newer)) onNewer?.();
    });
    // Of what this process has taken meanwhile there is one record, which runs.
    const turns = stored.filter(isOurs).map((turn) => unsettled.find(turn.question.id) ?? turn);
    for (const turn of turns) {
      intake.remember(turn);
      unsettled.add(turn);
      // Nobody runs it again.
      if (turn.end !== undefined) onEnded?.(turn);
    }
    return turns;
  }

  async handOver(isHandedOver: (turn: Turn) => boolean): Promise<void> {
    const { unsettled, writer } = this.#parts;
    const turns = unsettled.all.filter(isHandedOver);
    for (const turn of turns) unsettled.remove(turn);
    await Promise.all(turns.map((turn) => writer.leave(turn)));
  }

  get documents(): Documents {
    return this.#parts.store.documents;
  }

  recall(key: string): Promise<JsonValue | undefined> {
    return this.#parts.store.recall(key);
  }

  remember(key: string, value: JsonValue): Promise<void> {
    return this.#parts.store.remember(key, value);
  }

  async close(): Promise<void> {
    const { warmUp, history, tools, store } = this.#parts;
    warmUp.close();
    history.close();
    await tools.close();
    await store.close();
  }
}
