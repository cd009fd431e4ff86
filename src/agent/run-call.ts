/** One tool call of the model to its result. Every failure is a sentence that lets the model mend its call. */
import { parseExactJson } from './exact-json.ts';
import type { ToolBox } from './tools/tool-host.ts';
import type { ToolCall, ToolResult } from './turn.ts';

/** Never rejects. */
export async function runCall(call: ToolCall, tools: ToolBox, signal: AbortSignal): Promise<ToolResult> {
  const toResult = (ok: boolean, text: string): ToolResult => ({ callId: call.id, ok, text });
  const args = tools.has(call.name) ? readArguments(call.arguments) : {};
  if (typeof args === 'string') return toResult(false, args);
  if (signal.aborted) return toResult(false, 'The call was stopped.');
  const { ok, text } = await tools.call(call.name, args, signal);
  return toResult(ok, text);
}

/** The arguments, or what is wrong with them. */
function readArguments(text: string): Record<string, unknown> | string {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 160) : 'unreadable';
    return `The arguments are not valid JSON (${reason}). Call again with one JSON object.`;
  }
  return isRecord(value) ? value : 'The arguments are not a JSON object. Call again with one, such as {"a": 1}.';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
