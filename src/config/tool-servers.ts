/** The file that MCP_CONFIG names: which tool servers there are and how each may be used. Read once, at the start. */
import { readFileSync } from 'node:fs';
import type { Environment, Settings } from './settings.ts';

/** When a member must approve a call before it is made. `destructive`: unless the server says that the tool only reads, or destroys nothing. */
export const approvalPolicies = ['never', 'destructive', 'always'] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** How a server's tools may be used. What is left out stands at its default. */
export interface ToolServerPolicy {
  /** Names of the tools that may be used, as the server writes them. Default: all. */
  readonly allow?: readonly string[];
  /** Names of tools that may not be used; wins over `allow`. Default: none. */
  readonly deny?: readonly string[];
  /** Stands before the names of its tools: `PREFIX_TOOL`. Default: the server's name, and only where two servers have a tool of one name. */
  readonly prefix?: string;
  /** Default: `never`. */
  readonly approval?: ApprovalPolicy;
  /** How long one call may be silent, in ms; a report of progress begins it anew. Default: 20 s. */
  readonly timeoutMs?: number;
  /** How long one call may take in all, whatever it reports, in ms. Default: 5 minutes. */
  readonly maxTimeoutMs?: number;
}

/** Credentials of this program itself (OAuth client credentials), for servers that want a token. */
export interface OAuthConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  /** The authorization server that the credentials belong to. Default: none but the tool server's own origin. */
  readonly issuer?: string;
}

/** A server reached over HTTP. */
export interface RemoteToolServerConfig extends ToolServerPolicy {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `sse`: the transport before Streamable HTTP, which is otherwise tried second. */
  readonly type?: 'http' | 'sse';
  readonly oauth?: OAuthConfig;
}

/** A server that is started as a child process and spoken to over its standard streams. */
export interface LocalToolServerConfig extends ToolServerPolicy {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder that it is started in. Default: an empty one of its own, which is removed with it. */
  readonly cwd?: string;
}

export type ToolServerConfig = RemoteToolServerConfig | LocalToolServerConfig;

const form =
  'a JSON file of the form {"mcpServers": {"name": {"url": "http://…/mcp"}}} or {"mcpServers": {"name": {"command": "…", "args": []}}}';

/** Undefined where MCP_CONFIG is unset or its file cannot be used at all. */
export function readToolServers(settings: Settings, environment: Environment): ToolServerConfig[] | undefined {
  const path = settings.text('MCP_CONFIG');
  if (path === undefined) return undefined;
  const report = (problem: string) => settings.report('MCP_CONFIG', `${problem.replace('FILE', `the file ${path}`)}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    report(`FILE ${reason}. It should name ${form}.`);
    return undefined;
  }
  const servers = isRecord(content) ? content.mcpServers : undefined;
  if (!isRecord(servers) || Object.keys(servers).length === 0) {
    report(`FILE has no servers under "mcpServers". It should name ${form}.`);
    return undefined;
  }
  return Object.entries(servers).flatMap(([name, entry]) => {
    if (isRecord(entry) && entry.disabled === true) return [];
    const problems = findMisspelt(entry);
    const server = toToolServer(name, new Entry(entry, environment, problems));
    if (server === undefined) {
      problems.push(
        'needs either "url" (http or https, with optional "headers") or "command" (with optional "args" and "env"), all values being text',
      );
    }
    for (const problem of problems)
      report(`in FILE the server "${name}" ${problem}${problem.endsWith('?') ? '' : '.'}`);
    return server !== undefined && problems.length === 0 ? [server] : [];
  });
}

const knownFields = [
  ...['url', 'headers', 'type', 'oauth', 'command', 'args', 'env', 'cwd', 'disabled'],
  ...['allow', 'deny', 'prefix', 'approval', 'timeoutSeconds', 'maxTimeoutSeconds'],
];

/** A misspelt field would leave a server unprotected without a word. Fields that other hosts know are none of our business. */
function findMisspelt(entry: unknown): string[] {
  const fields = isRecord(entry) ? Object.keys(entry) : [];
  return fields.flatMap((field) => {
    const meant = knownFields.includes(field) ? undefined : knownFields.find((known) => isNearly(field, known));
    return meant === undefined ? [] : [`has a field "${field}". Did you mean "${meant}"?`];
  });
}

/** One letter too many, too few or another, or two exchanged. */
function isNearly(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}

function toToolServer(name: string, entry: Entry): ToolServerConfig | undefined {
  const url = entry.text('url');
  const headers = entry.texts('headers');
  const command = entry.text('command');
  const args = entry.list('args');
  const env = entry.texts('env');
  const policy = toPolicy(entry);
  if (url !== undefined && command === undefined && isHttp(url) && headers !== undefined) {
    const oauth = toOAuth(entry);
    const type = entry.oneOf('type', ['http', 'sse', 'streamable-http', 'streamableHttp']);
    return {
      name,
      url,
      headers,
      ...policy,
      ...(oauth === undefined ? {} : { oauth }),
      ...(type === undefined ? {} : { type: type === 'sse' ? 'sse' : 'http' }),
    };
  }
  if (url !== undefined || !command || args === undefined || env === undefined) return undefined;
  const cwd = entry.text('cwd');
  return { name, command, args, env, ...policy, ...(cwd === undefined ? {} : { cwd }) };
}

function toPolicy(entry: Entry): ToolServerPolicy {
  const [allow, deny] = [entry.optionalList('allow'), entry.optionalList('deny')];
  const prefix = entry.text('prefix');
  if (prefix !== undefined && !/^[a-zA-Z0-9_-]{1,32}$/.test(prefix))
    entry.report('needs as "prefix" up to 32 letters, digits, _ or -');
  const approval = entry.oneOf('approval', approvalPolicies);
  const timeout = entry.seconds('timeoutSeconds');
  const maxTimeout = entry.seconds('maxTimeoutSeconds');
  return {
    ...(allow === undefined ? {} : { allow }),
    ...(deny === undefined ? {} : { deny }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(approval === undefined ? {} : { approval }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(maxTimeout === undefined ? {} : { maxTimeoutMs: maxTimeout * 1000 }),
  };
}

function toOAuth(entry: Entry): OAuthConfig | undefined {
  const oauth = entry.part('oauth');
  if (oauth === undefined) return undefined;
  const [clientId, clientSecret] = [oauth.text('clientId'), oauth.text('clientSecret')];
  const [scope, issuer] = [oauth.text('scope'), oauth.text('issuer')];
  if (!clientId || !clientSecret) {
    entry.report('needs "clientId" and "clientSecret" in its "oauth"');
    return undefined;
  }
  return {
    clientId,
    clientSecret,
    ...(scope === undefined ? {} : { scope }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}

/** One server's part of the file, or a part of that. Text may name variables of the environment: `${NAME}` or `${NAME:-default}`. */
class Entry {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #environment: Environment;
  readonly #problems: string[];

  constructor(fields: unknown, environment: Environment, problems: string[]) {
    this.#fields = isRecord(fields) ? fields : {};
    this.#environment = environment;
    this.#problems = problems;
  }

  report(problem: string): void {
    this.#problems.push(problem);
  }

  /** Undefined where there is none, or something else than text. */
  text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' ? this.#filled(value) : undefined;
  }

  /** Empty where there are none; undefined where a value is not text. */
  texts(name: string): Record<string, string> | undefined {
    const value = this.#fields[name] ?? {};
    if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string')) return undefined;
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, this.#filled(String(text))]));
  }

  /** Empty where there is none; undefined where it is no list of texts. */
  list(name: string): string[] | undefined {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) return undefined;
    return value.map((text) => this.#filled(text));
  }

  optionalList(name: string): string[] | undefined {
    if (this.#fields[name] === undefined) return undefined;
    const list = this.list(name);
    if (list === undefined) this.report(`needs as "${name}" a list of tool names`);
    return list;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#fields[name];
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.report(`needs as "${name}" one of ${choices.join(', ')}`);
    return choice;
  }

  seconds(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value > 0 && value <= 86_400) return value;
    this.report(`needs as "${name}" a number of seconds from 1 to 86400`);
    return undefined;
  }

  part(name: string): Entry | undefined {
    const value = this.#fields[name];
    return value === undefined ? undefined : new Entry(value, this.#environment, this.#problems);
  }

  #filled(text: string): string {
    return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, variable: string, fallback: string | undefined) => {
      const value = this.#environment[variable] ?? fallback;
      if (value === undefined) this.report(`names the variable ${variable}, which is not set`);
      return value ?? '';
    });
  }
}

function isHttp(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
