/** The tools as members may look at them: by server, with what a call of one takes. Names and texts are the servers' own: data, of any length. */
import { isRecord } from '../json.ts';

/** A tool that the model is offered. */
export interface OfferedTool {
  /** As the model calls it: at most 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description: string;
  /** Who must approve a call before it is made: `nobody`; `anybody` of those who may approve, the asker included; `others` than the asker. */
  readonly approval: 'nobody' | 'anybody' | 'others';
  /** The JSON schema of its arguments, as the server lists it. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface ServerTools {
  readonly server: string;
  /** False: it cannot be reached now, and its tools are those it had. */
  readonly isUp: boolean;
  /** In the order of their names. */
  readonly tools: readonly OfferedTool[];
  /** How many more it has than the model is offered. */
  readonly missing: number;
}

export const argumentKinds = ['text', 'number', 'integer', 'boolean', 'choice', 'list', 'object', 'anything'] as const;
export type ArgumentKind = (typeof argumentKinds)[number];

export interface ToolArgument {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Of a `choice`, and of nothing else. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** Empty where the server says nothing. */
  readonly description: string;
}

/** How far a reference, or a choice of schemas, is followed. */
const deepest = 4;

const kindsOfTypes: ReadonlyMap<unknown, ArgumentKind> = new Map([
  ['string', 'text'],
  ['number', 'number'],
  ['integer', 'integer'],
  ['boolean', 'boolean'],
  ['array', 'list'],
  ['object', 'object'],
]);

/** What a call of the tool takes, in the order of the schema. What the schema leaves open is `anything`. */
export function toArguments(schema: OfferedTool['schema']): ToolArgument[] {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => {
    const own = isRecord(property) ? property : {};
    const referred = resolve(own, schema);
    const description = own.description ?? referred.description;
    return {
      name,
      ...kindOf(own, schema, 0),
      isRequired: required.includes(name),
      description: typeof description === 'string' ? description : '',
    };
  });
}

type Kind = Pick<ToolArgument, 'kind' | 'choices'>;

const anything: Kind = { kind: 'anything', choices: [] };

function kindOf(property: OfferedTool['schema'], root: OfferedTool['schema'], depth: number): Kind {
  const schema = resolve(property, root);
  const choices: readonly unknown[] | undefined =
    'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
  if (choices !== undefined && choices.length > 0) return { kind: 'choice', choices: choices.map(toWord) };
  const types = [schema.type].flat().filter((type) => type !== 'null');
  if (types.length === 1 && types[0] !== undefined)
    return { ...anything, kind: kindsOfTypes.get(types[0]) ?? 'anything' };
  const either = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (either === undefined || depth >= deepest) return anything;
  // An argument that may be left out is often said to be something or null.
  const kinds = either.filter(isRecord).filter(({ type }) => type !== 'null');
  const [only] = kinds;
  return kinds.length === 1 && only !== undefined ? kindOf(only, root, depth + 1) : anything;
}

function toWord(choice: unknown): string {
  return typeof choice === 'string' ? choice : (JSON.stringify(choice) ?? '');
}

/** The schema that is meant, where it stands elsewhere in the same document: `#/$defs/Name`. */
function resolve(schema: OfferedTool['schema'], root: OfferedTool['schema']): OfferedTool['schema'] {
  let resolved = schema;
  for (let depth = 0; depth < deepest && typeof resolved.$ref === 'string'; depth += 1) {
    const [start, ...path] = resolved.$ref.split('/');
    const found = path.reduce<unknown>(
      (place, key) => (isRecord(place) && Object.hasOwn(place, key) ? place[key] : undefined),
      root,
    );
    if (start !== '#' || !isRecord(found)) return {};
    resolved = found;
  }
  return resolved;
}
