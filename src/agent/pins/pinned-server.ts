/** What is fixed of one server's words, as it stands in the store: what its tools said when they were first seen, and what they say now. Pure. */
import { isRecord } from '../../json.ts';
import { cut } from '../../text.ts';
import { hashOf } from '../decision.ts';
import type { JsonValue } from '../turn.ts';
import { type ChangedTools, toChange } from './changed-tools.ts';

interface Pin {
  readonly hash: string;
  /** The words themselves, cut: they are shown beside those that came later. */
  readonly words: string;
}

export interface PinnedServer {
  readonly server: string;
  readonly tools: Readonly<Record<string, Pin>>;
  /** What is said otherwise, and was not accepted. */
  readonly pending: Readonly<Record<string, Pin>>;
  /** The change that people were last told of, and when. */
  readonly told?: { readonly changeId: string; readonly at: number };
}

/** What a tool says now. */
export interface ToldTool {
  readonly name: string;
  readonly hash: string;
  readonly words: string;
}

/** A server that has named so many tools gets no new one fixed: they are withheld. */
const mostPins = 2_000;
const longestWords = 4_000;

export function readPinned(server: string, stored: JsonValue | undefined): PinnedServer {
  const fresh: PinnedServer = { server, tools: {}, pending: {} };
  if (!isRecord(stored)) return fresh;
  const { told } = stored;
  const isTold = isRecord(told) && typeof told.changeId === 'string' && typeof told.at === 'number';
  return {
    server: typeof stored.server === 'string' ? stored.server : server,
    tools: readPins(stored.tools),
    pending: readPins(stored.pending),
    ...(isTold ? { told: { changeId: String(told.changeId), at: Number(told.at) } } : {}),
  };
}

function readPins(value: unknown): Record<string, Pin> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([name, pin]) => (isPin(pin) ? [[name, pin]] : [])));
}

function isPin(value: unknown): value is Pin {
  return isRecord(value) && typeof value.hash === 'string' && typeof value.words === 'string';
}

export function writePinned(pinned: PinnedServer): JsonValue {
  return JSON.parse(JSON.stringify(pinned));
}

/** With what is seen for the first time fixed, and what is said otherwise noted. The same object where nothing is new. */
export function review(pinned: PinnedServer, told: readonly ToldTool[]): PinnedServer {
  const tools = new Map(Object.entries(pinned.tools));
  const pending = new Map<string, Pin>();
  for (const { name, hash, words } of told) {
    const pin = { hash, words: cut(words, longestWords) };
    const before = tools.get(name);
    if (before === undefined && tools.size < mostPins) tools.set(name, pin);
    else if (before !== undefined && before.hash !== hash) pending.set(name, pin);
  }
  const isSame = tools.size === Object.keys(pinned.tools).length && idOf(pending) === changeIdOf(pinned);
  return isSame ? pinned : { ...pinned, tools: Object.fromEntries(tools), pending: Object.fromEntries(pending) };
}

/** With what is pending fixed in the place of what was. */
export function accept(pinned: PinnedServer): PinnedServer {
  return { server: pinned.server, tools: { ...pinned.tools, ...pinned.pending }, pending: {} };
}

/** Of all that is pending; the same for the same words. */
export function changeIdOf({ pending }: PinnedServer): string {
  return idOf(new Map(Object.entries(pending)));
}

function idOf(pending: ReadonlyMap<string, Pin>): string {
  const lines = [...pending].map(([name, { hash }]) => `${hash} ${name}`);
  return hashOf(lines.toSorted().join('\n')).slice(0, 32);
}

/** Undefined where nothing is pending. */
export function toChanged(serverKey: string, pinned: PinnedServer): ChangedTools | undefined {
  const changes = Object.entries(pinned.pending).map(([name, { words }]) =>
    toChange(name, pinned.tools[name]?.words ?? '', words),
  );
  if (changes.length === 0) return undefined;
  return { server: pinned.server, serverKey, changeId: changeIdOf(pinned), changes };
}
