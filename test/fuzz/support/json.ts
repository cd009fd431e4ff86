/** JSON that is odd: values of every kind in every place, and texts that are nearly JSON. */
import fc from 'fast-check';
import '../../../src/agent/exact-json.ts';
import { oddName, oddText } from './texts.ts';

/** Numbers as a text may hold them and no double does. */
const oddNumbers = ['1e999', '-0', '9007199254740993', '0.1e-400', '-1', '0', '1e21', '123456789012345678901234567890'];

/** Stringified, these stay as they are written here. */
export const oddNumber: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...oddNumbers).map((text) => JSON.rawJSON(text)),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

export const oddValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom(null, true, false, [], {}), oddNumber, oddText),
  value: fc.oneof(
    { weight: 5, arbitrary: tie('leaf') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(oddName, tie('value'), { maxKeys: 3 }) },
  ),
})).value;

/** One thing that is wrong with a value. */
export interface Defect {
  /** Which of all places in it, counted through. */
  readonly place: number;
  readonly how: 'missing' | 'other' | 'twice' | 'in a list';
  readonly by: unknown;
}

export const defect = fc.record<Defect>({
  place: fc.nat(200),
  how: fc.constantFrom('missing', 'other', 'other', 'twice', 'in a list'),
  by: oddValue,
});

/** Mostly none: what is wrong in many places is refused at the first. */
export const defects: fc.Arbitrary<readonly Defect[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(defect, { minLength: 1, maxLength: 3 }) },
);

/** The value with these defects. Nothing of it is shared with the one given. */
export function withDefects(value: unknown, wrong: readonly Defect[]): unknown {
  return wrong.reduce<unknown>((whole, defect) => {
    const root = { whole };
    const places = placesIn(root);
    const place = places[defect.place % places.length];
    return place === undefined ? whole : withDefect(root, place, defect).whole;
  }, copied(value));
}

type Container = Record<string, unknown> | unknown[];
type Path = readonly string[];

function placesIn(value: unknown, path: Path = []): Path[] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const place = [...path, key];
    return [place, ...placesIn(part, place)];
  });
}

function withDefect(root: { whole: unknown }, path: Path, { how, by }: Defect): { whole: unknown } {
  const parent = path.slice(0, -1).reduce<unknown>((part, key) => Object(part)[key], root);
  const key = path.at(-1) ?? '';
  if (!isContainer(parent)) return root;
  const before: unknown = Object(parent)[key];
  if (Array.isArray(parent)) {
    const replaced = { missing: [], other: [by], twice: [before, before], 'in a list': [[before]] }[how];
    parent.splice(Number(key), 1, ...replaced);
  } else if (how === 'missing') delete parent[key];
  else Object.defineProperty(parent, key, { ...writable, value: how === 'other' ? by : [before] });
  return root;
}

/** A key may be `__proto__`. */
const writable = { configurable: true, enumerable: true, writable: true };

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !isRaw(value);
}

function isRaw(value: object): boolean {
  return Object.isFrozen(value) && Object.getPrototypeOf(value) === null && 'rawJSON' in value;
}

function copied(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(copied);
  const copy = {};
  for (const [key, part] of Object.entries(value))
    Object.defineProperty(copy, key, { ...writable, value: copied(part) });
  return copy;
}

/** What happens to a text on its way. */
export interface Damage {
  readonly how: 'none' | 'cut' | 'more' | 'other';
  /** From 0 to 1. */
  readonly where: number;
  readonly by: string;
}

/** Mostly none. */
export const damage: fc.Arbitrary<Damage> = fc.record<Damage>({
  how: fc.oneof({ weight: 15, arbitrary: fc.constant('none') }, fc.constantFrom('cut', 'more', 'other')),
  where: fc.double({ min: 0, max: 1, noNaN: true }),
  by: fc.oneof(
    oddText,
    fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\u12', '['.repeat(20_000), '{"a":'.repeat(5_000)),
  ),
});

export function damaged(text: string, { how, where, by }: Damage): string {
  const place = Math.floor(where * text.length);
  if (how === 'none') return text;
  if (how === 'cut') return text.slice(0, place);
  return text.slice(0, place) + by + text.slice(how === 'more' ? place : place + 1);
}

/** A JSON text of that value with defects and damage; undefined has no text. */
export function oddJson(value: unknown): fc.Arbitrary<string> {
  return fc
    .record({ wrong: defects, damage })
    .map(({ wrong, damage: done }) => damaged(JSON.stringify(withDefects(value, wrong)) ?? '', done));
}
