/** A tool and what its calls come to, free of MCP: what the rest of the agent sees of a tool server. */
import type { CallProgress } from '../agent.ts';
import type { FormReply, FormRequest } from '../form.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool as its server lists it: plain data, so that two lists can be told apart. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** What its structured results look like; undefined where the server does not say. */
  readonly outputSchema: JsonSchema | undefined;
  /** The server says that calling it twice does no more than calling it once. */
  readonly isRepeatable: boolean;
  /** It may destroy something: everything that does not say that it only reads, or only adds. */
  readonly isDestructive: boolean;
  /** Its calls may, or must, be made as tasks. Absent: the server does not say. */
  readonly taskSupport?: 'optional' | 'required';
}

/** A call that its server has taken as a task: it works on, and is asked now and then. */
export interface StartedTask {
  /** As the server named it, of at most 1,024 characters. */
  readonly id: string;
  /** How long the server keeps it, in ms. Absent: it does not say. */
  readonly ttlMs?: number;
  /** When it wants to be asked again, in ms. Absent: it does not say. */
  readonly pollMs?: number;
}

export interface ToolAnswer {
  readonly ok: boolean;
  readonly text: string;
  /** Pictures, sounds and other files among the content; the text describes them. */
  readonly files?: readonly ToolFile[];
  /** Of a search for tools: the names that were found. */
  readonly found?: readonly string[];
  /** Addresses that it links to, which its server can be asked for. */
  readonly links?: readonly string[];
  /** There is no answer yet: the call goes on as this task. */
  readonly task?: StartedTask;
}

export interface ToolFile {
  /** With an extension, fit for a file system. */
  readonly name: string;
  readonly mimeType: string;
  readonly data: Uint8Array;
  /** As in {@link FileReference}. */
  readonly description?: string;
}

/** What one call may do meanwhile, and what stops it. */
export interface CallContext {
  /** Whose question the call is made for. */
  readonly askerId: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CallProgress) => void;
  /** How long a task should be kept by its server, in ms. Absent: the call cannot be made as one now. */
  readonly taskTtlMs?: number;
  /** Lets the asker fill in a form. Never rejects: an abort of the call, or of what is given besides, cancels it. */
  readonly askForm: (form: FormRequest, gone: AbortSignal) => Promise<FormReply>;
  /**
   * Lets the asker log in at that server. Never rejects.
   * @param wait Resolves when they have, rejects when its signal aborts.
   * @returns whether they have in time.
   */
  readonly askLogin: (server: string, wait: (signal: AbortSignal) => Promise<void>) => Promise<boolean>;
}

export interface CallLimits {
  /** How long it may be silent, and how long it may take in all, in ms. */
  readonly silenceMs: number;
  readonly maxMs: number;
  /** How much of its answer is taken: characters of text, bytes of each file. */
  readonly textLength: number;
  readonly fileBytes: number;
  /** Whether what its answers link to may be read. */
  readonly readsLinks: boolean;
}

/** As they are sent: an object, numbers with the digits that the model wrote. */
export type ToolArguments = Readonly<Record<string, unknown>>;
