/** The agent as front ends see it. It has never heard of Discord: a terminal drives the same one. */
import type { Documents } from './document.ts';
import type { Form, FormAnswer, FormOutcome } from './form.ts';
import type { Grant } from './grants/grant.ts';
import type { GuildServers } from './guild-server.ts';
import type { Logins } from './login.ts';
import type { OfferedResource, ServerContent, Typing } from './offered-content.ts';
import type { ServerTools } from './offered-tool.ts';
import type { AcceptOutcome } from './pins/changed-tools.ts';
import type { Forgotten } from './store/history-record.ts';
import type { SettledTurn } from './store/settled-turn.ts';
import type { DecideOutcome, Verdict } from './turn/approvals.ts';
import { type FileReference, type JsonValue, openTasks, type Question, type SpentBudget, type Turn } from './turn.ts';

export type { NearlySpent } from './budget/budgets.ts';
export type { BudgetRule } from './budget/rules.ts';
export type { Grant } from './grants/grant.ts';
export type { AcceptOutcome, ChangedTools } from './pins/changed-tools.ts';
export type { SettledTurn } from './store/settled-turn.ts';
export type { DecideOutcome, Verdict } from './turn/approvals.ts';

export interface RunOptions {
  /** Stops the model stream and the tool calls. Aborted with a {@link StopReason} as its reason. */
  readonly signal: AbortSignal;
  /** Called after every change of the record, and while the model writes. Must not throw; what it starts is not awaited. */
  readonly onChange: (live: LiveState) => void;
}

/** What can be shown of a running turn and is no part of its record: gone after a crash, and nothing is lost by that. */
export interface LiveState {
  /** Text of the step that is being written, whole so far; undefined once the step is in the record. */
  readonly draft: string | undefined;
  /** How far the running calls are, by call id; only of tools that say so. */
  readonly progress: ReadonlyMap<string, CallProgress>;
  /** What tool servers want to know from the asker, now. */
  readonly forms: readonly Form[];
  /** Where the asker has to log in, now. */
  readonly logins: readonly WantedLogin[];
}

/** A call waits for its asker to log in. */
export interface WantedLogin {
  readonly callId: string;
  /** As the operator names it. */
  readonly server: string;
}

export const nothingLive: LiveState = { draft: undefined, progress: new Map(), forms: [], logins: [] };

/** As the tool reports it: any unit, any total. */
export interface CallProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** `stop`: somebody cancelled, the turn ends as `stopped`. `suspend`: the process ends, the record stays open and a later process goes on. */
export type StopReason = 'stop' | 'suspend';

/**
 * - `stored` from here on the record carries the question: it is answered, whatever happens to the process;
 * - `known` it was taken before, by this process or another; `withdrawn` it is not wanted any more; `refused` it may not be asked;
 * - `unstored` the signal was aborted before the store took it.
 */
export type TakeOutcome = 'stored' | 'known' | 'withdrawn' | 'refused' | 'unstored';

export interface TakenTurn {
  /** The one record of the question, from the first moment. To be run once it is stored. */
  readonly turn: Turn;
  /** How it came out. Never rejects, and ends with the signal at the latest. */
  readonly stored: Promise<TakeOutcome>;
}

export interface TakeOptions {
  /** A store that is away is waited for until this aborts. */
  readonly signal: AbortSignal;
  /** Whether somebody still wants the answer, asked after each failed attempt. Default: yes. */
  readonly isWanted?: () => boolean;
  /** Whether a question that could not be stored is found and taken again after a restart. If not, its turn ends as `store-failed`. Default false. */
  readonly isFoundAgain?: boolean;
  /**
   * What goes into the record of what is kept beside the turns, such as settings; or that it may not be asked. Done once, before it is
   * stored; when that rejects, it is waited for as the store is. Default: nothing.
   */
  readonly complete?: (question: Question) => Promise<Question | 'refused'>;
  /** Another conversation in whose history it may be. Default: none. */
  readonly mayBeIn?: string;
  /** Called when the record changes before it is stored: the store is waited for. */
  readonly onChange?: (live: LiveState) => void;
  /** As {@link Turn.replaces}. Absent: it is asked for the first time. */
  readonly replaces?: string;
}

/** Prompts and resources of the tool servers. What is chosen of them comes with a question, see {@link Attachment.source}. */
export interface AgentContent {
  /** The names of all servers, in the order of the settings. */
  readonly servers: readonly string[];
  /** Of those that were heard of since the start: of the others nobody knows yet. */
  readonly offered: readonly ServerContent[];
  /** Calls back whenever `offered` is something else than before. @returns what ends that. */
  watch(onChange: () => void): () => void;
  /** What the server suggests for what is typed; nothing where it does not, or is down. Never rejects, and ends with the signal. */
  suggest(server: string, typing: Typing, signal: AbortSignal): Promise<readonly string[]>;
  /** Resources that members may read, up to 5,000 of each server, as listed now or not long ago. Never rejects, and ends with the signal. */
  resources(signal: AbortSignal): Promise<readonly OfferedResource[]>;
}

export interface UnfinishedOptions {
  /** By what their front end has kept of them. Default: all are. */
  readonly isOurs?: (turn: Pick<Turn, 'delivery'>) => boolean;
  /** Told of each of ours whose record only a newer version can read: it is left for that one as it is. */
  readonly onNewer?: () => void;
}

export interface Agent {
  /** Takes a question, once: the turn is there at once, and is stored as soon as the store takes it. */
  take(question: Question, delivery: JsonValue, options: TakeOptions): TakenTurn;

  /**
   * Goes on with the turn until it has ended: model steps and tool results that are in the record are not run again.
   * Never rejects: failures end in `turn.end`. Leaves `turn.end` unset only when suspended, or when calls of it go on as tasks
   * of their servers (see `openTasks`): then it is to be run again after {@link awaitTasks}, and others of its channel may be run meanwhile.
   * Turns of one channel must be run one after another, in the order asked.
   */
  run(turn: Turn, options: RunOptions): Promise<void>;

  /**
   * Waits until the tasks of a turn have results, which are then on record, or the signal aborts: a task is cancelled then, unless it
   * was for `suspend`. Never rejects.
   */
  awaitTasks(turn: Turn, options: RunOptions): Promise<void>;

  /** The turns that wait for tasks, oldest question first. */
  readonly waitingForTasks: readonly Turn[];

  /** Gives the turn its question in a new form, as long as it was not run. @throws {AppError} `store-failed` when only this process knows the new form. */
  amend(turn: Turn, question: Question): Promise<void>;

  /**
   * Stores `turn.delivery` as it is now. Calls for one turn are written in order; a call made while one is written joins
   * the next. Does nothing before the turn is stored: the first write carries it.
   */
  saveDelivery(turn: Turn): Promise<void>;

  /** A turn that is stored and not settled, by the id of its question. */
  find(turnId: string): Turn | undefined;

  /**
   * Somebody approves or denies a call that waits for it. Who may is the front end's to know. It is in the log of decisions.
   * @throws {AppError} `store-failed` when the decision could not be stored: it does not count.
   */
  decide(turnId: string, callId: string, verdict: Verdict): Promise<DecideOutcome>;

  /** The standing approvals that count, the newest first. @throws {AppError} `store-failed`. */
  grants(): Promise<readonly Grant[]>;

  /**
   * Somebody accepts what a server's tools say of themselves now. Who may is the front end's to know.
   * @throws {AppError} `store-failed`.
   */
  acceptTools(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome>;

  /**
   * Ends a standing approval. Who may is the front end's to know.
   * @returns what it was; undefined when there is none any more.
   * @throws {AppError} `store-failed`.
   */
  endGrant(id: string, by: string): Promise<Grant | undefined>;

  /** The asker answers a form. Nothing is stored of it but what the tool makes of it. */
  answerForm(turnId: string, formId: string, answer: FormAnswer): FormOutcome;

  /** The bytes of a file in the record; undefined when they are not there any more. */
  readFile(file: FileReference): Promise<Uint8Array | undefined>;

  /**
   * Lets as much again be spent of the budget of which that turn had too little, in its period.
   * @returns false when that was done for this turn before, or there are no budgets any more.
   * @throws {AppError} `store-failed` when it could not be stored.
   */
  extendBudget(budget: SpentBudget, turnId: string): Promise<boolean>;

  /** Deletes the history of a conversation (see `conversationOf`) and everything else that is stored of it. Turns that run go on and begin a new one. */
  forget(conversation: string): Promise<void>;

  /**
   * Deletes everything that is stored of what that person has asked until then, in every conversation, takes their logins at tool servers
   * back and ends what was approved for them. Turns that run go on, and are not kept.
   * @returns how many conversations it was taken out of, as far as that is known. Rejects when some of it could not be deleted; the rest is.
   */
  forgetPerson(forgotten: Forgotten): Promise<number>;

  /**
   * Everything of the ended turn is shown: it leaves the unfinished turns. Its place in the history stays. A turn without an
   * end is dropped: nothing of it stays stored.
   * @param kept What the front end wants to know of the turn later, see {@link ended}. Default: nothing.
   */
  settle(turn: Turn, kept?: JsonValue): Promise<void>;

  /** A settled turn, as long as its conversation's history has it, with what the front end has kept of it; null when that is gone. */
  ended(conversation: string, turnId: string): Promise<{ readonly turn: Turn; readonly kept: JsonValue } | undefined>;

  /** The ended turns of a conversation that its history has, oldest first. */
  history(conversation: string): Promise<readonly Turn[]>;

  /** What is left of the turns that were before those; undefined where nothing is. */
  summary(conversation: string): Promise<string | undefined>;

  /** Members' own logins at tool servers. */
  readonly logins: Logins;

  /** What the model is offered, by server: when that person asks, and in that guild, where they are named. Servers that are not connected are waited for until the signal aborts, some seconds at most. Never rejects. */
  tools(
    signal: AbortSignal,
    of?: { readonly personId?: string; readonly guildId?: string | undefined },
  ): Promise<readonly ServerTools[]>;

  /** What tool servers have for members besides tools. */
  readonly content: AgentContent;

  /** What is kept of the settled turns whose questions were asked on that day (UTC), in any order. @param day Any time of it, in ms since 1970 UTC. */
  settledOn(day: number): Promise<readonly SettledTurn[]>;

  /**
   * Turns of other processes that are stored and not settled, oldest question first. From now on they are this one's.
   */
  unfinished(options?: UnfinishedOptions): Promise<Turn[]>;

  /** Another process goes on with these turns: resolves when this one writes nothing more of them. Never rejects. */
  handOver(isHandedOver: (turn: Turn) => boolean): Promise<void>;

  /** How many turns are stored and not settled, as far as this process knows. */
  readonly unsettled: number;

  /** What a front end keeps beside the turns and changes in one step, such as settings. */
  readonly documents: Documents;

  /** The tool servers that guilds have added for themselves. Undefined: the operator lets nobody add any. */
  readonly guildServers: GuildServers | undefined;

  /** Small values that a front end keeps beside the turns, such as what it has last seen. Undefined when never set. */
  recall(key: string): Promise<JsonValue | undefined>;
  remember(key: string, value: JsonValue): Promise<void>;

  /** Lets go of tool servers and store. Turns that still run must have been aborted before. */
  close(): Promise<void>;
}

/** Runs the turn and stays for its tasks, however long: where nobody waits behind it. */
export async function runToEnd(
  agent: Pick<Agent, 'run' | 'awaitTasks'>,
  turn: Turn,
  options: RunOptions,
): Promise<void> {
  await agent.run(turn, options);
  while (openTasks(turn).length > 0 && options.signal.reason !== ('suspend' satisfies StopReason)) {
    await agent.awaitTasks(turn, options);
    await agent.run(turn, options);
  }
}
