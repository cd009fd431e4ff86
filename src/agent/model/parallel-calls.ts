/**
 * `multi_tool_use.parallel`: a tool that is never offered, and that gpt-4o calls now and then all the same, with the real
 * calls as its arguments. They are what it meant, so they are what is run.
 */
import { isRecord } from '../../json.ts';
import { parseExactJson } from '../exact-json.ts';

interface PlainCall {
  readonly name: string;
  readonly arguments: string;
}

const wrapperNames = new Set(['multi_tool_use.parallel', 'multi_tool_use_parallel']);

/** The calls inside; the call itself when it is another one, or nothing can be found in it: then it is answered as an unknown tool. */
export function unwrapParallel<Call extends PlainCall>(call: Call): readonly (Call | PlainCall)[] {
  if (!wrapperNames.has(call.name)) return [call];
  const uses = readUses(call.arguments).map(toCall);
  return uses.length > 0 && uses.every((use) => use !== undefined) ? uses : [call];
}

function readUses(text: string): readonly unknown[] {
  try {
    const value = parseExactJson(text);
    return isRecord(value) && Array.isArray(value.tool_uses) ? value.tool_uses : [];
  } catch {
    return []; // Malformed: the model is told, as for any other call.
  }
}

function toCall(use: unknown): PlainCall | undefined {
  if (!isRecord(use) || typeof use.recipient_name !== 'string') return undefined;
  // Exact numbers are written with the digits that came in.
  return { name: use.recipient_name.replace(/^functions\./, ''), arguments: JSON.stringify(use.parameters ?? {}) };
}
