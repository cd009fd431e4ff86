/** A server's prompts: how they are listed, and what using one gives. */
import { z } from 'zod';
import type { OfferedPrompt } from '../../offered-content.ts';
import type { SourcePart } from '../source-content.ts';
import type { McpClient } from './client.ts';
import { type ContentRoom, toSourcePart } from './content-part.ts';
import { entriesOf } from './pages.ts';

/** More than all commands of Discord could hold. */
const mostPrompts = 1_000;
const mostPages = 100;
/** A prompt that wants more is none that anybody would fill in. */
const mostArguments = 100;
const longestName = 500;
const longestText = 500;
/** Of all of them together, in characters: they are kept beside what else the bot remembers. */
const longestList = 200_000;
const mostMessages = 100;

// Lenient on purpose: one odd prompt must not take the others away.
const argumentSchema = z.object({
  name: z.string().min(1).max(longestName),
  description: z.string().optional(),
  required: z.boolean().optional(),
});
const promptSchema = z.object({
  name: z.string().min(1).max(longestName),
  title: z.string().optional(),
  description: z.string().optional(),
  arguments: z.array(argumentSchema).max(mostArguments).default([]),
});
const messagesSchema = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.unknown() })),
});

export async function listPrompts(client: McpClient, signal: AbortSignal): Promise<OfferedPrompt[]> {
  const prompts = new Map<string, OfferedPrompt>();
  let length = 0;
  if (!client.hasPrompts) return [];
  for await (const entry of entriesOf(client, { method: 'prompts/list', field: 'prompts', mostPages, signal })) {
    const prompt = toPrompt(entry);
    if (prompt === undefined) continue;
    length += JSON.stringify(prompt).length;
    if (length > longestList || prompts.size >= mostPrompts) break;
    prompts.set(prompt.name, prompt);
  }
  return [...prompts.values()];
}

function toPrompt(entry: unknown): OfferedPrompt | undefined {
  const parsed = promptSchema.safeParse(entry);
  if (!parsed.success) return undefined;
  const { name, title = '', description = '', arguments: args } = parsed.data;
  const named = new Map(args.map((each) => [each.name, each]));
  return {
    name,
    title: title.slice(0, longestText).toWellFormed(),
    description: description.slice(0, longestText).toWellFormed(),
    arguments: [...named.values()].map((argument) => ({
      name: argument.name,
      description: (argument.description ?? '').slice(0, longestText).toWellFormed(),
      isRequired: argument.required === true,
    })),
  };
}

/** @throws {ToolFailure}, or the signal's reason. */
export async function getPrompt(
  client: McpClient,
  { name, args }: { readonly name: string; readonly args: Readonly<Record<string, string>> },
  room: ContentRoom,
  signal: AbortSignal,
): Promise<SourcePart[]> {
  const { messages } = await client.ask('prompts/get', { name, arguments: { ...args } }, messagesSchema, { signal });
  return messages.slice(0, mostMessages).map(({ role, content }) => ({ ...toSourcePart(content, room), role }));
}
