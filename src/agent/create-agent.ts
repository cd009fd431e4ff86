/** The agent as front ends see it, made of its parts. */
import type { Agent, AgentContent, RunOptions, TakenTurn, TakeOptions, UnfinishedOptions } from './agent.ts';
import { type AgentOptions, type AgentParts, createAgentParts } from './agent-parts.ts';
import type { Documents } from './document.ts';
import { forgetPerson } from './forget-person.ts';
import type { FormAnswer, FormOutcome } from './form.ts';
import type { Grant } from './grants/grant.ts';
import type { GuildServers } from './guild-server.ts';
import type { Logins } from './login.ts';
import type { ServerTools } from './offered-tool.ts';
import type { AcceptOutcome } from './pins/changed-tools.ts';
import type { Forgotten, SettledTurn } from './store/turn-store.ts';
import type { DecideOutcome, Verdict } from './turn/approvals.ts';
import { settle } from './turn/settle.ts';
import { type FileReference, type JsonValue, openTasks, type Question, type SpentBudget, type Turn } from './turn.ts';

export type { AgentOptions } from './agent-parts.ts';

export function createAgent(options: AgentOptions): Agent {
  return new BuiltAgent(createAgentParts(options));
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

  async forgetPerson(forgotten: Forgotten): Promise<number> {
    const { history, forgotten: people } = this.#parts;
    await people.note(forgotten);
    const forgetAuthor = () => history.forgetAuthor(forgotten);
    const { conversations } = await forgetPerson(forgotten, { ...this.#parts, forgetAuthor });
    await people.note({ ...forgotten, deletedAt: Date.now() });
    return conversations;
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
