/** The bounds of a turn and of everything that it waits for. */

import type { Config } from '../config/types.ts';

export interface AgentLimits {
  /** Answers of the model in one turn. On the last one it is asked without tools, so that prose comes. */
  readonly stepsPerTurn: number;
  /** Tool calls that are run in one turn; further ones are answered with a refusal. */
  readonly callsPerTurn: number;
  /** How often the same call may be made in steps that follow each other; then it is refused, and the model must answer in prose. */
  readonly sameCalls: number;
  /** How long a call waits for a person's approval, and a form for its answer, in ms. */
  readonly approvalMs: number;
  /** How long one run of a turn waits in all for people, in ms: those who asked after it wait, too. */
  readonly peopleMs: number;
  /** How long a standing approval counts, in ms. */
  readonly grantMs: number;
  /** How long a turn waits in all for a model server that says when it will take requests again, in ms. */
  readonly modelWaitMs: number;
  /** What one run of a turn may take, in ms; waiting for people, for a busy model or for the store does not count. */
  readonly turnMs: number;
  /** Silence of the model's stream that counts as broken, in ms. */
  readonly streamIdleMs: number;
  /** From a request to the head of the model's response, in ms. */
  readonly modelResponseMs: number;
  /** The longest wait that a model server may ask for without anybody being told, in ms. */
  readonly modelRetryMs: number;
  /** Silence of a tool call, in ms: each report of progress begins it anew. */
  readonly toolCallMs: number;
  /** A tool call in all, in ms. */
  readonly toolCallMaxMs: number;
  /** How long a turn stays for a call that its server works on as a task, before it lets others of its channel go first, in ms. */
  readonly taskPatienceMs: number;
  /** Between two looks at a task, in ms: at least, where its server does not say, and at most. */
  readonly taskPollLeastMs: number;
  readonly taskPollMs: number;
  readonly taskPollMostMs: number;
  /** How long a task is waited for, whatever its server says, in ms. */
  readonly taskMs: number;
  /** Tasks that one member, and one channel, may have at a time. */
  readonly tasksPerMember: number;
  readonly tasksPerChannel: number;
  /** How long a turn waits for tool servers that are not connected, in ms. */
  readonly toolConnectMs: number;
  /** How long a turn whose calls were interrupted waits for them, in ms: only its server says whether a call may be made again. */
  readonly toolReconnectMs: number;
  /** Characters of a tool's text that are kept. */
  readonly toolTextLength: number;
  /** How long a tool server that a guild has added stays connected while nobody uses it, in ms. */
  readonly guildServerIdleMs: number;
  /** What tools may take of every prompt, in tokens; where there are more, the model searches them. */
  readonly toolTokens: number;
  /** The largest file of a tool that is taken, in bytes; larger ones are described to the model and not shown. */
  readonly fileBytes: number;
  /** Files of one question that are read. */
  readonly attachments: number;
  /** Each of them, and all together, in bytes. */
  readonly attachmentBytes: number;
  readonly attachmentsBytes: number;
  /** Characters of the text of each that are read. */
  readonly attachmentCharacters: number;
  /** What reading all of them may take, in ms. */
  readonly attachmentsMs: number;
  /** How many of a conversation's newest pictures are shown again with later questions. */
  readonly historyPictures: number;
  /** A history that grows past one of these is cut from the old end down to a third of it: turns, and tokens. */
  readonly historyTurns: number;
  readonly historyTokens: number;
  /** Before a history that could not be read is tried again the first time, in ms; then twice as long each time. */
  readonly storeRetryMs: number;
  /** When SDKs are loaded and tool servers connected if no turn came first, in ms after creation: past the start-up. */
  readonly warmUpAfterMs: number;
}

/** The bounds that an operator has set. */
export function toLimits({
  turn,
  approval,
  history,
  attachments,
}: Pick<Config, 'turn' | 'approval' | 'history' | 'attachments'>): Partial<AgentLimits> {
  return {
    ...turn,
    approvalMs: approval.waitMs,
    grantMs: approval.standingMs,
    historyTokens: history.maxTokens,
    historyPictures: history.pictures,
    attachments: attachments.most,
    attachmentBytes: attachments.bytesEach,
    attachmentsBytes: attachments.bytesInAll,
    attachmentCharacters: attachments.charactersEach,
  };
}

export const defaultLimits = {
  stepsPerTurn: 10,
  callsPerTurn: 32,
  sameCalls: 2,
  approvalMs: 300_000,
  peopleMs: 1_200_000,
  grantMs: 30 * 86_400_000,
  modelWaitMs: 600_000,
  turnMs: 300_000,
  streamIdleMs: 60_000,
  modelResponseMs: 60_000,
  modelRetryMs: 20_000,
  toolCallMs: 20_000,
  toolCallMaxMs: 300_000,
  taskPatienceMs: 2_000,
  taskPollLeastMs: 1_000,
  taskPollMs: 5_000,
  taskPollMostMs: 60_000,
  taskMs: 7 * 24 * 3_600_000,
  tasksPerMember: 3,
  tasksPerChannel: 10,
  toolConnectMs: 3_000,
  toolReconnectMs: 15_000,
  toolTextLength: 16_000,
  guildServerIdleMs: 300_000,
  toolTokens: 16_000,
  fileBytes: 8 * 1024 * 1024,
  attachments: 8,
  attachmentBytes: 10 * 1024 * 1024,
  attachmentsBytes: 20 * 1024 * 1024,
  attachmentCharacters: 20_000,
  attachmentsMs: 60_000,
  historyPictures: 0,
  historyTurns: 80,
  historyTokens: 24_000,
  storeRetryMs: 250,
  warmUpAfterMs: 1_000,
} as const satisfies AgentLimits;
