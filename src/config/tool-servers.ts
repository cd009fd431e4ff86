/** The file that MCP_CONFIG names: which tool servers there are and how each may be used. Read once, at the start. */
import { readFileSync } from 'node:fs';
import { isRecord } from '../json.ts';
import { findMisspelt } from './misspelt-fields.ts';
import { findSecretsIn } from './secrets.ts';
import type { Environment, Settings } from './settings.ts';
import { Entry } from './tool-server-entry.ts';

/** When a member must approve a call before it is made. `destructive`: unless the server says that the tool only reads, or destroys nothing. */
export const approvalPolicies = ['never', 'destructive', 'always'] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** How a server's tools may be used. What is left out stands at its default. */
export interface ToolServerPolicy {
  /** Names of the tools that may be used, as the server writes them. Default: all. */
  readonly allow?: readonly string[];
  /** Names of tools that may not be used; wins over `allow`. Default: none. */
  readonly deny?: readonly string[];
  /** Names of tools that every prompt has, however many others there are. Default: none. */
  readonly always?: readonly string[];
  /** It is this project's own calculator, which every prompt has whole. */
  readonly isOwn?: true;
  /** Stands before the names of its tools: `PREFIX_TOOL`. Default: the server's name, and only where two servers have a tool of one name. */
  readonly prefix?: string;
  /** Default: `never`. */
  readonly approval?: ApprovalPolicy;
  /** Whether somebody else than the asker must approve. Default: the asker may. */
  readonly notAsker?: true;
  /** False: members are not offered its prompts. Default: they are. */
  readonly prompts?: false;
  /** False: nobody reads its resources. Default: members may, unless every call of its tools needs an approval; the model may read what results link to. */
  readonly resources?: false;
  /** How many different people must approve. Default: one. */
  readonly quorum?: number;
  /** Roles that may approve calls of its tools besides the asker. Default: those of `APPROVAL_ROLES`. */
  readonly approverRoles?: readonly string[];
  /** What its tools say of themselves may change without anybody being asked. Default: somebody must accept it. */
  readonly trusted?: true;
  /** How many of its tools are looked at. Default: as many as of any server. */
  readonly mostTools?: number;
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

/** Where a server may be that the operator has not named. */
export interface ReachConfig {
  /** Names of hosts in lower case: `mcp.example.org`, `*.example.org` for those below it, `*` for all. */
  readonly hosts: readonly string[];
  /** Whether addresses that are not on the public internet may be reached, and without TLS. */
  readonly allowsPrivate: boolean;
}

/** How members log in at a server by themselves. What is left out is found out, or registered. */
export interface MemberLoginConfig {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scope?: string;
  /** The one authorization server that members may be sent to. Default: whichever the tool server names. */
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
  /** Where it may be. Default: anywhere, since the operator has named it. */
  readonly reach?: ReachConfig;
  /** The community that has added it for itself, and when, in ms since 1970 UTC. Default: it is the operator's, for all. */
  readonly guild?: { readonly id: string; readonly addedAt: number };
  /** Each member has a login of their own there. Default: this program is one client for all. */
  readonly login?: MemberLoginConfig;
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
  const report = (problem: string) =>
    settings.report(
      'MCP_CONFIG',
      problem.replace('FILE', () => `the file ${path}`),
    );
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
    if (server === undefined || problems.length > 0) return [];
    settings.hide(findSecrets(server));
    return [server];
  });
}

/** Headers with and without their scheme: `Bearer KEY` is sent, and KEY is what somebody may print. */
function findSecrets(server: ToolServerConfig): string[] {
  if (!('url' in server)) return Object.values(server.env);
  const headers = Object.values(server.headers).flatMap((value) => [value, value.replace(/^\w+\s+/, '')]);
  const { url, oauth, login } = server;
  return [...headers, ...findSecretsIn(url), ...[oauth?.clientSecret ?? [], login?.clientSecret ?? []].flat()];
}

function toToolServer(name: string, entry: Entry): ToolServerConfig | undefined {
  const url = entry.text('url');
  const headers = entry.texts('headers');
  const command = entry.text('command');
  const args = entry.list('args');
  const env = entry.texts('env');
  const policy = toPolicy(entry);
  if (url !== undefined && command === undefined && isHttp(url) && headers !== undefined) {
    const login = toLogin(entry);
    const oauth = login === undefined ? toOAuth(entry) : undefined;
    const type = entry.oneOf('type', ['http', 'sse', 'streamable-http', 'streamableHttp']);
    return {
      name,
      url,
      headers,
      ...policy,
      ...(oauth === undefined ? {} : { oauth }),
      ...(login === undefined ? {} : { login }),
      ...(type === undefined ? {} : { type: type === 'sse' ? 'sse' : 'http' }),
    };
  }
  if (url !== undefined || !command || args === undefined || env === undefined) return undefined;
  const cwd = entry.text('cwd');
  if (entry.text('auth') !== undefined) entry.report('has "auth", which means something only for a server with "url"');
  return { name, command, args, env, ...policy, ...(cwd === undefined ? {} : { cwd }) };
}

function toPolicy(entry: Entry): ToolServerPolicy {
  const [allow, deny] = [entry.optionalList('allow'), entry.optionalList('deny')];
  const always = entry.optionalList('always');
  const prefix = entry.text('prefix');
  if (prefix !== undefined && !/^[a-zA-Z0-9_-]{1,32}$/.test(prefix))
    entry.report('needs as "prefix" up to 32 letters, digits, _ or -');
  const [prompts, resources] = [entry.flag('prompts'), entry.flag('resources')];
  const trusted = entry.flag('trusted');
  const timeout = entry.seconds('timeoutSeconds');
  const maxTimeout = entry.seconds('maxTimeoutSeconds');
  return {
    ...(allow === undefined ? {} : { allow }),
    ...(deny === undefined ? {} : { deny }),
    ...(always === undefined ? {} : { always }),
    ...(prefix === undefined ? {} : { prefix }),
    ...toApproval(entry),
    ...(prompts === false ? { prompts } : {}),
    ...(resources === false ? { resources } : {}),
    ...(trusted === true ? { trusted } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(maxTimeout === undefined ? {} : { maxTimeoutMs: maxTimeout * 1000 }),
  };
}

const ruleFields = ['when', 'notAsker', 'quorum', 'roles'];
const mostApprovers = 10;

/** `"always"`, or `{"when": "always", "notAsker": true, "quorum": 2, "roles": ["123456789012345678"]}`. */
function toApproval(entry: Entry): Pick<ToolServerPolicy, 'approval' | 'notAsker' | 'quorum' | 'approverRoles'> {
  const rule = entry.record('approval');
  const approval =
    rule === undefined ? entry.oneOf('approval', approvalPolicies) : rule.oneOf('when', approvalPolicies);
  if (rule === undefined) return approval === undefined ? {} : { approval };
  for (const name of rule.names.filter((field) => !ruleFields.includes(field)))
    entry.report(`has in its "approval" a field "${name}", which means nothing there`);
  if (!rule.names.includes('when'))
    entry.report(`needs in its "approval" a "when", one of ${approvalPolicies.join(', ')}`);
  const notAsker = rule.flag('notAsker');
  const quorum = rule.integer('quorum', 1, mostApprovers);
  const approverRoles = rule.ids('roles');
  return {
    ...(approval === undefined ? {} : { approval }),
    ...(notAsker === true ? { notAsker } : {}),
    ...(quorum === undefined || quorum === 1 ? {} : { quorum }),
    ...(approverRoles === undefined ? {} : { approverRoles }),
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

/** `"auth": "member"`; `oauth` then says what is not to be found out. */
function toLogin(entry: Entry): MemberLoginConfig | undefined {
  if (entry.oneOf('auth', ['member']) === undefined) return undefined;
  const oauth = entry.part('oauth');
  const fields = ['clientId', 'clientSecret', 'scope', 'issuer'] as const;
  const given = fields.flatMap((field) => {
    const value = oauth?.text(field);
    return value === undefined || value === '' ? [] : [[field, value] as const];
  });
  const login: MemberLoginConfig = Object.fromEntries(given);
  if (login.clientSecret !== undefined && (login.clientId === undefined || login.issuer === undefined))
    entry.report('needs "clientId" and "issuer" beside the "clientSecret" in its "oauth": it goes to nobody else');
  return login;
}

function isHttp(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url);
}
