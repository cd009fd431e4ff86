/** What a prompt or a resource of a tool server comes to, free of MCP. */

/** In whose name a message of a prompt speaks. */
export type MessageRole = 'user' | 'assistant';

/** One piece of it, in the server's order. */
export type SourcePart = {
  readonly role?: MessageRole;
  /** What it is a piece of, such as the address of a resource. Absent: it has no name. */
  readonly name?: string;
} & (
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bytes'; readonly data: Uint8Array; readonly mimeType?: string }
  /** Larger than was asked for, or of a kind that is not read. */
  | { readonly type: 'left-out'; readonly reason: 'too-large' | 'unknown-kind' }
);
