/**
 * What holds for a question: of the operator's layer and those of the server, the channel and the person. Pure, and the one place
 * that knows how layers lie over each other:
 * - of `language`, `model`, `notices`, `private` and `threads` the nearest layer that says something holds;
 * - `instructions` of all layers are given along;
 * - `tools`, `approval` and `access` only ever become stricter: what one layer forbids, no nearer one allows.
 */
import type { ApprovalRule, ExtraInstructions, ToolsOff } from '../agent/turn.ts';
import {
  type AccessRules,
  type LanguageChoice,
  type Layer,
  meaningful,
  type NoticeStyle,
  type Scope,
  type SettingName,
  scopes,
  settingNames,
} from './layer.ts';

/** What the operator says. */
export interface OperatorSettings {
  readonly defaults: Pick<Layer, 'language' | 'tools' | 'approval' | 'private' | 'threads'> & {
    readonly notices: NoticeStyle;
  };
  /** What may be chosen, the operator's own first. */
  readonly models: readonly ModelChoice[];
  /** What may be changed in each scope. What stands there of other settings does not count. */
  readonly settable: Readonly<Record<Scope, readonly SettingName[]>>;
}

export interface ModelChoice {
  readonly name: string;
  /** For whoever chooses. */
  readonly description?: string;
}

/** What is stored; absent where nothing is. In a direct message there is no server and no channel. */
export type Layers = Readonly<Partial<Record<Scope, Layer>>>;

export interface SettingValues {
  readonly language: LanguageChoice;
  /** The widest first. */
  readonly instructions: readonly ExtraInstructions[];
  /** Undefined: the operator's. */
  readonly model: string | undefined;
  readonly tools: ToolsOff;
  /** Undefined: as the operator says of each tool server. */
  readonly approval: ApprovalRule | undefined;
  readonly notices: NoticeStyle;
  readonly private: boolean;
  readonly threads: boolean;
  /** All of them must let somebody ask. */
  readonly access: readonly AccessRules[];
}

export type Origin = 'operator' | Scope;

export interface Resolved {
  readonly values: SettingValues;
  /** Which layers have made each value what it is, the widest first. */
  readonly origins: Readonly<Record<SettingName, readonly Origin[]>>;
  /** What stands in a layer and does not hold: the operator does not let it be set there, or not to that model, any more. */
  readonly ignored: readonly { readonly scope: Scope; readonly setting: SettingName }[];
}

/** A layer that counts, with whose it is. */
interface Counted {
  readonly scope: Scope;
  readonly layer: Layer;
}

export function resolve(operator: OperatorSettings, layers: Layers): Resolved {
  const ignored: { scope: Scope; setting: SettingName }[] = [];
  const counted = scopes.map((scope): Counted => {
    const all = Object.entries(layers[scope] ?? {});
    const kept = all.filter(([name, value]) => {
      const setting = settingNames.find((known) => known === name);
      if (setting === undefined) return false;
      const holds = maySet(operator, scope, setting) && (setting !== 'model' || isOffered(operator, value));
      if (!holds) ignored.push({ scope, setting });
      return holds;
    });
    return { scope, layer: Object.fromEntries(kept) };
  });
  const { defaults } = operator;
  const values: SettingValues = {
    language: nearest(counted, 'language') ?? defaults.language ?? 'discord',
    instructions: counted.flatMap(({ scope, layer: { instructions: text } }) =>
      text === undefined ? [] : [{ of: scope, text }],
    ),
    model: nearest(counted, 'model'),
    tools: toolsOff([defaults.tools, ...counted.map(({ layer }) => layer.tools)]),
    approval: strictest([defaults.approval, ...counted.map(({ layer }) => layer.approval)]),
    notices: nearest(counted, 'notices') ?? defaults.notices,
    private: nearest(counted, 'private') ?? defaults.private ?? false,
    threads: nearest(counted, 'threads') ?? defaults.threads ?? false,
    access: counted.flatMap(({ layer }) => layer.access ?? []),
  };
  const origins = (setting: SettingName) => originsOf(counted, setting, defaults);
  return {
    values,
    origins: {
      language: origins('language'),
      instructions: origins('instructions'),
      model: origins('model'),
      tools: origins('tools'),
      approval: origins('approval'),
      notices: origins('notices'),
      private: origins('private'),
      threads: origins('threads'),
      access: origins('access'),
    },
    ignored,
  };
}

/** Whether the operator lets it be changed there at all. */
export function maySet({ settable }: Pick<OperatorSettings, 'settable'>, scope: Scope, setting: SettingName): boolean {
  return meaningful[scope].includes(setting) && settable[scope].includes(setting);
}

function isOffered({ models }: OperatorSettings, model: unknown): boolean {
  return models.some(({ name }) => name === model);
}

type Overriding = 'language' | 'model' | 'notices' | 'private' | 'threads';

function nearest<Name extends Overriding>(counted: readonly Counted[], setting: Name): Layer[Name] | undefined {
  return counted.findLast(({ layer }) => layer[setting] !== undefined)?.layer[setting];
}

function toolsOff(all: readonly (ToolsOff | undefined)[]): ToolsOff {
  const union = (part: keyof ToolsOff) => [...new Set(all.flatMap((off) => off?.[part] ?? []))].toSorted();
  return { servers: union('servers'), tools: union('tools') };
}

/** Everything that one of the rules demands. */
function strictest(rules: readonly (ApprovalRule | undefined)[]): ApprovalRule | undefined {
  const given = rules.filter((rule) => rule !== undefined);
  if (given.length === 0) return undefined;
  return {
    when: given.some(({ when }) => when === 'always') ? 'always' : 'destructive',
    ...(given.some(({ notAsker }) => notAsker === true) ? { notAsker: true } : {}),
  };
}

const overriding: readonly SettingName[] = ['language', 'model', 'notices', 'private', 'threads'];
/** Of which the operator says nothing here. */
const ofOthers: readonly SettingName[] = ['instructions'];

function originsOf(
  counted: readonly Counted[],
  setting: SettingName,
  defaults: OperatorSettings['defaults'],
): readonly Origin[] {
  const saying = counted.filter(({ layer }) => layer[setting] !== undefined).map(({ scope }) => scope);
  if (overriding.includes(setting)) return [saying.at(-1) ?? 'operator'];
  const hasDefault = setting in defaults && Object(defaults)[setting] !== undefined;
  const isOperators = hasDefault || (saying.length === 0 && !ofOthers.includes(setting));
  return isOperators ? ['operator', ...saying] : saying;
}
