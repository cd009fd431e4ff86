/** The smallest model that calls a tool, for benchmarks and stories: it adds 15 and 27, whatever it is asked. */

import type { Completion } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';

/** A question is answered with a call of the offered tool `add` (a server's prefix before the name is fine), its result with a sentence. */
export function respondWithAddition({ messages, tools }: ChatRequest): Completion {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: `15와 27을 더하면 ${last.text}입니다.` };
  const name = tools.find((tool) => /(^|[_-])add$/.test(tool.name))?.name ?? 'add';
  return { text: '15와 27을 더해보겠습니다.', toolCalls: [{ name, arguments: { a: 15, b: 27 } }] };
}
