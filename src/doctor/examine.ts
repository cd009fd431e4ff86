/** All checks at once, each on its own: one that fails takes no other with it. */
import { tryModel } from '../agent/model/inspect-model.ts';
import { DiscordInspection, InspectionError } from '../bot/discord/inspect/inspection.ts';
import type { LoadedOperatorFile } from '../config/operator-file.ts';
import { inspectConfig } from '../config/read.ts';
import type { Environment } from '../config/settings.ts';
import { type Check, type CheckContext, isBad, type LookedAtDiscord } from './check.ts';
import { checkClock } from './checks/clock.ts';
import { checkCommands } from './checks/commands.ts';
import { checkIntents } from './checks/intents.ts';
import { checkInteractions } from './checks/interactions.ts';
import { checkLimits } from './checks/limits.ts';
import { checkModel, hasNoModel } from './checks/model.ts';
import { checkPermissions } from './checks/permissions.ts';
import { checkPrice } from './checks/price.ts';
import { checkSettings } from './checks/settings.ts';
import { checkStore } from './checks/store.ts';
import { checkToken } from './checks/token.ts';
import { checkToolServers } from './checks/tool-servers.ts';
import { checkVersions } from './checks/versions.ts';
import type { CheckName, Finding } from './finding.ts';
import type { Words } from './words.ts';

export interface ExamineOptions {
  readonly environment: Environment;
  readonly operator: LoadedOperatorFile;
  readonly words: Words;
  /** Of Jupan. */
  readonly version: string;
  readonly signal: AbortSignal;
}

export interface CheckResult {
  readonly name: CheckName;
  readonly findings: readonly Finding[];
}

/** Gives the results in the order of the checks, each as soon as it and those before it are there. @throws the reason of the signal once that aborts. */
export async function* examine(options: ExamineOptions): AsyncGenerator<CheckResult> {
  const { environment, operator, signal } = options;
  const { config, problems } = inspectConfig(environment, { discord: true, model: true }, operator);
  const inspection = isBad({ problems }, 'DISCORD_TOKEN', 'DISCORD_API_URL')
    ? undefined
    : new DiscordInspection(config.discord, signal);
  const context: CheckContext = {
    ...options,
    config,
    problems,
    discord: lookAtDiscord(inspection),
    clock: () => inspection?.clockAheadMs,
  };
  const hide = (text: string) =>
    config.secrets
      .filter(({ length }) => length >= 6)
      .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  try {
    const results = allChecks(context).map(async ([name, check]) => ({
      name,
      findings: (await run(check, context)).map((finding) => withoutSecrets(finding, hide)),
    }));
    // Their turn may come late: until then, nobody listens to what they throw.
    for (const result of results) result.catch(() => undefined);
    for (const result of results) yield await result;
    signal.throwIfAborted();
  } finally {
    await inspection?.close();
  }
}

function allChecks(context: CheckContext): readonly (readonly [CheckName, Check])[] {
  const { config, signal } = context;
  const trial = hasNoModel(context) ? new Promise<never>(() => {}) : tryModel(config.model, signal);
  trial.catch(() => undefined); // Whoever waits for it is told.
  return [
    ['settings', checkSettings],
    ['token', checkToken],
    ['intents', checkIntents],
    ['commands', checkCommands],
    ['interactions', checkInteractions],
    ['permissions', checkPermissions],
    ['model', checkModel(trial)],
    ['price', checkPrice(trial)],
    ['tool-servers', checkToolServers],
    ['store', checkStore],
    ['clock', checkClock],
    ['versions', checkVersions],
    ['limits', checkLimits],
  ];
}

async function run(check: Check, context: CheckContext): Promise<readonly Finding[]> {
  const { words, signal } = context;
  try {
    return await check(context);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const text = error instanceof InspectionError ? words.discordUnreachable(reason) : words.defect(reason);
    return [{ status: 'problem', text }];
  }
}

async function lookAtDiscord(inspection: DiscordInspection | undefined): Promise<LookedAtDiscord> {
  if (inspection === undefined) return { type: 'unset' };
  try {
    return { type: 'seen', inspection, application: await inspection.application() };
  } catch (error) {
    if (error instanceof InspectionError) return { type: error.type, reason: error.message };
    return { type: 'unreachable', reason: String(error) };
  }
}

function withoutSecrets(finding: Finding, hide: (text: string) => string): Finding {
  const { status, text, advice, details } = finding;
  return {
    status,
    text: hide(text),
    ...(advice === undefined ? {} : { advice: hide(advice) }),
    ...(details === undefined ? {} : { details: details.map(hide) }),
  };
}
