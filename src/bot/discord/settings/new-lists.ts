/** What becomes of lists when somebody chooses in one of their menus. Pure. */
import { type AccessRules, type Layer, noRules } from '../../../settings/layer.ts';
import type { NewValue } from '../../../settings/scope-document.ts';

/** What a menu showed, and what of it was chosen. What it did not show stays as it is. */
export interface Chosen {
  readonly shown: readonly string[];
  readonly values: readonly string[];
}

/** @param list Of servers or of tools; anything else changes nothing. */
export function toNewTools({ tools: before }: Layer, list: string, chosen: Chosen): NewValue {
  const off = before ?? { servers: [], tools: [] };
  const after = {
    servers: list === 'servers' ? toNewList(off.servers, chosen) : off.servers,
    tools: list === 'tools' ? toNewList(off.tools, chosen) : off.tools,
  };
  return { setting: 'tools', value: after.servers.length + after.tools.length === 0 ? undefined : after };
}

function toNewList(before: readonly string[], { shown, values }: Chosen): string[] {
  return [...before.filter((name) => !shown.includes(name)), ...values].toSorted();
}

/** @param list One of the lists of the rules; anything else changes nothing. */
export function toNewAccess({ access: before = noRules }: Layer, list: string, values: readonly string[]): NewValue {
  const after = { ...before, ...(isList(list) ? { [list]: values.toSorted() } : {}) };
  const isEmpty = Object.values(after).every((ids) => ids.length === 0);
  return { setting: 'access', value: isEmpty ? undefined : after };
}

function isList(name: string): name is keyof AccessRules {
  return Object.hasOwn(noRules, name);
}
