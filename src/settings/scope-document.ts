/** What is stored of one server, channel or person: the layer, and who has changed what of it. Pure. */
import type { Layer, Scope, SettingName } from './layer.ts';

export interface ScopeDocument {
  readonly version: 1;
  readonly layer: Layer;
  /** The last of them, oldest first. */
  readonly changes: readonly SettingChange[];
}

export interface SettingChange {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Id of the person. */
  readonly by: string;
  readonly setting: SettingName;
  /** What it was set to, in short; of instructions their length alone. Absent: it was left to the layers below. */
  readonly to?: string;
}

export const emptyDocument: ScopeDocument = { version: 1, layer: {}, changes: [] };

/** Changes that are remembered of a scope. */
export const mostChanges = 50;
const longestSummary = 100;

/** One setting with its new value; undefined: it is left to the layers below. */
export type NewValue = {
  readonly [Name in SettingName]: { readonly setting: Name; readonly value: Layer[Name] | undefined };
}[SettingName];

/** What is known of a change besides what it is. */
export type ChangedBy = Pick<SettingChange, 'at' | 'by'>;

/** The document with another value of one setting. The same object where it has that value already. */
export function changeSetting(document: ScopeDocument, { setting, value }: NewValue, by: ChangedBy): ScopeDocument {
  const { [setting]: before, ...others } = document.layer;
  if (JSON.stringify(before) === JSON.stringify(value)) return document;
  const to = value === undefined ? {} : { to: summarise(setting, value) };
  return {
    version: 1,
    layer: value === undefined ? others : { ...others, [setting]: value },
    changes: [...document.changes, { ...by, setting, ...to }].slice(-mostChanges),
  };
}

/** For the history and the log: a word or two, and never what somebody wrote. */
function summarise(setting: SettingName, value: NonNullable<NewValue['value']>): string {
  if (setting === 'instructions') return String(value).length.toString();
  const words = typeof value === 'object' ? wordsOf(value) : String(value);
  return words.slice(0, longestSummary);
}

function wordsOf(value: object): string {
  return Object.entries(value)
    .flatMap(([name, part]: [string, unknown]) => {
      if (Array.isArray(part)) return part.length === 0 ? [] : [`${name} ${part.length}`];
      return part === true ? [name] : [String(part)];
    })
    .join(', ');
}

/** Under which a scope's document is stored. Ids are digits. */
export function documentKey(scope: Scope, id: string): string {
  return `${scope}:${id}`;
}
