/**
 * The settings: the only reader of the environment. Everything is checked at once, so that one start names every bad
 * variable, what it should hold and where to get it.
 */
import { config as loadDotenv } from 'dotenv';
import { ConfigError } from '../errors.ts';
import { logLevels } from '../log.ts';
import { findSecrets, noKey } from './secrets.ts';
import { type Environment, Settings } from './settings.ts';
import { readToolServers } from './tool-servers.ts';
import type { CalculatorConfig, Config, Prices, ShardConfig, TurnConfig } from './types.ts';

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

/** @throws {ConfigError} that names every bad or missing variable. */
export function readConfig(environment: Environment, needs: Needs): Config {
  const settings = new Settings(environment);
  const baseUrl = settings.url(
    'OPENAI_BASE_URL',
    'an http(s) address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1',
  );
  const calculator = {
    host: settings.text('MCP_HOST') ?? '127.0.0.1',
    port: settings.number('MCP_PORT', { from: 1, to: 65_535, whole: true }) ?? 8000,
  };
  const config: Config = {
    discord: {
      token: readToken(settings, needs.discord === true),
      apiUrl: (
        settings.url('DISCORD_API_URL', 'the http(s) base address of the Discord API, normally left unset') ??
        'https://discord.com/api'
      ).replace(/\/+$/, ''),
      shards: readShards(settings),
    },
    model: {
      apiKey: readApiKey(settings, baseUrl, needs.model === true),
      baseUrl,
      name: settings.text('OPENAI_MODEL') ?? 'gpt-4o',
      reasoningEffort: settings.text('OPENAI_REASONING_EFFORT'),
      temperature: settings.number('OPENAI_TEMPERATURE', { from: 0, to: 2, whole: false }),
      maxOutputTokens: settings.number('OPENAI_MAX_OUTPUT_TOKENS', { from: 1, to: 1_000_000, whole: true }),
      systemPrompt: settings.text('SYSTEM_PROMPT'),
      prices: readPrices(settings),
    },
    calculator,
    toolServers: readToolServers(settings, environment) ?? [
      { name: 'calculator', url: calculatorUrl(calculator), headers: {} },
    ],
    turn: readTurn(settings),
    history: {
      maxTokens: settings.number('HISTORY_MAX_TOKENS', { from: 100, to: 10_000_000, whole: true }) ?? 24_000,
      isSummarised: settings.isOn('HISTORY_SUMMARY') ?? false,
      ttlDays: settings.number('HISTORY_TTL_DAYS', { from: 0.001, to: 36_500, whole: false }),
    },
    approval: {
      roleIds: readRoleIds(settings),
      waitMs: (settings.number('APPROVAL_SECONDS', { from: 5, to: 86_400, whole: true }) ?? 300) * 1000,
    },
    catchUp: {
      maxAgeMs: (settings.number('CATCH_UP_MINUTES', { from: 0, to: 10_080, whole: true }) ?? 60) * 60_000,
      maxQuestions: settings.number('CATCH_UP_QUESTIONS', { from: 0, to: 100_000, whole: true }) ?? 200,
      tooOld: settings.oneOf('CATCH_UP_TOO_OLD', ['ignore', 'note']) ?? 'ignore',
    },
    storeUrl: readStoreUrl(settings),
    storeKey: readStoreKey(settings),
    logLevel: settings.oneOf('LOG_LEVEL', logLevels) ?? 'info',
    secrets: [],
  };
  if (settings.problems.length > 0) throw new ConfigError(settings.problems);
  return { ...config, secrets: findSecrets(config) };
}

/** The MCP endpoint of the calculator server. A wildcard address listens everywhere and is reached on this machine. */
export function calculatorUrl({ host, port }: CalculatorConfig): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/mcp`;
}

function readToken(settings: Settings, isNeeded: boolean): string {
  const token = settings.text('DISCORD_TOKEN')?.replace(/^Bot\s+/i, '');
  if (isNeeded && token === undefined) {
    settings.report(
      'DISCORD_TOKEN',
      'is missing. It should hold the bot token from https://discord.com/developers/applications (your application → Bot → Reset Token).',
    );
  } else if (token !== undefined && /\s/.test(token)) {
    settings.report(
      'DISCORD_TOKEN',
      'has a space or a line break in it. Copy the bot token again from https://discord.com/developers/applications (your application → Bot → Reset Token).',
    );
  }
  return token ?? '';
}

function readApiKey(settings: Settings, baseUrl: string | undefined, isNeeded: boolean): string {
  const apiKey = settings.text('OPENAI_API_KEY');
  const isOpenai = baseUrl === undefined || new URL(baseUrl).hostname === 'api.openai.com';
  if (isNeeded && apiKey === undefined && isOpenai && !settings.hasProblem('OPENAI_BASE_URL')) {
    settings.report(
      'OPENAI_API_KEY',
      'is missing. It should hold an API key from https://platform.openai.com/api-keys (or set OPENAI_BASE_URL to another OpenAI-compatible server, which may need none).',
    );
  } else if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    settings.report(
      'OPENAI_API_KEY',
      'has characters that no key has. Copy the key again from https://platform.openai.com/api-keys.',
    );
  }
  return apiKey ?? noKey;
}

/** `0-3/16` or `0,2/4`: these shards of so many. */
function readShards(settings: Settings): ShardConfig | undefined {
  const value = settings.text('DISCORD_SHARDS');
  if (value === undefined) return undefined;
  const [, list = '', total = ''] = /^(\d+(?:[-,]\d+)*)\/(\d+)$/.exec(value.replaceAll(/\s/g, '')) ?? [];
  const ids = list.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.min(last - first + 1, 10_000) || 0 }, (_, place) => first + place);
  });
  const count = Number(total);
  if (ids.length > 0 && ids.every((id) => id < count)) return { ids: [...new Set(ids)].sort((a, b) => a - b), count };
  settings.report('DISCORD_SHARDS', 'should name the shards of this process and how many there are, such as 0-3/16.');
  return undefined;
}

function readPrices(settings: Settings): Prices | undefined {
  const value = settings.text('OPENAI_PRICES');
  if (value === undefined) return undefined;
  const [input = Number.NaN, cached = Number.NaN, output = Number.NaN, ...more] = value.split('/').map(Number);
  if (more.length === 0 && [input, cached, output].every((price) => price >= 0)) return { input, cached, output };
  settings.report(
    'OPENAI_PRICES',
    'should be three prices in US dollars for a million tokens, input/cached input/output, such as 2.5/1.25/10.',
  );
  return undefined;
}

function readTurn(settings: Settings): TurnConfig {
  const whole = (variable: string, to: number, from = 1) => settings.number(variable, { from, to, whole: true });
  return {
    stepsPerTurn: whole('TURN_MAX_STEPS', 100) ?? 10,
    callsPerTurn: whole('TURN_MAX_CALLS', 1000) ?? 32,
    sameCalls: whole('TURN_MAX_SAME_CALLS', 100) ?? 2,
    turnMs: (whole('TURN_MAX_SECONDS', 86_400) ?? 300) * 1000,
    streamIdleMs: (whole('MODEL_IDLE_SECONDS', 3600) ?? 60) * 1000,
    modelWaitMs: (whole('MODEL_WAIT_SECONDS', 86_400, 0) ?? 600) * 1000,
  };
}

function readRoleIds(settings: Settings): string[] {
  const ids = (settings.text('APPROVAL_ROLES') ?? '').split(/[\s,]+/).filter((id) => id !== '');
  if (ids.every((id) => /^\d{17,20}$/.test(id))) return ids;
  settings.report(
    'APPROVAL_ROLES',
    'should be ids of Discord roles, separated by commas (in Discord: developer mode on, right click on a role, Copy Role ID).',
  );
  return [];
}

const shortestStoreKey = 16;

function readStoreKey(settings: Settings): string | undefined {
  const key = settings.text('STORE_KEY');
  if (key !== undefined && key.length < shortestStoreKey) {
    settings.report(
      'STORE_KEY',
      `should be a secret of at least ${shortestStoreKey} characters, such as the output of: openssl rand -base64 32`,
    );
  }
  return key;
}

function readStoreUrl(settings: Settings): string {
  const url = settings.text('STORE_URL') ?? 'sqlite://data/jupan.sqlite';
  const isUsable =
    /^sqlite:\/\/.+/.test(url) ||
    /^memory:\/\/$/.test(url) ||
    (/^(rediss?|postgres(ql)?):\/\//.test(url) && URL.canParse(url));
  if (!isUsable) {
    settings.report(
      'STORE_URL',
      'should be sqlite://PATH, redis://HOST:PORT, postgres://USER:PASSWORD@HOST/DATABASE or memory:// (leave it out for sqlite://data/jupan.sqlite).',
    );
  }
  return url;
}
