/** What a request can take at most, before anybody has counted it. */
import { loadTokenCounter, tokenCounter } from '../history/token-count.ts';
import { countMessage } from '../history/trim.ts';
import type { ChatMessage, ToolDefinition } from '../model/messages.ts';

/** Other models count otherwise than the one that the tokenizer is of, and frame messages and tools in their own way. */
const margin = 1.25;
const framing = 200;

/** Of the prompt. Until the tokenizer is there, its bytes: no text has more tokens than bytes. */
export async function mostPromptTokens(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
): Promise<number> {
  await loadTokenCounter().catch(() => undefined); // Without it, the bytes are a bound, too.
  const bytesOf = (text: string) => Buffer.byteLength(text);
  const sum = (count: (text: string) => number) =>
    messages.reduce((total, message) => total + countMessage(message, count), count(JSON.stringify(tools)));
  const counter = tokenCounter();
  const bytes = sum(bytesOf);
  return counter === undefined ? bytes : Math.min(bytes, Math.ceil(sum(counter) * margin) + framing);
}
