/** Calls a tool, as a task where the tool has it so, or its server makes it one. */
import type { CallContext, CallLimits, ListedTool, ToolArguments } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { McpClient, RequestOptions } from './client.ts';
import { cancelTask } from './task-calls.ts';
import { taskOfResult } from './task-protocol.ts';
import { type ServerAnswer, toToolAnswer } from './tool-result.ts';

const noMoreTasks = 'Not run: as many long-running calls as are allowed run here already.';

/** @throws {ToolFailure} */
export async function callTool(
  { tool, args }: { readonly tool: ListedTool; readonly args: ToolArguments },
  { taskTtlMs }: Pick<CallContext, 'taskTtlMs'>,
  limits: CallLimits,
  { client, own }: { readonly client: McpClient; readonly own: RequestOptions },
): Promise<ServerAnswer> {
  const takesTasks = client.takesTasks(tool);
  if (takesTasks && tool.taskSupport === 'required' && taskTtlMs === undefined)
    throw new ToolFailure('refused', noMoreTasks);
  const wish = takesTasks && taskTtlMs !== undefined ? { taskTtlMs } : {};
  const result = await client.callTool(tool, args, { ...own, ...wish });
  const task = taskOfResult(result);
  if (task === undefined) return { ...toToolAnswer(result, limits), structured: result.structuredContent };
  if (taskTtlMs !== undefined) return { ok: true, text: '', structured: undefined, task };
  await cancelTask(task.id, client);
  throw new ToolFailure('refused', noMoreTasks);
}
