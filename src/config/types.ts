/** The settings as the program uses them: checked, with defaults, in units that their names tell. */
import type { LogLevel } from '../log.ts';
import type { ToolServerConfig } from './tool-servers.ts';

export interface DiscordConfig {
  readonly token: string;
  /** REST base without the version, e.g. `https://discord.com/api`. */
  readonly apiUrl: string;
  /** The shards that this process serves, of how many there are. Undefined: the only one. */
  readonly shards: ShardConfig | undefined;
}

export interface ShardConfig {
  /** Ascending. */
  readonly ids: readonly number[];
  readonly count: number;
}

/** US dollars for a million tokens: of the prompt, of its part that the provider had cached, and of the answer. */
export interface Prices {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

export interface ModelConfig {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly name: string;
  readonly reasoningEffort: string | undefined;
  readonly temperature: number | undefined;
  /** Undefined: 1,000, and more where the model reasons. */
  readonly maxOutputTokens: number | undefined;
  readonly systemPrompt: string | undefined;
  /** Undefined: those that are known for the model, if any. */
  readonly prices: Prices | undefined;
}

/** The bounds of a turn that an operator may set. */
export interface TurnConfig {
  readonly stepsPerTurn: number;
  readonly callsPerTurn: number;
  /** How often the same call may be made in steps that follow each other. */
  readonly sameCalls: number;
  readonly turnMs: number;
  readonly streamIdleMs: number;
  /** How long a turn waits for a model server that says when it will take requests again. */
  readonly modelWaitMs: number;
}

export interface HistoryConfig {
  readonly maxTokens: number;
  /** Whether what is dropped is kept as a summary, which costs a request to the model. */
  readonly isSummarised: boolean;
  /** Undefined: for ever. */
  readonly ttlDays: number | undefined;
}

/** Who may approve a tool call besides the asker, and for how long. */
export interface ApprovalConfig {
  readonly roleIds: readonly string[];
  readonly waitMs: number;
}

/** Questions that were asked while no process was listening. */
export interface CatchUpConfig {
  readonly maxAgeMs: number;
  readonly maxQuestions: number;
  /** What happens to those that are older: nothing, or a short note. */
  readonly tooOld: 'ignore' | 'note';
}

export interface CalculatorConfig {
  readonly host: string;
  readonly port: number;
}

export interface Config {
  /** Empty strings where the program does not need Discord. */
  readonly discord: DiscordConfig;
  readonly model: ModelConfig;
  /** Where this project's own calculator server listens. */
  readonly calculator: CalculatorConfig;
  readonly toolServers: readonly ToolServerConfig[];
  readonly turn: TurnConfig;
  readonly history: HistoryConfig;
  readonly approval: ApprovalConfig;
  readonly catchUp: CatchUpConfig;
  /** `sqlite://PATH`, `redis://…`, `postgres://…` or `memory://`. */
  readonly storeUrl: string;
  /** What the store is encrypted with. Undefined: it is not. */
  readonly storeKey: string | undefined;
  readonly logLevel: LogLevel;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
}
