/** Asks a server for what a call of the model's wants. A lost connection is told apart by what may have happened: only what did not run, or may run twice, is tried again. */
import type { Logger } from '../../log.ts';
import type { BytesReader } from '../attachments/bytes-reader.ts';
import type { ConnectionKeeper } from './connection-keeper.ts';
import { LoginNeeded } from './login/challenge.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { ServerAnswer } from './mcp/tool-result.ts';
import type { SchemaCheck } from './schema-check.ts';
import type { CallContext, CallLimits, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { ToolFailure } from './tool-failure.ts';
import type { ToolListing } from './tool-listing.ts';

export interface CallingContext {
  readonly server: string;
  readonly keeper: ConnectionKeeper;
  readonly listing: ToolListing;
  /** Waits for the connection, as long as a turn may. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** The connection is for one person, who can log in. */
  readonly isPersonal: boolean;
  readonly limits: CallLimits;
  readonly schemas: SchemaCheck;
  readonly bytes: BytesReader;
  readonly log: Logger;
}

/** What a call asks of its server. */
export interface ServerRequest {
  /** @throws {ToolFailure} */
  readonly send: (connection: McpConnection) => Promise<ToolAnswer>;
  /** Sending it twice does no more than sending it once. */
  readonly isRepeatable: boolean;
}

/** @throws {LoginNeeded} where the connection is for one person; nothing else. */
export async function callOnServer(
  tool: ListedTool,
  args: ToolArguments,
  call: CallContext,
  context: CallingContext,
): Promise<ToolAnswer> {
  const { listing, limits, schemas } = context;
  // Enforced here, where the call is made, and not only in what the model is offered.
  if (!listing.mayBeUsed(tool.name)) return refuse(`The tool "${tool.name}" may not be used here.`);
  const send = async (connection: McpConnection) =>
    await checkAnswer(tool, await connection.callTool(tool, args, call, limits), schemas);
  return await askServer({ send, isRepeatable: tool.isRepeatable }, call, context);
}

/** @throws {LoginNeeded} where the connection is for one person; nothing else. */
export async function askServer(
  request: ServerRequest,
  call: CallContext,
  context: CallingContext,
  isSecond = false,
): Promise<ToolAnswer> {
  const { server, keeper, listing, ready, log } = context;
  if (keeper.current === undefined || (isSecond && listing.isStale)) await ready(call.signal);
  const used = keeper.current;
  const unreachable = refuse(`The tool server "${server}" cannot be reached right now.`);
  if (used === undefined) {
    if (keeper.loginNeeded !== undefined) throw keeper.loginNeeded;
    return unreachable;
  }
  try {
    return await request.send(used);
  } catch (error) {
    if (call.signal.aborted) return refuse('The call was stopped.');
    const code = error instanceof ToolFailure ? error.code : 'lost';
    if (error instanceof ToolFailure && (code === 'refused' || code === 'late')) return refuse(error.message);
    if (error instanceof LoginNeeded && context.isPersonal) throw error;
    // One broken answer says nothing of the others: whether the connection still works, the next listing tells.
    if (code === 'not-run') keeper.drop(used);
    else listing.markStale();
    log.warn('tool-server-lost', { server, code, reason: reasonOf(error) });
    if (!isSecond && (code === 'not-run' || request.isRepeatable)) return await askServer(request, call, context, true);
    if (code === 'not-run') return unreachable;
    return refuse(`The tool server "${server}" broke off; whether the tool ran is unknown.`);
  }
}

/** Structured content that does not fit what the tool promises is worth no trust, nor is the text beside it. */
export async function checkAnswer(
  { name, outputSchema }: Pick<ListedTool, 'name' | 'outputSchema'>,
  { structured, ...answer }: ServerAnswer,
  schemas: SchemaCheck,
): Promise<ToolAnswer> {
  if (outputSchema === undefined || !answer.ok || answer.task !== undefined) return answer;
  const problem =
    structured === undefined ? 'it has no structured content' : await schemas.problemWith(outputSchema, structured);
  if (problem === undefined) return answer;
  return refuse(`The answer of "${name}" does not fit the tool's own output schema (${problem}).`);
}

export function refuse(text: string): ToolAnswer {
  return { ok: false, text };
}

/** The codes of an error and its causes. Not its words: they may quote the call. */
function reasonOf(error: unknown): string {
  const codes: string[] = [];
  for (let cause = error; cause instanceof Error && codes.length < 5; cause = cause.cause) {
    if ('code' in cause) codes.push(String(cause.code));
  }
  return codes.join(' ');
}
