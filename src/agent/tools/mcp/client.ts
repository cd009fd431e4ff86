/**
 * The client of the MCP SDK as the agent uses it. With `open-client.ts`, `transports.ts`, `change-watch.ts` and
 * `request-failures.ts`, all that knows the SDK.
 */
import {
  type CallToolResult,
  type Client,
  type GetPromptResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type ProtocolEra,
  type ReadResourceResult,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import type { z } from 'zod';
import { resolvesWithin } from '../../../waiting.ts';
import type { CallProgress } from '../../agent.ts';
import type { ListedTool, ToolArguments } from '../tool.ts';
import type { ChangeWatch } from './change-watch.ts';
import { type AnswerInput, throughRounds } from './input-rounds.ts';
import { withOwnSignal } from './own-signal.ts';
import { toToolFailure } from './request-failures.ts';
import { afterRequiredPages } from './required-pages.ts';
import { taskedResultSchema, toMarkedResult } from './task-protocol.ts';

export type { CallToolResult };

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
export const never = 2 ** 31 - 1;
const goodbyeMs = 500;

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

  /** Whether the server has anything of the kind. */
  has(kind: 'tools' | 'prompts' | 'resources' | 'completions'): boolean {
    return this.#client.getServerCapabilities()?.[kind] !== undefined;
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

  /** @throws whatever the SDK throws. */
  async request<Output>(
    method: string,
    params: Parameters,
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
    // By its schema, arguments may have to be repeated in the headers of the request.
    const toolDefinition = { name, inputSchema: { ...inputSchema, type: 'object' as const } };
    return await this.#tellingApart({ name, arguments: args }, options, (params, own) =>
      options.taskTtlMs === undefined
        ? this.#client.callTool({ ...params, name }, { ...own, toolDefinition })
        : this.#callAsTask({ ...params, task: { ttl: Math.round(options.taskTtlMs) } }, own),
    );
  }

  /** @throws {ToolFailure}, or the signal's reason. */
  async getPrompt(
    name: string,
    args: Readonly<Record<string, string>>,
    options: RequestOptions,
  ): Promise<GetPromptResult> {
    return await this.#tellingApart({ name, arguments: args }, options, (params, own) =>
      this.#client.getPrompt({ ...params, name }, own),
    );
  }

  /** @throws {ToolFailure}, or the signal's reason. */
  async readResource(uri: string, options: RequestOptions): Promise<ReadResourceResult> {
    return await this.#tellingApart({ uri }, options, (params, own) =>
      this.#client.readResource({ ...params, uri }, { ...own, cacheMode: 'bypass' }),
    );
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

  async #tellingApart<Result>(params: Parameters, options: RequestOptions, send: Send<Result>): Promise<Result> {
    const hasSession = this.#transport.sessionId !== undefined;
    let rounds = 0;
    try {
      return await this.#inRounds(params, options, (sent, own) => {
        rounds += 1;
        return send(sent, own);
      });
    } catch (error) {
      options.signal.throwIfAborted();
      throw toToolFailure(error, { hasSession, hasBegun: rounds > 1 });
    }
  }

  async #inRounds<Result>(
    params: Parameters,
    { signal, onProgress, onInput, onAnswer }: RequestOptions,
    send: Send<Result>,
  ): Promise<Result> {
    const ask = (sent: Parameters) =>
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

type Parameters = Readonly<Record<string, unknown>>;
type Send<Result> = (params: Parameters, options: SdkRequestOptions) => Promise<Result>;

interface SdkRequestOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly allowInputRequired: boolean;
  readonly onprogress?: (progress: CallProgress) => void;
}
