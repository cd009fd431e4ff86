/** What a check is: one question about this installation, answered in plain words, with what to do where something is wrong. */
import type { DiscordInspection } from '../bot/discord/inspect/inspection.ts';
import type { LoadedOperatorFile } from '../config/operator-file.ts';
import type { Environment } from '../config/settings.ts';
import type { Config } from '../config/types.ts';
import type { SettingProblem } from '../errors.ts';
import type { Finding } from './finding.ts';
import type { Words } from './words.ts';

export interface CheckContext {
  readonly environment: Environment;
  /** As far as it can be read. */
  readonly config: Config;
  /** What is wrong with the settings. */
  readonly problems: readonly SettingProblem[];
  readonly operator: LoadedOperatorFile;
  /** The bot as Discord knows it, asked once for all. */
  readonly discord: Promise<LookedAtDiscord>;
  /** Told by any answer of Discord, a refusal too. */
  readonly clock: () => DiscordInspection['clockAheadMs'];
  readonly words: Words;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** The bot as Discord knows it, or why nobody can tell. */
export type LookedAtDiscord =
  | {
      readonly type: 'seen';
      readonly inspection: DiscordInspection;
      readonly application: Awaited<ReturnType<DiscordInspection['application']>>;
    }
  | { readonly type: 'unset' }
  | { readonly type: 'token' | 'unreachable' | 'refused'; readonly reason: string };

/** Rejects only with the reason of the signal, or for a defect. */
export type Check = (context: CheckContext) => Promise<readonly Finding[]>;

/** Whether any of these settings is bad, so that there is nothing to try. */
export function isBad({ problems }: Pick<CheckContext, 'problems'>, ...variables: readonly string[]): boolean {
  return problems.some(({ variable }) => variables.includes(variable));
}

export function skipped(words: Words): readonly Finding[] {
  return [{ status: 'skipped', text: words.skipped }];
}
