/** The settings as the program uses them: checked, with defaults, in units that their names tell. What other rooms know of this one. */
import type { LogLevel } from '../log.ts';
import type { OperatorSettings } from '../settings/resolve.ts';
import type { AccessConfig } from './access.ts';
import type { ApprovalConfig } from './approval.ts';
import type { AttachmentsConfig } from './attachments.ts';
import type { BudgetConfig } from './budget.ts';
import type { CalculatorConfig } from './calculator.ts';
import type { CallbackConfig } from './callback.ts';
import type { CatchUpConfig } from './catch-up.ts';
import type { DiscordConfig } from './discord.ts';
import type { GuildServersConfig } from './guild-servers.ts';
import type { HistoryConfig } from './history.ts';
import type { InteractionsConfig } from './interactions.ts';
import type { ListeningConfig } from './listening.ts';
import type { ChoosableModel } from './member-settings.ts';
import type { ModelConfig } from './model.ts';
import type { OpsConfig } from './ops.ts';
import type { ReviewConfig } from './review.ts';
import type { ShowingConfig } from './showing.ts';
import type { ToolServerConfig } from './tool-servers.ts';
import type { TracesConfig } from './traces.ts';
import type { TurnConfig } from './turn.ts';

export type { AccessConfig } from './access.ts';
export type { ApprovalConfig } from './approval.ts';
export type { AttachmentsConfig } from './attachments.ts';
export type { BudgetConfig, LimitsConfig } from './budget.ts';
export type { CalculatorConfig } from './calculator.ts';
export type { CallbackConfig } from './callback.ts';
export type { CatchUpConfig } from './catch-up.ts';
export type { DiscordConfig, ShardConfig } from './discord.ts';
export type { GuildServersConfig } from './guild-servers.ts';
export type { HistoryConfig } from './history.ts';
export type { ListeningConfig } from './listening.ts';
export type { ChoosableModel } from './member-settings.ts';
export type { ModelConfig, Prices } from './model.ts';
export type { ReviewConfig } from './review.ts';
export type { ShowingConfig } from './showing.ts';
export type { TracesConfig } from './traces.ts';
export type { TurnConfig } from './turn.ts';

export interface Config {
  readonly discord: DiscordConfig;
  readonly listening: ListeningConfig;
  readonly model: ModelConfig;
  /** Where this project's own calculator server listens. */
  readonly calculator: CalculatorConfig;
  readonly toolServers: readonly ToolServerConfig[];
  /** Undefined: no guild may add tool servers for itself. */
  readonly guildServers: GuildServersConfig | undefined;
  readonly turn: TurnConfig;
  readonly history: HistoryConfig;
  readonly attachments: AttachmentsConfig;
  readonly access: AccessConfig;
  readonly approval: ApprovalConfig;
  readonly budget: BudgetConfig;
  readonly review: ReviewConfig;
  readonly catchUp: CatchUpConfig;
  readonly ops: OpsConfig;
  readonly callback: CallbackConfig;
  readonly interactions: InteractionsConfig;
  /** Undefined: nobody gets traces. */
  readonly traces: TracesConfig | undefined;
  readonly showing: ShowingConfig;
  /** Those that can be chosen besides `model`. */
  readonly models: readonly ChoosableModel[];
  readonly settings: OperatorSettings;
  /** `sqlite://PATH`, `redis://…`, `postgres://…` or `memory://`. */
  readonly storeUrl: string;
  /** What the store is encrypted with. Undefined: it is not. */
  readonly storeKey: string | undefined;
  readonly logLevel: LogLevel;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
}
