/**
 * The client of the MCP SDK as the agent uses it: opened over the first way that works, in the newest revision that both
 * know. With `transports.ts`, `change-watch.ts` and `request-failures.ts`, all that knows the SDK.
 */
import {
  type CallToolResult,
  Client,
  type InputRequiredResult,
  isInputRequiredResult,
  type ProtocolEra,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import type { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { resolvesWithin } from '../../../waiting.ts';
import type { CallProgress } from '../../agent.ts';
import type { ListedTool, ToolArguments } from '../tool.ts';
import { ChangeWatch, type StaleList } from './change-watch.ts';
import { type AnswerInput, throughRounds } from './input-rounds.ts';
import { withOwnSignal } from './own-signal.ts';
import type { PeopleRequests } from './people-requests.ts';
import { toConnectError, toToolFailure } from './request-failures.ts';
import { afterRequiredPages } from './required-pages.ts';
import { admitTasks, taskedResultSchema, tasksExtension, toMarkedResult } from './task-protocol.ts';

export type { CallToolResult };

/** One way to reach a server. */
export interface ServerWay {
  readonly open: () => Transport;
  /** `newest`: the server is asked first which revisions it speaks. `legacy`: those before 2026-07-28 only, and no question. */
  readonly revisions: 'newest' | 'legacy';
  /** Whether it is worth a try after what the way before it ended with. The first way is tried in any case. */
  readonly mendsAfter: (error: unknown) => boolean;
}

export interface ClientEvents {
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
  readonly onClose: () => void;
  /** Who is asked what the server wants to know by a request of its own. */
  readonly people: Pick<PeopleRequests, 'ask' | 'done'>;
}

export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CallProgress) => void;
  /** Answers what the server wants to know before it goes on. Without it, a server that wants anything is an error. */
  readonly onInput?: AnswerInput;
  /** Called when a request of it, of which there may be several, has got an answer or failed. */
  readonly onAnswer?: () => void;
  /** The call is to be made as a task, which the server should keep for so long, in ms. Absent: as the server likes. */
  readonly taskTtlMs?: number;
}

/** A request that has a longest time anyway: ours. The SDK's own timer must not fire before. */
const never = 2 ** 31 - 1;
/** A child process that has not answered by then is taken for one of those that ignore what they do not know. */
const childDiscoverMs = 10_000;
const goodbyeMs = 500;
const capabilities = {
  elicitation: { form: { applyDefaults: true }, url: {} },
  extensions: { [tasksExtension]: {} },
};

export class McpClient {
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #changes: ChangeWatch;

  constructor(client: Client, transport: Transport, changes: ChangeWatch) {
    this.#client = client;
    this.#transport = transport;
    this.#changes = changes;
  }

  /** The revision of MCP that both agreed on. */
  get revision(): string | undefined {
    return this.#client.getNegotiatedProtocolVersion();
  }

  /** `modern` from revision 2026-07-28 on: without sessions, each request for itself. */
  get era(): ProtocolEra | undefined {
    return this.#client.getProtocolEra();
  }

  get isStreamable(): boolean {
    return this.#transport instanceof StreamableHTTPClientTransport;
  }

  /** Tools may want arguments of theirs repeated in the headers of a call. */
  get sendsParameterHeaders(): boolean {
    return this.era === 'modern' && this.isStreamable;
  }

  /** What the server says about its tools as a whole; empty when nothing. */
  get instructions(): string {
    return this.#client.getInstructions() ?? '';
  }

  get hasTools(): boolean {
    return this.#client.getServerCapabilities()?.tools !== undefined;
  }

  /** A call of that tool can be made as a task, because the client says so. */
  takesTasks({ taskSupport }: ListedTool): boolean {
    const { tasks } = this.#client.getServerCapabilities() ?? {};
    return this.era === 'legacy' && taskSupport !== undefined && tasks?.requests?.tools?.call !== undefined;
  }

  /** Has the server tell of lists that change, where it tells only those who ask. */
  watchChanges(): void {
    this.#changes.ensure();
  }

  /** @throws whatever the SDK throws, and {@link ToolFailure} where the server asks for what it cannot have. */
  async request<Output>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    schema: z.ZodType<Output>,
    options: RequestOptions,
  ): Promise<Output> {
    return await this.#inRounds(params, options, (sent, own) =>
      this.#client.request({ method, params: sent }, schema, own),
    );
  }

  /**
   * The SDK is told nothing of the tool's output schema: it would check the result on this thread, however long that takes.
   * @throws {ToolFailure}, or the signal's reason.
   */
  async callTool(
    { name, inputSchema }: ListedTool,
    args: ToolArguments,
    options: RequestOptions,
  ): Promise<CallToolResult> {
    const hasSession = this.#transport.sessionId !== undefined;
    // By its schema, arguments may have to be repeated in the headers of the request.
    const toolDefinition = { name, inputSchema: { ...inputSchema, type: 'object' as const } };
    let rounds = 0;
    try {
      return await this.#inRounds({ name, arguments: args }, options, (params, own) => {
        rounds += 1;
        if (options.taskTtlMs !== undefined)
          return this.#callAsTask({ ...params, task: { ttl: Math.round(options.taskTtlMs) } }, own);
        return this.#client.callTool({ ...params, name }, { ...own, toolDefinition });
      });
    } catch (error) {
      options.signal.throwIfAborted();
      throw toToolFailure(error, { hasSession, hasBegun: rounds > 1 });
    }
  }

  async #callAsTask(params: Readonly<Record<string, unknown>>, options: SdkRequestOptions): Promise<CallToolResult> {
    return toMarkedResult(await this.#client.request({ method: 'tools/call', params }, taskedResultSchema, options));
  }

  /** Ends the session or the child process. Never rejects. */
  async close(): Promise<void> {
    this.#client.onclose = () => {};
    this.#changes.close();
    try {
      if (this.#transport instanceof StreamableHTTPClientTransport)
        await resolvesWithin(this.#transport.terminateSession(), goodbyeMs);
    } catch {
      // The server is gone: it forgets the session by itself.
    }
    await this.#client.close().catch(() => {}); // It is given up: nothing is left to be done about it.
  }

  async #inRounds<Result>(
    params: Readonly<Record<string, unknown>>,
    { signal, onProgress, onInput, onAnswer }: RequestOptions,
    send: (params: Readonly<Record<string, unknown>>, options: SdkRequestOptions) => Promise<Result>,
  ): Promise<Result> {
    const ask = (sent: Readonly<Record<string, unknown>>) =>
      withOwnSignal(
        signal,
        (own): Promise<Result | InputRequiredResult> =>
          send(sent, {
            signal: own,
            timeout: never,
            allowInputRequired: onInput !== undefined,
            ...(onProgress === undefined ? {} : { onprogress: onProgress }),
          }),
      ).finally(onAnswer);
    return await throughRounds<Result>(params, {
      ask: (sent) => afterRequiredPages(() => ask(sent), onInput),
      isInputRequired: isInputRequiredResult,
      answer: onInput,
      signal,
    });
  }
}

interface SdkRequestOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly allowInputRequired: boolean;
  readonly onprogress?: (progress: CallProgress) => void;
}

/**
 * @param ways To reach the server, the likeliest first.
 * @throws whatever kept the server from being reached, after everything that was opened is closed.
 */
export async function openClient(
  ways: readonly ServerWay[],
  events: ClientEvents,
  signal: AbortSignal,
): Promise<McpClient> {
  let failure: unknown = new AppError('tool-server-unreachable', 'There is no way to reach the tool server.');
  for (const [place, way] of ways.entries()) {
    if (place > 0 && !way.mendsAfter(failure)) continue;
    try {
      return await openOver(way, events, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw toConnectError(failure);
}

async function openOver(
  { open, revisions }: ServerWay,
  { onStale, onClose, people }: ClientEvents,
  signal: AbortSignal,
): Promise<McpClient> {
  const transport = open();
  const isChild = !('setProtocolVersion' in transport);
  const probe = isChild ? { timeoutMs: childDiscoverMs } : {};
  const client = new Client(
    { name: 'jupan', version: '0.1.0' },
    {
      capabilities,
      inputRequired: { autoFulfill: false },
      versionNegotiation: { mode: revisions === 'newest' ? 'auto' : 'legacy', probe },
    },
  );
  client.onerror = () => onStale('all');
  const changes = new ChangeWatch(client, onStale);
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => ({
    ...(await people.ask(params, mcpReq.signal)),
  }));
  client.setNotificationHandler('notifications/elicitation/complete', ({ params }) =>
    people.done(params.elicitationId),
  );
  try {
    await withOwnSignal(signal, (own) => client.connect(transport, { signal: own, timeout: never }));
    client.onclose = onClose;
    admitTasks(transport);
    return new McpClient(client, transport, changes);
  } catch (error) {
    // The client knows its transport only once the revision is agreed on.
    await Promise.allSettled([client.close(), transport.close()]);
    throw error;
  }
}
