/** A model as the agent sees it: messages and tools in, text and checked tool calls out, free of any API. */
import type { Price } from '../budget/budgets.ts';
import type { ToolCall, Usage } from '../turn.ts';
import type { ChatMessage, ToolDefinition } from './messages.ts';
import type { ModelNotice } from './notice.ts';

export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** False: the tools are sent, so that the prompt's start stays the same, but the model must answer in prose. */
  readonly mayCallTools: boolean;
  /** Whose history the messages are, and who asks: the provider is told a hash of each. */
  readonly channelId: string;
  readonly authorId: string;
  readonly signal: AbortSignal;
  /** Called as text comes in, with all of it so far. Once it was called, a broken stream is not asked again. */
  readonly onText: (text: string) => void;
  /** Default: the operator's. */
  readonly maxOutputTokens?: number;
}

export interface ModelAnswer {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** `length`: cut by the output limit, calls included. `filtered`: withheld by the provider. */
  readonly finish: 'whole' | 'length' | 'filtered';
  readonly usage?: Usage;
}

export interface Model {
  /** False once the server has said that the model takes no pictures. */
  readonly takesPictures: boolean;
  /** Loads what the first request needs. */
  warmUp(): Promise<void>;
  /** What the operator should know of the model before its users do; undefined when there is nothing, or nobody can tell. Rejects only when the SDK cannot be loaded. */
  lookUp(signal: AbortSignal): Promise<ModelNotice | undefined>;
  /** What such a request can take and cost at most. */
  mostOf(request: Pick<ModelRequest, 'messages' | 'tools' | 'maxOutputTokens'>): Promise<Price>;
  /** @throws {ModelError}, or anything at all once the signal is aborted. */
  complete(request: ModelRequest): Promise<ModelAnswer>;
}
