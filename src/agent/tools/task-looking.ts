/** Asks a server how a task of its is doing. What goes wrong is told apart by what it says of the task. Never rejects. */
import type { TaskLook } from './mcp/task-calls.ts';
import type { CallContext, ListedTool, ToolAnswer } from './tool.ts';
import { type CallingContext, checkAnswer } from './tool-calling.ts';
import { ToolFailure } from './tool-failure.ts';

/** `away`: the server cannot be asked now. `odd`: what it says makes no sense, or took too long. The others as in {@link TaskLook}. */
export type TaskState =
  | Exclude<TaskLook, { readonly type: 'ended' }>
  | { readonly type: 'ended'; readonly answer: ToolAnswer }
  | { readonly type: 'away' }
  | { readonly type: 'odd'; readonly reason: string };

export async function lookAtTaskOnServer(
  taskId: string,
  tool: ListedTool | undefined,
  call: CallContext,
  { keeper, listing, ready, limits, log, schemas, server }: CallingContext,
): Promise<TaskState> {
  if (keeper.current === undefined) await ready(call.signal);
  const used = keeper.current;
  if (used === undefined) return { type: 'away' };
  try {
    const look = await used.lookAtTask(taskId, call, limits);
    if (look.type !== 'ended') return look;
    const { structured: _, ...answer } = look.answer;
    return { type: 'ended', answer: tool === undefined ? answer : await checkAnswer(tool, look.answer, schemas) };
  } catch (error) {
    if (call.signal.aborted) return { type: 'away' };
    const code = error instanceof ToolFailure ? error.code : 'lost';
    log.warn('task-not-seen', { server, code });
    if (error instanceof ToolFailure && (code === 'refused' || code === 'late'))
      return { type: 'odd', reason: error.message };
    if (code === 'not-run') keeper.drop(used);
    else listing.markStale();
    return code === 'not-run' ? { type: 'away' } : { type: 'odd', reason: 'The tool server broke off.' };
  }
}
