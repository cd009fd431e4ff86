/** What is sent to the model: the messages of chat completions as far as the agent uses them, and the tools it offers. */

export interface CallMessage {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: CallMessage[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** A tool as it is offered to the model: a valid name and a schema that OpenAI accepts. */
export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: Record<string, unknown>;
  };
}
