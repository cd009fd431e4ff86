/**
 * The turn: one question and everything that followed, as plain data that only grows. It is stored as it grows; front
 * ends show it, the history is made of it, and recovery goes on from it. JSON-safe: no bigint, no Date, no class.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Who asked what, where. Front ends make it; ids are theirs (Discord: snowflakes) and opaque to the agent. */
export interface Question {
  /** Unique among all questions: the message's or the interaction's id. Becomes the turn's id. */
  readonly id: string;
  /** Where it was asked before and is asked again: the id of the first time, by which the front end knows it. Absent: its own. */
  readonly originalId?: string;
  /** Whose history the turn belongs to: a channel, a thread, a DM, a terminal. */
  readonly channelId: string;
  readonly authorId: string;
  /** What the other members of the channel call the author. One line, not empty. */
  readonly authorName: string;
  /** Not empty, mention of the bot taken out. */
  readonly text: string;
  /** Milliseconds since 1970 UTC. */
  readonly askedAt: number;
  /** The community that the channel belongs to (Discord: the guild). Absent: none. */
  readonly guildId?: string;
  /** Roles of the author that something depends on, such as a budget. Absent: none. */
  readonly roleIds?: readonly string[];
  /** Nobody but the asker sees question and answer: the turn belongs to a conversation of its own, see {@link conversationOf}. */
  readonly isPrivate?: true;
  /** Messages that the question points at, or that were said before it. Absent: none. */
  readonly quotes?: readonly QuotedMessage[];
  /** Files that came with the question or with what it points at. Absent: none. */
  readonly attachments?: readonly Attachment[];
  /** The author may not see what was said before: neither may the model. The turn joins the history all the same. */
  readonly withoutHistory?: true;
  /** What held when it was taken, and holds until its turn has ended. Absent: the operator's alone. */
  readonly settings?: TurnSettings;
}

/** What those whose place it is have set for a turn, within what the operator allows. What is absent is as the operator says. */
export interface TurnSettings {
  /** What the bot's own words are in, as the front end names languages. */
  readonly language?: string;
  /** Added after the system prompt, in that order: data of those who wrote it. */
  readonly instructions?: readonly ExtraInstructions[];
  /** Name of the model that is asked. */
  readonly model?: string;
  /** What the model is not offered: servers by their names, tools by the names that the model knows them by. */
  readonly toolsOff?: ToolsOff;
  /** Which calls a person must approve, besides those that the operator has approved. */
  readonly approval?: ApprovalRule;
  /** How much is shown of tool calls, as the front end names it. */
  readonly notices?: string;
}

export interface ExtraInstructions {
  readonly of: 'server' | 'channel' | 'person';
  readonly text: string;
}

export interface ToolsOff {
  readonly servers: readonly string[];
  readonly tools: readonly string[];
}

/** `destructive`: calls of tools whose server does not say that they only read, or destroy nothing. */
export interface ApprovalRule {
  readonly when: 'destructive' | 'always';
  /** Somebody else than the asker must approve. */
  readonly notAsker?: true;
}

/** A message that somebody else may have written: data for the model, never an order to it. */
export interface QuotedMessage {
  /** `replied-to` the question is a reply to it; `forwarded` the asker sent it on; `chosen` the asker picked it in a menu; `recent` it was said in the channel before. */
  readonly relation: 'replied-to' | 'forwarded' | 'chosen' | 'recent';
  /** What others call its author. One line. Absent: the platform does not say. */
  readonly authorName?: string;
  /** Empty when it has none, or when the platform hides it. */
  readonly text: string;
  /** The platform does not tell the bot what it says. */
  readonly isHidden?: true;
}

/** A file on the platform, or something that a tool server has, before it was fetched. */
export interface Attachment {
  /** As its sender named it. One line. */
  readonly name: string;
  /** As the platform says; 0 where nobody does. */
  readonly bytes: number;
  /** Where the front end fetches it. Empty where it has a source. */
  readonly url: string;
  /** Which tool server is asked for it. Absent: none, it is a file on the platform. */
  readonly source?: ServerSource;
  /** Which of {@link Question.quotes} it came with. Absent: the question itself. */
  readonly quote?: number;
}

/** What a member has chosen of a tool server. A prompt is what is asked; a resource is a file that comes with it. */
export type ServerSource =
  | {
      readonly type: 'prompt';
      readonly server: string;
      readonly name: string;
      readonly arguments: Readonly<Record<string, string>>;
    }
  | { readonly type: 'resource'; readonly server: string; readonly uri: string };

/**
 * Why a file was left out of the question:
 * - `too-large` over a bound, `too-many` there were others before it; `unknown-kind` neither a picture nor a text that is read;
 * - `unreadable` broken, protected, or without text; `unreachable` it could not be fetched; `model` the model takes no pictures.
 */
export const leftOutReasons = ['too-large', 'too-many', 'unknown-kind', 'unreadable', 'unreachable', 'model'] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/**
 * What became of one of {@link Question.attachments}, or of one part of what has a source. A picture's bytes are kept beside the
 * record; a text is part of it.
 */
export type AttachmentOutcome = {
  readonly attachment: number;
  /** Of a message of a prompt: in whose name it speaks. */
  readonly role?: 'user' | 'assistant';
  /** What the part is called, where that is not the attachment's own name. */
  readonly part?: string;
} & (
  | { readonly type: 'image'; readonly file: FileReference }
  | { readonly type: 'text'; readonly text: string; readonly isCut?: true }
  | { readonly type: 'left-out'; readonly reason: LeftOutReason }
);

/** A tool call as the model wrote it. `arguments` is the model's JSON text to the letter, so that no digit is lost; it may be malformed. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A picture, a sound or another file that a tool returned. Its bytes are kept beside the record, under the key, until the turn is settled. */
export interface FileReference {
  readonly key: string;
  /** With an extension, fit for a file system. */
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** What a picture shows, for whoever cannot see it: one line of at most 1,024 characters. */
  readonly description?: string;
}

/** What a tool call came to. A failure is a result too: the model reads `text` and can mend its call. */
export interface ToolResult {
  readonly callId: string;
  readonly ok: boolean;
  /** What the model is given: the tool's text, or one sentence on why there is none. */
  readonly text: string;
  /** What the front end shows besides; `text` describes it to the model. */
  readonly files?: readonly FileReference[];
  /** Of a search for tools: the names that were found, the best first. They are offered from then on. */
  readonly found?: readonly string[];
  /** Addresses that it links to. Until the turn ends, the model may have them read, by the server that was asked. */
  readonly links?: readonly string[];
  /** The tool server that was asked. Absent: none was, or the record is of an earlier version, as below. */
  readonly server?: string;
  /** When the call was begun and when it ended, in milliseconds since 1970 UTC. */
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** A call that a person must approve before it is made. */
export interface Approval {
  readonly callId: string;
  /** Milliseconds since 1970 UTC; undecided then, it is denied. */
  readonly until: number;
  /** Whether somebody else than the asker must approve it. */
  readonly notAsker?: true;
  /** How many different people must approve it. Absent: one. */
  readonly quorum?: number;
  /** Roles that may approve it besides the asker. Absent: those that may approve everything. */
  readonly roleIds?: readonly string[];
  /** What is to be called, as the server names it. Absent in records of an earlier version, as below. */
  readonly server?: string;
  readonly tool?: string;
  /** What the tool says of itself, as a hash: a standing approval is bound to it. Absent: none can be given. */
  readonly toolHash?: string;
  /** Who has approved it so far, where that is more than a yes of one. */
  votes?: ApprovalVote[];
  /** Unset: it waits. */
  decision?: 'approved' | 'denied';
  /** Id of whoever decided, or was the last of those who did; unset when time did. */
  by?: string;
  /** The standing approval that let it pass, and nobody was asked. */
  readonly grantId?: string;
  /** Milliseconds since 1970 UTC. */
  decidedAt?: number;
  /** Stored before an approved call is made: from then on its outcome may be unknown. */
  isStarted?: true;
}

/** Of one person. */
export interface ApprovalVote {
  readonly by: string;
  /** Also for later calls of the tool: of whoever asks in this channel, or of this asker anywhere. */
  readonly standing?: 'here' | 'asker';
}

/**
 * A call that its server works on as a task of its own, however long. Once it stands here the call is never made again: its server is
 * asked how it is doing.
 */
export interface CallTask {
  readonly callId: string;
  readonly server: string;
  /** As the server named it, of at most 1,024 characters. */
  readonly taskId: string;
  /** When it was begun, and when nobody waits for it any more; in milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly until: number;
  /** Stored before its server is told so: the turn ends as stopped, in whichever process. */
  isUnwanted?: true;
}

/** Tokens of one model request, as the server counted them. */
export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** In US dollars, where the model's prices are known. */
  readonly costUsd?: number;
}

/** One answer of the model. With calls it is a step on the way; without, its text is the answer. */
export interface ModelStep {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** In the order they finished; a call without a result is running or was interrupted. */
  readonly results: ToolResult[];
  /** Calls that wait, or have waited, for a person. Absent: none. */
  approvals?: Approval[];
  /** Calls that go on as tasks, or went on as such until their result. Absent: none. */
  tasks?: CallTask[];
  readonly usage?: Usage;
  /** When the model was asked and when it had answered, in milliseconds since 1970 UTC. Absent in records of an earlier version, as below. */
  readonly askedAt?: number;
  readonly answeredAt?: number;
  /** Requests before this one that came to nothing. Absent: none. */
  readonly retries?: number;
}

/**
 * Why a turn ended without a whole answer. Front ends say each in words that a member understands.
 * - `model-unreachable` no connection, or none in time; `model-refused` the key is not accepted; `model-unknown` the server does not have the model (any more);
 *   `model-busy` rate limited; `model-quota` the account is out of money; `model-error` the server failed or sent nonsense;
 *   `model-cut-off` the stream broke or went silent; `model-empty` neither text nor tool call.
 * - `answer-too-long` the output token limit cut the answer (what came stays); `answer-filtered` the provider withheld it.
 * - `step-limit` too many rounds of tool calls; `time-limit` the turn took too long.
 * - `prompt-gone` the tool server does not have the prompt that was chosen (any more); `prompt-refused` it does not take these arguments;
 *   `prompt-unreachable` it could not be asked.
 * - `over-budget` more may not be spent now, see {@link SpentBudget}; `stopped` cancelled; `store-failed` the record could not be kept; `internal` a defect.
 */
export const failureCodes = [
  'model-unreachable',
  'model-refused',
  'model-unknown',
  'model-busy',
  'model-quota',
  'model-error',
  'model-cut-off',
  'model-empty',
  'answer-too-long',
  'answer-filtered',
  'step-limit',
  'time-limit',
  'prompt-gone',
  'prompt-refused',
  'prompt-unreachable',
  'over-budget',
  'stopped',
  'store-failed',
  'internal',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** A turn that has ended says how. After `failed`, text and results that came before stay part of the record. */
export type TurnEnd =
  | { readonly type: 'answered' }
  /** `budget` is set with `over-budget`. */
  | { readonly type: 'failed'; readonly code: FailureCode; readonly budget?: SpentBudget };

/** A budget of which there is not enough left. `role` is what a member may spend for a role. */
export interface SpentBudget {
  readonly of: 'bot' | 'server' | 'channel' | 'member' | 'role';
  readonly per: 'day' | 'month';
  /** Names what was spent of; the agent's own. */
  readonly account: string;
  /** In billionths of a dollar, in tokens or in questions: the account's own. */
  readonly cap: number;
  /** When there is some again, in ms since 1970 UTC. */
  readonly until: number;
}

/**
 * Something a member should know although the turn goes on.
 * - `no-tools` no tool server could be reached, so none can be used;
 * - `store-wait` the conversation cannot be read, so the turn waits until it can;
 * - `model-wait` the model server wants no request for `waitMs`, and the turn waits until then (`until`, ms since 1970 UTC).
 */
export type TurnWarning = (
  | { readonly type: 'no-tools' }
  | { readonly type: 'store-wait' }
  | { readonly type: 'model-wait'; readonly waitMs: number; readonly until: number }
) & {
  /** How many steps the record had: the warning stands after them. */
  readonly afterSteps: number;
};

/** Of the turns that are stored, and the newest that can be read. */
export const recordVersion = 4;

/** The record. Only the agent appends to it; `delivery` alone belongs to the front end. */
export interface Turn {
  readonly version: typeof recordVersion;
  /** Changes only before the first step, when its author edits it. */
  question: Question;
  readonly warnings: TurnWarning[];
  readonly steps: ModelStep[];
  /** What became of the question's attachments, in the order they were read. Absent: nothing is known yet. */
  files?: AttachmentOutcome[];
  /**
   * Id of the turn whose place in the history this one takes: its question was asked again. One that fails does not take the
   * place of an answer.
   */
  readonly replaces?: string;
  end?: TurnEnd;
  /** Milliseconds since 1970 UTC. Absent in records of an earlier version. */
  endedAt?: number;
  /** What the front end must remember to go on showing the turn after a restart. The agent stores it and never looks inside. */
  delivery: JsonValue;
}

/** The id under which it was asked first. */
export function originalIdOf({ id, originalId = id }: Pick<Question, 'id' | 'originalId'>): string {
  return originalId;
}

/** Whose history the turn belongs to: the channel's, or that of its asker alone. */
export function conversationOf({
  channelId,
  authorId,
  isPrivate,
}: Pick<Question, 'channelId' | 'authorId' | 'isPrivate'>): string {
  return isPrivate === true ? `${channelId}/${authorId}` : channelId;
}

/** Whether it is one of {@link conversationOf} that nobody but that author sees. */
export function isOfAuthorAlone(conversation: string, authorId: string): boolean {
  return conversation.endsWith(`/${authorId}`);
}

/** The result of a call, once there is one. */
export function resultOf(step: ModelStep, call: ToolCall): ToolResult | undefined {
  return step.results.find((result) => result.callId === call.id);
}

/** What the searches of these turns have found, in their order. */
export function foundIn(turns: readonly Turn[]): (readonly string[])[] {
  return turns.flatMap(({ steps }) =>
    steps.flatMap(({ results }) => results.flatMap(({ found }) => (found === undefined ? [] : [found]))),
  );
}

/** What a person was asked about a call, if anybody was. */
export function approvalOf(step: ModelStep, call: ToolCall): Approval | undefined {
  return step.approvals?.find(({ callId }) => callId === call.id);
}

/** The task as which the call goes on, or went on. */
export function taskOf(step: ModelStep, call: ToolCall): CallTask | undefined {
  return step.tasks?.find(({ callId }) => callId === call.id);
}

/** The tasks that the turn waits for. */
export function openTasks({ steps, end }: Turn): readonly CallTask[] {
  const last = steps.at(-1);
  if (last === undefined || end !== undefined) return [];
  return (last.tasks ?? []).filter(({ callId }) => last.results.every((result) => result.callId !== callId));
}

/** Of two requests together; where one was not counted, the other. */
export function addUsage(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const isPriced = one.costUsd !== undefined || other.costUsd !== undefined;
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(isPriced ? { costUsd: (one.costUsd ?? 0) + (other.costUsd ?? 0) } : {}),
  };
}
