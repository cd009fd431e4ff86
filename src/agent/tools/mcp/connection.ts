/** One connection to one MCP server: what it lists, its calls, and what it asks meanwhile. Loaded when a server is first needed. */
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import type { MemberCredentials } from '../login/challenge.ts';
import { openCheckedFetch } from '../reach/open-checked-fetch.ts';
import type { SourcePart } from '../source-content.ts';
import type { CallContext, CallLimits, ListedTool, ToolArguments } from '../tool.ts';
import type { StaleList } from './change-watch.ts';
import { type CompletionQuestion, type CompletionReference, complete } from './completion.ts';
import { type ContentRoom, promptParts, resourceParts } from './content-part.ts';
import { openClient } from './open-client.ts';
import { PeopleRequests } from './people-requests.ts';
import { type ListedPrompt, listPrompts } from './prompts.ts';
import { type ListedResource, type ListedResourceTemplate, listResources, listResourceTemplates } from './resources.ts';
import { RunningCalls } from './running-calls.ts';
import { watchedFetch } from './stream-watch.ts';
import { cancelTask, lookAtTask, type TaskLook } from './task-calls.ts';
import { timedCall } from './timed-call.ts';
import { callTool } from './tool-call.ts';
import { type ListedTools, listTools } from './tool-list.ts';
import type { ServerAnswer } from './tool-result.ts';
import { openTransports } from './transports.ts';

type Arguments = Readonly<Record<string, string>>;

export interface McpConnection {
  /** What the server says about its tools as a whole; empty when nothing. */
  readonly instructions: string;
  /** How the server is spoken to: `streamable-http`, `sse` or `stdio`. */
  readonly transport: 'streamable-http' | 'sse' | 'stdio';
  /** The revision of MCP that both agreed on. */
  readonly revision: string | undefined;
  /** `modern` from revision 2026-07-28 on. */
  readonly era: 'modern' | 'legacy' | undefined;
  /** All pages. @param isWanted By the tool's name. */
  listTools(isWanted: (name: string) => boolean, signal: AbortSignal): Promise<ListedTools>;
  /** Aborting cancels the call on the server, too, and rejects. @throws {ToolFailure} */
  callTool(tool: ListedTool, args: ToolArguments, context: CallContext, limits: CallLimits): Promise<ServerAnswer>;
  /** How the task of a call is doing. @throws {ToolFailure}, see {@link lookAtTask}. */
  lookAtTask(taskId: string, context: CallContext, limits: CallLimits): Promise<TaskLook>;
  /** The task is not wanted any more. Never rejects, and takes some seconds at most. */
  cancelTask(taskId: string): Promise<void>;
  /** Empty where the server offers none. @throws what the request throws. */
  listPrompts(signal: AbortSignal): Promise<readonly ListedPrompt[]>;
  /** Empty where the server offers none. @throws what the request throws. */
  listResources(signal: AbortSignal): Promise<readonly ListedResource[]>;
  /** Empty where the server offers none. @throws what the request throws. */
  listResourceTemplates(signal: AbortSignal): Promise<readonly ListedResourceTemplate[]>;
  /** What the server would put there; empty where it completes nothing. @throws what the request throws. */
  complete(
    reference: CompletionReference,
    question: CompletionQuestion,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Whether it has resources, and completes. */
  readonly has: { readonly resources: boolean; readonly completions: boolean };
  /** The messages of a prompt as parts of a question. @throws {ToolFailure}, or the signal's reason. */
  promptParts(name: string, given: Arguments, room: ContentRoom, signal: AbortSignal): Promise<SourcePart[]>;
  /** The contents of a resource, for a call. Text of any length: what is too long is cut where all of it is known. @throws {ToolFailure} */
  readResource(uri: string, context: CallContext, limits: CallLimits): Promise<SourcePart[]>;
  /** The contents of a resource as parts of a question. @throws {ToolFailure}, or the signal's reason. */
  resourceParts(uri: string, room: ContentRoom, signal: AbortSignal): Promise<SourcePart[]>;
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
  readonly onClose: () => void;
}

/**
 * @param credentials Of the one person that the connection is for. Default: it is for all.
 * @throws whatever kept the server from being reached, after everything that was opened is closed.
 */
export async function openMcpConnection(
  config: ToolServerConfig,
  events: McpConnectionEvents,
  log: Logger,
  signal: AbortSignal,
  credentials?: MemberCredentials,
): Promise<McpConnection> {
  const calls = new RunningCalls();
  const reaching = 'url' in config && config.reach !== undefined ? await openCheckedFetch(config.reach) : fetch;
  const fetchWatched = watchedFetch(reaching, calls, (error) => {
    log.warn('tool-server-too-much', { server: config.name, error });
    events.onClose();
  });
  const people = new PeopleRequests(config, calls, log);
  const client = await calls.outside(async () => {
    const ways = await openTransports(config, { log, fetch: fetchWatched, credentials });
    return await openClient(ways, { ...events, people }, signal);
  });
  // A server that gives nothing out links to what is elsewhere.
  const asTold = (limits: CallLimits) => (client.has('resources') ? limits : { ...limits, readsLinks: false });
  return {
    instructions: client.instructions,
    transport: 'command' in config ? 'stdio' : client.isStreamable ? 'streamable-http' : 'sse',
    revision: client.revision,
    era: client.era,
    listTools: (isWanted, listSignal) =>
      calls.outside(async () => {
        // Before the list: what changes after it is told.
        client.watchChanges();
        return await listTools(client, isWanted, listSignal);
      }),
    callTool: (tool, args, context, limits) =>
      calls.inTurn(context.signal, () =>
        timedCall(`tool "${tool.name}"`, { calls, people, context, limits }, (own) =>
          callTool({ tool, args }, context, asTold(limits), { client, own }),
        ),
      ),
    readResource: (uri, context, limits) =>
      calls.inTurn(context.signal, () =>
        timedCall(`tool server "${config.name}"`, { calls, people, context, limits }, (own) =>
          resourceParts(client, uri, { ...limits, textLength: Number.POSITIVE_INFINITY }, own),
        ),
      ),
    lookAtTask: (taskId, context, limits) => lookAtTask(taskId, context, asTold(limits), { client, calls, people }),
    cancelTask: (taskId) => calls.outside(() => cancelTask(taskId, client)),
    listPrompts: (listSignal) => calls.outside(() => listPrompts(client, listSignal)),
    listResources: (listSignal) => calls.outside(() => listResources(client, listSignal)),
    listResourceTemplates: (listSignal) => calls.outside(() => listResourceTemplates(client, listSignal)),
    complete: (reference, question, own) => calls.outside(() => complete(client, reference, question, own)),
    has: { resources: client.has('resources'), completions: client.has('completions') },
    promptParts: (name, given, room, own) => calls.outside(() => promptParts(client, { name, given }, room, own)),
    resourceParts: (uri, room, own) => calls.outside(() => resourceParts(client, uri, room, { signal: own })),
    close: () => client.close(),
  };
}
