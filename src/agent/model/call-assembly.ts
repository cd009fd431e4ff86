/**
 * Puts tool calls together from the pieces of a stream. By the book a call's first piece carries id and name and all
 * pieces carry its index; compatible servers leave the index out, repeat it for every call, or give no ids.
 */
import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../turn.ts';
import { ModelError } from './model-error.ts';
import { unwrapParallel } from './parallel-calls.ts';

/** OpenAI takes no message with more, and would refuse every later request of the channel. */
const mostCalls = 128;

/** A stream that opens more, or writes more arguments, never ends; what the latter is in characters, of all calls. */
const mostOpened = 1_000;
const longestArguments = 200_000;
/** Of ids, too. */
const longestName = 256;

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
  readonly json: JsonEnd;
}

export class CallAssembly {
  readonly #calls: OpenCall[] = [];
  readonly #byIndex = new Map<number, OpenCall>();
  #written = 0;

  /** @throws {ModelError} when there is no end of it. */
  add(piece: CallPiece): void {
    const id = toText(piece.id).slice(0, longestName);
    const name = toText(piece.function?.name).slice(0, longestName);
    const index = typeof piece.index === 'number' ? piece.index : undefined;
    const known = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    const call = known !== undefined && !startsAnother(known, id, name) ? known : this.#open();
    if (index !== undefined) this.#byIndex.set(index, call);
    call.id ||= id;
    call.name ||= name;
    const written = piece.function?.arguments;
    // Some servers send the arguments as an object instead of its JSON text.
    const text = typeof written === 'object' && written !== null ? JSON.stringify(written) : toText(written);
    call.arguments += text;
    call.json.read(text);
    this.#written += text.length;
    if (this.#written > longestArguments)
      throw new ModelError('model-error', `The model wrote more than ${longestArguments} characters of arguments.`);
  }

  /** Whole calls in the order they began, each with an id of its own. */
  finish(): ToolCall[] {
    const calls = this.#calls.map(({ json: _json, ...call }) => call).flatMap((call) => unwrapParallel(call));
    return withOwnIds(calls.slice(0, mostCalls), []);
  }

  #open(): OpenCall {
    if (this.#calls.length >= mostOpened)
      throw new ModelError('model-error', `The model made more than ${mostOpened} calls.`);
    const call = { id: '', name: '', arguments: '', json: new JsonEnd() };
    this.#calls.push(call);
    return call;
  }
}

/** Some servers count their calls anew in every answer: an id that is taken, missing or cut in a character gives way to a made-up one. */
export function withOwnIds(
  calls: readonly (Omit<ToolCall, 'id'> & { readonly id?: string })[],
  taken: Iterable<string>,
): ToolCall[] {
  const ids = new Set(taken);
  return calls.map(({ id: given = '', ...call }) => {
    const isUsable = given !== '' && given.isWellFormed() && !ids.has(given);
    const id = isUsable ? given : `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    ids.add(id);
    return { ...call, id };
  });
}

/** A piece that names a call belongs to the open one unless it has another id, or comes after its arguments are whole. */
function startsAnother(open: OpenCall, id: string, name: string): boolean {
  if (id !== '' && open.id !== '') return id !== open.id;
  return name !== '' && open.name !== '' && (name !== open.name || open.json.isWhole);
}

/** Where an object's JSON text ends, found while it comes in. */
class JsonEnd {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isWhole = false;

  get isWhole(): boolean {
    return this.#isWhole;
  }

  read(text: string): void {
    for (const character of text) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString) {
        this.#isEscaped = character === '\\';
        this.#isInString = character !== '"';
      } else if (character === '"') this.#isInString = true;
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') {
        this.#depth -= 1;
        this.#isWhole ||= this.#depth === 0;
      }
    }
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
