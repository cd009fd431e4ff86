/** What Discord takes as something to pick. */
import { toShownLine } from '../../../text.ts';
import type { Suggestion } from '../controls/control.ts';

/** Source: https://discord.com/developers/docs/interactions/application-commands#autocomplete */
const longest = 100;

/** Undefined of a value that is empty, or too long to come back whole. @param value What is picked. Default: what is shown. */
export function toSuggestion(shown: string, value = shown): Suggestion | undefined {
  const name = toShownLine(shown, longest);
  if (name === '' || value === '' || value.length > longest || !value.isWellFormed()) return undefined;
  return { name, value };
}
