/** What people, models and tools wrote, as the conventions have it: only where the operator wants it, and only the beginning of it. */
import type { ToolSpan } from '../agent/timeline.ts';
import type { Turn } from '../agent/turn.ts';
import type { TraceAttributes } from './trace.ts';

/** UTF-16 units of one text: thousands of spans may wait for a collector that is away. */
const longestText = 4096;

/** The question, and the last words of the turn. */
export function questionContent({ question, steps }: Turn): TraceAttributes {
  const last = steps.at(-1);
  return {
    'gen_ai.input.messages': toMessages('user', question.text),
    ...(last === undefined ? {} : { 'gen_ai.output.messages': toMessages('assistant', last.text) }),
  };
}

export function answerContent({ steps }: Turn, step: number): TraceAttributes {
  const text = steps[step]?.text ?? '';
  return text === '' ? {} : { 'gen_ai.output.messages': toMessages('assistant', text) };
}

export function callContent({ arguments: json, result }: ToolSpan['attributes']): TraceAttributes {
  return {
    'gen_ai.tool.call.arguments': cut(json),
    ...(result === undefined ? {} : { 'gen_ai.tool.call.result': cut(result) }),
  };
}

function toMessages(role: 'user' | 'assistant', text: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: cut(text) }] }]);
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
