/**
 * Calls that a server answers with a task: it works on by itself, and is asked now and then. In revision 2025-11-25 the client says
 * that it takes tasks of a call, and fetches the result; from 2026-07-28 on, where tasks are an extension, the server decides, and
 * gives the result when it is asked. Sources: https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks,
 * https://modelcontextprotocol.io/seps/2663-tasks-extension
 */
import { type CallToolResult, isCallToolResult, type Transport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { isRecord } from '../../../json.ts';
import type { StartedTask } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';

/** By which the extension is declared. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';
/** On what an elicitation of 2025-11-25 says which task it belongs to. */
export const relatedTask = 'io.modelcontextprotocol/related-task';
/** Where a task stands in a result once it is past the SDK, which knows no results of that type. */
const taskInResult = 'jupan/task';
/** In characters. */
const longestTaskId = 1_024;

const time = z.number().min(0).nullish();
const startedSchema = z.object({
  taskId: z.string().min(1).max(longestTaskId),
  ttl: time,
  ttlMs: time,
  pollInterval: time,
  pollIntervalMs: time,
});

/** What a server says of a task: lenient on purpose, what it may mean is for whoever asks. */
export const taskStateSchema = z.looseObject({
  taskId: z.string(),
  status: z.string(),
  statusMessage: z.string().optional().catch(undefined),
  pollInterval: time.catch(undefined),
  pollIntervalMs: time.catch(undefined),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
  inputRequests: z.unknown().optional(),
});
export type TaskState = z.infer<typeof taskStateSchema>;

/** The result of a call made with the wish for a task: either. */
export const taskedResultSchema = z.looseObject({ task: z.unknown().optional() });

/** @throws {ToolFailure} for what cannot be kept and asked about later. */
export function toStartedTask(task: unknown): StartedTask {
  const started = startedSchema.safeParse(task);
  if (!started.success) throw new ToolFailure('refused', 'The tool server began a task that nobody can ask about.');
  const { taskId, ttl, ttlMs = ttl, pollInterval, pollIntervalMs = pollInterval } = started.data;
  return {
    id: taskId,
    ...(typeof ttlMs === 'number' ? { ttlMs } : {}),
    ...(typeof pollIntervalMs === 'number' ? { pollMs: pollIntervalMs } : {}),
  };
}

/** A result as it is, or a task as {@link admitTasks} lets it past the SDK. @throws {ToolFailure} for what is neither. */
export function toMarkedResult(answer: z.infer<typeof taskedResultSchema>): CallToolResult {
  if (answer.task !== undefined) return { content: [], _meta: { [taskInResult]: answer.task } };
  if (isCallToolResult(answer)) return answer;
  throw new ToolFailure('refused', 'The tool server sent an answer that is not a tool result.');
}

/** Undefined where the result is one. @throws {ToolFailure} as above. */
export function taskOfResult({ _meta: meta }: { readonly _meta?: unknown }): StartedTask | undefined {
  return isRecord(meta) && taskInResult in meta ? toStartedTask(meta[taskInResult]) : undefined;
}

/** Lets results that are tasks past the SDK, which takes them for none at all. To be called once the client is connected. */
export function admitTasks(transport: Transport): void {
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => {
    const isTask = 'result' in message && message.result.resultType === 'task';
    if (!isTask) return deliver?.(message, extra);
    const { resultType: _, _meta: meta, ...task } = message.result;
    const result = { resultType: 'complete', content: [], _meta: { ...meta, [taskInResult]: task } };
    deliver?.({ ...message, result }, extra);
  };
}
