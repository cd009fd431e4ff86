/** Prompts that a server offers: what it lists, and what one of them says. */
import { z } from 'zod';
import type { ToolAnswer } from '../tool.ts';
import type { McpClient, RequestOptions } from './client.ts';
import { listAll } from './pages.ts';
import { type AnswerRoom, toToolAnswer } from './tool-result.ts';

const mostPrompts = 500;
const mostArguments = 100;
const mostMessages = 100;
const text = (most: number) => z.string().transform((value) => value.slice(0, most));
const argumentSchema = z.object({
  name: z.string().min(1).max(200),
  title: text(200).optional(),
  description: text(1_000).optional(),
  required: z.boolean().default(false),
});
const promptSchema = z.object({
  name: z.string().min(1).max(500),
  title: text(200).optional(),
  description: text(2_000).optional(),
  arguments: z.array(argumentSchema).max(mostArguments).default([]),
});
/** The words are the server's own: data, to be shown as such. */
export type ListedPrompt = z.infer<typeof promptSchema>;

export interface PromptMessage extends ToolAnswer {
  readonly role: 'user' | 'assistant';
}

/** Empty where the server offers none. */
export async function listPrompts(client: McpClient, signal: AbortSignal): Promise<readonly ListedPrompt[]> {
  if (!client.has('prompts')) return [];
  return await listAll(
    client,
    { method: 'prompts/list', key: 'prompts', schema: promptSchema, most: mostPrompts },
    signal,
  );
}

/** @param room Of all messages together. @throws {ToolFailure}, or the signal's reason. */
export async function getPrompt(
  client: McpClient,
  name: string,
  given: Readonly<Record<string, string>>,
  room: AnswerRoom,
  options: RequestOptions,
): Promise<readonly PromptMessage[]> {
  const { messages } = await client.getPrompt(name, given, options);
  let left = room.textLength;
  return messages.slice(0, mostMessages).map(({ role, content }) => {
    const answer = toToolAnswer({ content: [content] }, { ...room, textLength: left });
    left = Math.max(0, left - answer.text.length);
    return { ...answer, role };
  });
}
