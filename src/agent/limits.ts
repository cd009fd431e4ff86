/** The bounds of a turn and of everything that it waits for. */

export interface AgentLimits {
  /** Answers of the model in one turn. On the last one it is asked without tools, so that prose comes. */
  readonly stepsPerTurn: number;
  /** Tool calls that are run in one turn; further ones are answered with a refusal. */
  readonly callsPerTurn: number;
  /** Wall clock of one run of a turn, in ms. */
  readonly turnMs: number;
  /** Silence of the model's stream that counts as broken, in ms. */
  readonly streamIdleMs: number;
  /** From a request to the head of the model's response, in ms. */
  readonly modelResponseMs: number;
  /** One tool call, in ms. */
  readonly toolCallMs: number;
  /** How long a turn waits for tool servers that are not connected, in ms. */
  readonly toolConnectMs: number;
  /** Characters of a tool's text that are kept. */
  readonly toolTextLength: number;
  /** A history that grows past one of these is cut from the old end down to half of it: turns, and estimated tokens. */
  readonly historyTurns: number;
  readonly historyTokens: number;
  /** When SDKs are loaded and tool servers connected if no turn came first, in ms after creation: past the start-up. */
  readonly warmUpAfterMs: number;
}

export const defaultLimits = {
  stepsPerTurn: 10,
  callsPerTurn: 32,
  turnMs: 300_000,
  streamIdleMs: 60_000,
  modelResponseMs: 60_000,
  toolCallMs: 20_000,
  toolConnectMs: 3_000,
  toolTextLength: 16_000,
  historyTurns: 80,
  historyTokens: 24_000,
  warmUpAfterMs: 1_000,
} as const satisfies AgentLimits;
