/** Reads something of a server that is no call of a tool. Reading twice does no harm: over a connection that is lost, it is tried again. */
import { untilAborted } from '../../waiting.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { CallingContext } from './tool-calling.ts';
import { ToolFailure } from './tool-failure.ts';

export type Reading<Result> = (connection: McpConnection, signal: AbortSignal) => Promise<Result>;

/** @throws {ToolFailure}: `not-run` when the server cannot be reached. The signal's reason once that aborts. */
export async function readFromServer<Result>(
  read: Reading<Result>,
  signal: AbortSignal,
  { server, keeper, listing, ready, limits, log }: CallingContext,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    if (keeper.current === undefined || (attempt > 1 && listing.isStale)) await ready(signal);
    const used = keeper.current;
    if (used === undefined)
      throw new ToolFailure('not-run', `The tool server "${server}" cannot be reached right now.`);
    const late = AbortSignal.timeout(limits.silenceMs);
    const either = AbortSignal.any([signal, late]);
    try {
      return await untilAborted(read(used, either), either);
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw new ToolFailure('late', `did not answer within ${limits.silenceMs / 1000} s`);
      const code = error instanceof ToolFailure ? error.code : 'lost';
      if (code === 'refused') throw error;
      if (code === 'not-run') keeper.drop(used);
      else listing.markStale();
      log.warn('tool-server-lost', { server, code });
      if (attempt > 1) throw error;
    }
  }
}
