/** What tool servers have for members besides tools: prompts, and resources. Names and texts are the servers' own: data, of any length up to a bound. */
import { createHash } from 'node:crypto';

export interface PromptArgument {
  readonly name: string;
  /** Empty where the server says nothing. */
  readonly description: string;
  readonly isRequired: boolean;
}

export interface OfferedPrompt {
  readonly name: string;
  /** For people to read. Empty where the server has none. */
  readonly title: string;
  readonly description: string;
  /** In the server's order. */
  readonly arguments: readonly PromptArgument[];
}

/** What a server offers, as it was last heard of; JSON-safe. */
export interface ServerContent {
  readonly server: string;
  /** In the server's order. */
  readonly prompts: readonly OfferedPrompt[];
  readonly hasResources: boolean;
  /** It suggests values for arguments. */
  readonly completes: boolean;
}

/** A resource, or a template of resources. */
export interface OfferedResource {
  readonly server: string;
  /** Of a template with variables in braces, as `file:///{path}`. */
  readonly uri: string;
  /** For people to read: not empty. */
  readonly name: string;
  readonly isTemplate: boolean;
}

/** What somebody types into: an argument of a prompt, or a variable of a template. */
type TypedInto =
  | { readonly type: 'prompt'; readonly name: string }
  | { readonly type: 'resource'; readonly uri: string };

export interface Typing {
  readonly of: TypedInto;
  readonly argument: string;
  readonly typed: string;
  /** The other arguments so far. */
  readonly given: Readonly<Record<string, string>>;
}

/** What names a prompt or a resource where its own name may be too long: the same on every start. */
export function toContentId(server: string, name: string): string {
  return `#${createHash('sha256')
    .update(JSON.stringify([server, name]))
    .digest('hex')
    .slice(0, 16)}`;
}
