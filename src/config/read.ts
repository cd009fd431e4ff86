/** All settings, checked at once, so that one start names every bad variable, what it should hold and where to get it. */
import { existsSync, readFileSync } from 'node:fs';
import { config as loadDotenv, parse } from 'dotenv';
import { ConfigError, type SettingProblem } from '../errors.ts';
import { logLevels } from '../log.ts';
import { readAccess } from './access.ts';
import { readApproval } from './approval.ts';
import { readAttachments } from './attachments.ts';
import { toBudget } from './budget.ts';
import { calculatorUrl, readCalculator } from './calculator.ts';
import { readCallback, requireForLogins } from './callback.ts';
import { readCatchUp } from './catch-up.ts';
import { readDiscord } from './discord.ts';
import { toGuildServers } from './guild-servers.ts';
import { readHistory } from './history.ts';
import { readInteractions } from './interactions.ts';
import { readListening } from './listening.ts';
import { toChoosableModels, toOperatorSettings } from './member-settings.ts';
import { readModel } from './model.ts';
import { type LoadedOperatorFile, noOperatorFile } from './operator-file.ts';
import { readOps } from './ops.ts';
import { toReview } from './review.ts';
import { type Environment, Settings } from './settings.ts';
import { readShowing } from './showing.ts';
import { readStoreKey, readStoreUrl } from './store.ts';
import { readToolServers, type ToolServerConfig } from './tool-servers.ts';
import { readTraces } from './traces.ts';
import { readTurn } from './turn.ts';
import type { Config } from './types.ts';

/** What a program needs besides the settings that all have: decides which variables must be there. */
export interface Needs {
  readonly discord?: boolean;
  readonly model?: boolean;
}

/** The environment with `.env` of the current folder laid under it: what is set in the shell wins. */
export function loadEnvironment(): Environment {
  loadDotenv({ quiet: true });
  return process.env;
}

/** What such a file says, without taking it over. Undefined where there is none. @throws {Error} when it cannot be read. */
export function readEnvFile(path: string): Environment | undefined {
  return existsSync(path) ? parse(readFileSync(path)) : undefined;
}

/**
 * @param operator What `loadOperatorFile` gave. Default: no such file.
 * @throws {ConfigError} that names every bad or missing variable.
 */
export function readConfig(
  environment: Environment,
  needs: Needs,
  operator: LoadedOperatorFile = noOperatorFile,
): Config {
  const { config, problems } = inspectConfig(environment, needs, operator);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The settings as far as they can be read, what is bad at its default, and what is wrong with them: for who looks, and does not start. */
export function inspectConfig(
  environment: Environment,
  needs: Needs,
  operator: LoadedOperatorFile,
): { readonly config: Config; readonly problems: readonly SettingProblem[] } {
  const settings = new Settings(environment);
  // Whether it is set is known: it was loaded.
  for (const problem of operator.problems) settings.report('JUPAN_CONFIG', problem);
  const discord = readDiscord(settings, needs.discord === true);
  const model = readModel(settings, needs.model === true);
  const calculator = readCalculator(settings);
  const toolServers: readonly ToolServerConfig[] = readToolServers(settings, environment) ?? [
    { name: 'calculator', url: calculatorUrl(calculator), headers: {} },
  ];
  const showing = readShowing(settings);
  const config = {
    discord,
    listening: readListening(settings),
    model,
    calculator,
    toolServers: toolServers.map((server) => markOwn(server, calculatorUrl(calculator))),
    guildServers: toGuildServers(operator.file),
    turn: readTurn(settings),
    history: readHistory(settings),
    attachments: readAttachments(settings),
    access: readAccess(settings),
    approval: readApproval(settings, toolServers),
    budget: toBudget(operator.file),
    review: toReview(operator.file),
    catchUp: readCatchUp(settings),
    ops: readOps(settings),
    callback: readCallback(settings),
    interactions: readInteractions(settings),
    traces: readTraces(settings),
    showing,
    models: toChoosableModels(operator.file),
    settings: toOperatorSettings(operator.file, model, showing),
    storeUrl: readStoreUrl(settings),
    storeKey: readStoreKey(settings),
    logLevel: settings.oneOf('LOG_LEVEL', logLevels) ?? ('info' as const),
  };
  if (needs.discord === true) {
    requireApprovers(settings, config);
    requireForLogins(settings, config);
  }
  return { config: { ...config, secrets: settings.secrets }, problems: settings.problems };
}

/** Also where MCP_CONFIG names it beside others. */
function markOwn(server: ToolServerConfig, url: string): ToolServerConfig {
  return 'url' in server && server.url === url ? { ...server, isOwn: true } : server;
}

/** Without them, nobody could ever approve such a call. */
function requireApprovers(
  settings: Settings,
  { toolServers, approval, settings: { defaults } }: Pick<Config, 'toolServers' | 'approval' | 'settings'>,
): void {
  if (approval.roleIds.length > 0 || settings.hasProblem('APPROVAL_ROLES')) return;
  const needsOthers = ({ notAsker, quorum = 1, approverRoles }: ToolServerConfig) =>
    (notAsker === true || quorum > 1) && approverRoles === undefined;
  const server = toolServers.find(needsOthers);
  const isForAll = defaults.approval?.notAsker === true;
  if (server === undefined && !isForAll) return;
  const calls = isForAll ? 'calls' : `calls of the server "${server?.name}"`;
  const where = isForAll
    ? 'JUPAN_CONFIG has "notAsker"'
    : 'MCP_CONFIG has "notAsker" or "quorum", or "roles" there should';
  settings.report(
    'APPROVAL_ROLES',
    `is missing. It should name the roles that may approve ${calls}, whose "approval" in ${where}.`,
  );
}
