/** Connects to one tool server as the agent would, looks at what it has, and leaves again. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import { AppError } from '../../errors.ts';
import { silentLogger } from '../../log.ts';
import { toShownLine } from '../../text.ts';
import { openMcpConnection } from './mcp/connection.ts';
import { ReachError, type ReachProblem } from './reach/reach.ts';

export interface ToolServerState {
  /** How it is spoken to: `streamable-http`, `sse` (the transport before it) or `stdio` (a child process). */
  readonly transport: string;
  /** The revision of MCP that both agreed on, as `2025-11-25`. */
  readonly revision: string | undefined;
  /** `modern` from revision 2026-07-28 on: without sessions. */
  readonly era: 'modern' | 'legacy' | undefined;
  /** Names of the tools that the operator allows. */
  readonly tools: readonly string[];
  /** Names in the operator's lists that the server does not have. */
  readonly unknown: readonly string[];
  readonly connectMs: number;
  /** Of one more request over the open connection. */
  readonly latencyMs: number;
}

/** - `unreachable` nobody answers; `auth` it wants other credentials; `command` its program cannot be started; `late` no answer in time. */
export type ToolServerFailure = 'unreachable' | 'auth' | 'command' | 'late' | 'other';

export type ToolServerInspection =
  | { readonly type: 'up'; readonly state: ToolServerState }
  | {
      readonly type: 'down';
      readonly failure: ToolServerFailure;
      readonly reason: string;
      /** Set where it is somewhere that the operator does not allow. */
      readonly reach?: ReachProblem;
    };

const inspectMs = 30_000;
const longestReason = 300;
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET', 'EAI_AGAIN']);

/** Never rejects, save with the reason of the signal once that aborts. */
export async function inspectToolServer(config: ToolServerConfig, signal: AbortSignal): Promise<ToolServerInspection> {
  const late = AbortSignal.timeout(inspectMs);
  try {
    return { type: 'up', state: await look(config, AbortSignal.any([signal, late])) };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return { type: 'down', failure: 'late', reason: `${inspectMs / 1000} s` };
    const reach = [...chainOf(error)].find((link) => link instanceof ReachError)?.problem;
    const down = { type: 'down', failure: toFailure(error), reason: reasonOf(error) } as const;
    return reach === undefined ? down : { ...down, reach };
  }
}

async function look(config: ToolServerConfig, signal: AbortSignal): Promise<ToolServerState> {
  const startedAt = performance.now();
  const connection = await openMcpConnection(config, { onStale: () => {}, onClose: () => {} }, silentLogger, signal);
  try {
    const all = (await connection.listTools(() => true, signal)).tools.map(({ name }) => name);
    const connectedAt = performance.now();
    await connection.listTools(() => false, signal);
    const { allow, deny = [] } = config;
    return {
      transport: connection.transport,
      revision: connection.revision,
      era: connection.era,
      tools: all.filter((name) => allow?.includes(name) !== false && !deny.includes(name)),
      unknown: [...(allow ?? []), ...deny].filter((name) => !all.includes(name)),
      connectMs: Math.round(connectedAt - startedAt),
      latencyMs: Math.round(performance.now() - connectedAt),
    };
  } finally {
    await connection.close();
  }
}

function toFailure(error: unknown): ToolServerFailure {
  const codes = [...chainOf(error)].map((link) => ('code' in link ? link.code : undefined));
  if (codes.some((code) => code === 401 || code === 403)) return 'auth';
  const names = [...chainOf(error)].map(({ name, message }) => `${name} ${message}`).join(' ');
  if (/Unauthorized|invalid_client|oauth|HTTP 40[13]/i.test(names)) return 'auth';
  if (codes.some((code) => code === 'ENOENT' || code === 'EACCES')) return 'command';
  return codes.some((code) => noConnection.has(String(code))) ? 'unreachable' : 'other';
}

/** An own sentence, or the deepest cause: what the SDK wraps around it says little. */
function reasonOf(error: unknown): string {
  const links = [...chainOf(error)];
  const own = links.find((link) => link instanceof AppError);
  const deepest = own ?? links.at(-1);
  if (deepest === undefined) return String(error);
  const code = 'code' in deepest && typeof deepest.code === 'string' && own === undefined ? deepest.code : '';
  return toShownLine(code !== '' ? code : deepest.message, longestReason);
}

function* chainOf(error: unknown): Generator<Error> {
  for (let link = error; link instanceof Error; link = link.cause) yield link;
}
