/**
 * Puts tool calls together from the pieces of a stream. By the book a call's first piece carries id and name and all
 * pieces carry its index; compatible servers leave the index out, repeat it for every call, or give no ids.
 */
import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../turn.ts';
import { unwrapParallel } from './parallel-calls.ts';

/** OpenAI takes no message with more, and would refuse every later request of the channel. */
const mostCalls = 128;

/** A piece of one call, unchecked: servers differ. */
export interface CallPiece {
  readonly index?: unknown;
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
}

export class CallAssembly {
  readonly #calls: OpenCall[] = [];
  readonly #byIndex = new Map<number, OpenCall>();

  add(piece: CallPiece): void {
    const id = toText(piece.id);
    const name = toText(piece.function?.name);
    const index = typeof piece.index === 'number' ? piece.index : undefined;
    const known = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    const call = known !== undefined && !startsAnother(known, id, name) ? known : this.#open();
    if (index !== undefined) this.#byIndex.set(index, call);
    call.id ||= id;
    call.name ||= name;
    const written = piece.function?.arguments;
    // Some servers send the arguments as an object instead of its JSON text.
    call.arguments += typeof written === 'object' && written !== null ? JSON.stringify(written) : toText(written);
  }

  /** Whole calls in the order they began, each with an id of its own. */
  finish(): ToolCall[] {
    const calls = this.#calls.flatMap((call) => unwrapParallel(call)).slice(0, mostCalls);
    return withOwnIds(calls, []);
  }

  #open(): OpenCall {
    const call = { id: '', name: '', arguments: '' };
    this.#calls.push(call);
    return call;
  }
}

/** Some servers count their calls anew in every answer: an id that is taken, or missing, gives way to a made-up one. */
export function withOwnIds(
  calls: readonly (Omit<ToolCall, 'id'> & { readonly id?: string })[],
  taken: Iterable<string>,
): ToolCall[] {
  const ids = new Set(taken);
  return calls.map(({ id: given = '', ...call }) => {
    const id = given === '' || ids.has(given) ? `call_${randomUUID().replaceAll('-', '').slice(0, 24)}` : given;
    ids.add(id);
    return { ...call, id };
  });
}

/** A piece that names a call belongs to the open one unless it has another id, or comes after its arguments are whole. */
function startsAnother(open: OpenCall, id: string, name: string): boolean {
  if (id !== '' && open.id !== '') return id !== open.id;
  return name !== '' && open.name !== '' && (name !== open.name || isWhole(open.arguments));
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Not whole yet is the answer, not a failure.
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
