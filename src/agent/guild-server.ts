/** Tool servers that a community (Discord: a guild) has added for itself, as front ends see them: never with what is secret of them. */

export interface GuildServerState {
  /** Of its guild: 1 to 20 small letters, digits and `-`. */
  readonly name: string;
  /** How it is named among all tool servers. */
  readonly server: string;
  /** Without what follows a `?`, which may be secret. */
  readonly address: string;
  /** Whether a header, or a part of the address, is kept secret. */
  readonly hasSecret: boolean;
  /** Which calls a person must approve, and whether the operator wants it no other way. */
  readonly approval: 'destructive' | 'always';
  readonly isApprovalFixed: boolean;
  readonly isUp: boolean;
  /** The revision of MCP that both agreed on, and whether that is one without sessions. Undefined while it is down. */
  readonly revision: string | undefined;
  readonly era: 'modern' | 'legacy' | undefined;
  /** As the server names them, in the order of their names; of one that is down, those it had. */
  readonly tools: readonly { readonly name: string; readonly isOff: boolean }[];
  /** How many more it has than are looked at. */
  readonly missing: number;
}

/** What somebody typed. */
export interface NewGuildServer {
  readonly name: string;
  readonly address: string;
  /** `Name: value`; empty: none. */
  readonly header: string;
}

/**
 * Why a server is not added:
 * - `name`, `header`, `address` is none; `credentials` stand in the address;
 * - `host`, `private`, `https`, `redirect` the operator does not allow it to be there, see `ReachProblem`;
 * - `no-key` what is secret cannot be kept, since the store is not encrypted;
 * - `taken` there is one of that name; `too-many` there is no room for another;
 * - `unreachable`, `auth`, `late`, `other` what it said when it was tried.
 */
export const addProblems = [
  'name',
  'header',
  'address',
  'credentials',
  'host',
  'private',
  'https',
  'redirect',
  'no-key',
  'taken',
  'too-many',
  'unreachable',
  'auth',
  'late',
  'other',
] as const;
export type AddProblem = (typeof addProblems)[number];

export type AddOutcome = { readonly type: 'added' } | { readonly type: 'refused'; readonly problem: AddProblem };

/** What a look at a server came to. */
export type ProbeOutcome =
  | { readonly type: 'up'; readonly connectMs: number; readonly latencyMs: number }
  | { readonly type: 'down'; readonly problem: AddProblem }
  | { readonly type: 'gone' };

/** Who may change anything is the front end's to know. All that changes something is in the log of decisions. */
export interface GuildServers {
  /** Where they may be, as the operator says. */
  readonly hosts: readonly string[];
  readonly most: number;
  /** As things stand now, in the order they were added. @throws {AppError} `store-failed`. */
  list(guildId: string, signal: AbortSignal): Promise<readonly GuildServerState[]>;
  /** Tries it first: what cannot be reached is not added. @throws {AppError} `store-failed`: it is not added. */
  add(guildId: string, server: NewGuildServer, by: string, signal: AbortSignal): Promise<AddOutcome>;
  /** Connects anew, beside what is connected. @throws {AppError} `store-failed`. */
  probe(guildId: string, name: string, signal: AbortSignal): Promise<ProbeOutcome>;
  /**
   * Switches tools off and on: of those named in `shown`, those in `off` are off from now on. From the next call on.
   * @returns whether there is such a server. @throws {AppError} `store-failed`: nothing is changed.
   */
  switchTools(guildId: string, name: string, change: ToolSwitch, by: string): Promise<boolean>;
  /** Which calls people must approve; never less than the operator wants. As {@link switchTools}. */
  setApproval(guildId: string, name: string, approval: GuildServerState['approval'], by: string): Promise<boolean>;
  /** Calls that are under way fail. As {@link switchTools}. */
  remove(guildId: string, name: string, by: string): Promise<boolean>;
}

export interface ToolSwitch {
  readonly shown: readonly string[];
  readonly off: readonly string[];
}
