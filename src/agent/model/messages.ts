/** What is sent to the model: the messages of a conversation as far as the agent uses them, and the tools it offers. */

export interface CallMessage {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A piece of what a person says. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  /** `url` is a data URL: the picture itself, so that no server has to fetch anything. */
  | { readonly type: 'image'; readonly url: string };

/** Plain text stays a string all the way: what goes out must be the same to the byte for as long as the history is. */
export type UserContent = string | readonly ContentPart[];

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: UserContent }
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

/** The message's content piece by piece. */
export function partsOf({ content }: ChatMessage): readonly ContentPart[] {
  if (content === null || content === '') return [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function callsOf(message: ChatMessage): readonly CallMessage[] {
  return 'tool_calls' in message ? (message.tool_calls ?? []) : [];
}
