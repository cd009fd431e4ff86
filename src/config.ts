/**
 * The settings: the only reader of the environment. Everything is checked at once, so that one start names every bad
 * variable, what it should hold and where to get it.
 */
import { readFileSync } from 'node:fs';
import { config as loadDotenv } from 'dotenv';
import { ConfigError, type SettingProblem } from './errors.ts';
import { type LogLevel, logLevels } from './log.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A tool server reached over HTTP, or one that is started as a child process and spoken to over its standard streams. */
export type ToolServerConfig =
  | { readonly name: string; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly name: string;
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };

export interface DiscordConfig {
  readonly token: string;
  /** REST base without the version, e.g. `https://discord.com/api`. */
  readonly apiUrl: string;
}

export interface ModelConfig {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly name: string;
  readonly reasoningEffort: string | undefined;
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number;
  readonly systemPrompt: string | undefined;
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
  /** `sqlite://PATH`, `redis://…`, `postgres://…` or `memory://`. */
  readonly storeUrl: string;
  readonly logLevel: LogLevel;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
}

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
    },
    model: {
      apiKey: readApiKey(settings, baseUrl, needs.model === true),
      baseUrl,
      name: settings.text('OPENAI_MODEL') ?? 'gpt-4o',
      reasoningEffort: settings.text('OPENAI_REASONING_EFFORT'),
      temperature: settings.number('OPENAI_TEMPERATURE', { from: 0, to: 2, whole: false }),
      maxOutputTokens: settings.number('OPENAI_MAX_OUTPUT_TOKENS', { from: 1, to: 1_000_000, whole: true }) ?? 1000,
      systemPrompt: settings.text('SYSTEM_PROMPT'),
    },
    calculator,
    toolServers: readToolServers(settings) ?? [{ name: 'calculator', url: calculatorUrl(calculator), headers: {} }],
    storeUrl: readStoreUrl(settings),
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

/** The SDK insists on a key; servers that need none ignore it. */
const noKey = 'none';

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

function readToolServers(settings: Settings): ToolServerConfig[] | undefined {
  const path = settings.text('MCP_CONFIG');
  if (path === undefined) return undefined;
  const form =
    'a JSON file of the form {"mcpServers": {"name": {"url": "http://…/mcp"}}} or {"mcpServers": {"name": {"command": "…", "args": []}}}';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    settings.report('MCP_CONFIG', `the file ${path} ${reason}. It should name ${form}.`);
    return undefined;
  }
  const servers = isRecord(content) ? content.mcpServers : undefined;
  if (!isRecord(servers) || Object.keys(servers).length === 0) {
    settings.report('MCP_CONFIG', `the file ${path} has no servers under "mcpServers". It should name ${form}.`);
    return undefined;
  }
  return Object.entries(servers).flatMap(([name, entry]) => {
    const server = toToolServer(name, entry);
    if (server === undefined) {
      settings.report(
        'MCP_CONFIG',
        `in the file ${path} the server "${name}" needs either "url" (http or https, with optional "headers") or "command" (with optional "args" and "env"), all values being text.`,
      );
    }
    return server ?? [];
  });
}

function toToolServer(name: string, entry: unknown): ToolServerConfig | undefined {
  if (!isRecord(entry)) return undefined;
  const { url, headers = {}, command, args = [], env = {} } = entry;
  if (typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url) && isTextRecord(headers))
    return { name, url, headers };
  const isCommand =
    typeof command === 'string' &&
    command !== '' &&
    Array.isArray(args) &&
    args.every((argument) => typeof argument === 'string');
  return url === undefined && isCommand && isTextRecord(env) ? { name, command, args, env } : undefined;
}

function findSecrets({ discord, model, storeUrl, toolServers }: Config): string[] {
  const ofServers = toolServers.flatMap((server) =>
    'url' in server
      ? [...Object.values(server.headers), ...findPassword(server.url), ...findQueryValues(server.url)]
      : Object.values(server.env),
  );
  const tokens = ofServers.flatMap((value) => [value, value.replace(/^\w+\s+/, '')]);
  return [...new Set([discord.token, model.apiKey, ...findPassword(storeUrl), ...tokens])].filter(
    (secret) => secret !== '' && secret !== noKey,
  );
}

/** As written and as meant. */
function findPassword(address: string): string[] {
  const password = URL.canParse(address) ? new URL(address).password : '';
  return [password, decode(password)];
}

/** As written and as meant: some tool servers take their key in the address. */
function findQueryValues(address: string): string[] {
  return (new URL(address).search.match(/(?<==)[^&]+/g) ?? []).flatMap((value) => [value, decode(value)]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

/** Reads single variables and collects what is wrong with them. A variable set to nothing counts as unset. */
class Settings {
  readonly problems: SettingProblem[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  report(variable: string, advice: string): void {
    this.problems.push({ variable, advice });
  }

  hasProblem(variable: string): boolean {
    return this.problems.some((problem) => problem.variable === variable);
  }

  text(variable: string): string | undefined {
    const value = this.#environment[variable]?.trim();
    return value === '' ? undefined : value;
  }

  number(variable: string, { from, to, whole }: { from: number; to: number; whole: boolean }): number | undefined {
    const value = this.text(variable);
    if (value === undefined) return undefined;
    const number = Number(value);
    const isGood = Number.isFinite(number) && number >= from && number <= to && (!whole || Number.isInteger(number));
    if (isGood) return number;
    this.report(variable, `should be a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`);
    return undefined;
  }

  url(variable: string, meaning: string): string | undefined {
    const value = this.text(variable);
    if (value === undefined || (/^https?:\/\//.test(value) && URL.canParse(value))) return value;
    this.report(variable, `should be ${meaning}.`);
    return undefined;
  }

  oneOf<Choice extends string>(variable: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(variable)?.toLowerCase();
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.report(variable, `should be one of ${choices.join(', ')}.`);
    return choice;
  }
}
