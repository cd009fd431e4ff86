/** A tool server with prompts and resources, on the official SDK, whose lists are the test's to change. */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CompleteRequestSchema,
  GetPromptRequestSchema,
  type GetPromptResult,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  type Prompt,
  ReadResourceRequestSchema,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';
import { startToolServer, type TestTool, type TestToolServer } from './tool-server.ts';

export interface ServedPrompt extends Omit<Prompt, '_meta' | 'icons'> {
  messages(args: Readonly<Record<string, string>>): GetPromptResult['messages'] | Promise<GetPromptResult['messages']>;
}

export interface ServedContent {
  prompts?: readonly ServedPrompt[];
  resources?: readonly Pick<Resource, 'uri' | 'name'>[];
  readonly templates?: readonly Pick<ResourceTemplate, 'uriTemplate' | 'name'>[];
  readonly tools?: readonly TestTool[];
  read?(uri: string): ReadResourceResult['contents'] | Promise<ReadResourceResult['contents']>;
  complete?(argument: string, typed: string, given: Readonly<Record<string, string>>): readonly string[];
  /** The cursor that every page of prompts and resources goes on with. */
  readonly cursor?: string;
  /** As of a tool server. */
  readonly isStreaming?: boolean;
}

/** @param content May be changed afterwards; `announceChange('prompts')` tells of it. */
export async function startContentServer(content: ServedContent): Promise<TestToolServer> {
  const { tools = [], isStreaming = false } = content;
  return await startToolServer({
    hasSessions: true,
    isStreaming,
    tools,
    configure: (server) => serve(server, content),
  });
}

function serve(server: Server, content: ServedContent): void {
  const more = content.cursor === undefined ? {} : { nextCursor: content.cursor };
  server.registerCapabilities({
    ...(content.prompts === undefined ? {} : { prompts: { listChanged: true } }),
    ...(content.read === undefined ? {} : { resources: {} }),
    ...(content.complete === undefined ? {} : { completions: {} }),
  });
  if (content.prompts !== undefined) servePrompts(server, content, more);
  if (content.read !== undefined) serveResources(server, content, more);
  if (content.complete === undefined) return;
  server.setRequestHandler(CompleteRequestSchema, ({ params: { argument, context } }) => ({
    completion: { values: [...(content.complete?.(argument.name, argument.value, context?.arguments ?? {}) ?? [])] },
  }));
}

function servePrompts(server: Server, content: ServedContent, more: object): void {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: (content.prompts ?? []).map(({ messages: _, ...prompt }) => prompt),
    ...more,
  }));
  server.setRequestHandler(GetPromptRequestSchema, async ({ params }) => {
    const prompt = content.prompts?.find(({ name }) => name === params.name);
    if (prompt === undefined) throw new Error(`no prompt ${params.name}`);
    return { messages: await prompt.messages(params.arguments ?? {}) };
  });
}

function serveResources(server: Server, content: ServedContent, more: object): void {
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [...(content.resources ?? [])], ...more }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [...(content.templates ?? [])],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }) => ({
    contents: (await content.read?.(params.uri)) ?? [],
  }));
}
