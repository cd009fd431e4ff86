/** What a command that is registered takes: its options or its subcommands, as Discord would have them. */
import { toChoices } from '../actors/choices.ts';
import type { SimulatedChoice, SimulatedCommand } from '../face/command.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { invalidForm } from '../rest/api-error.ts';
import type { Subcommand } from '../world/state.ts';

/** Discord's rule for the names of commands and options, upper case aside. */
const commandName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const fileOption = 11;
const subcommandOption = 1;

/** Empty where the command has options of its own: Discord does not take both. */
export function toSubcommands(command: string, value: unknown, path: string): Subcommand[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const nested = items.filter((item) => fieldsOf(item).type === subcommandOption);
  if (nested.length > 0 && nested.length < items.length) {
    const message = 'Sub-command and sub-command group option types are mutually exclusive to all other types';
    throw invalidForm(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message);
  }
  const subcommands = nested.map((item, index): Subcommand => {
    const given = fieldsOf(item);
    const options = toOptions(given.options, `${path}.${index}.options`);
    return {
      kind: 'slash',
      name: `${command} ${requireName(given.name, `${path}.${index}.name`)}`,
      nameLocalizations: toTexts(given.name_localizations),
      description: requireDescription(given.description, `${path}.${index}.description`),
      descriptionLocalizations: toTexts(given.description_localizations),
      options: options.map(({ summary }) => summary),
      payload: { options: options.map(({ payload }) => payload) },
    };
  });
  requireOwnNames(subcommands, path);
  return subcommands;
}

function requireOwnNames(items: readonly { readonly name: string }[], path: string): void {
  if (new Set(items.map(({ name }) => name)).size === items.length) return;
  throw invalidForm(path, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option names must be unique');
}

/** Of names, descriptions and values, the longest of their localizations counted. */
const longestCommand = 8_000;

export function requireSize(given: JsonObject, path: string): void {
  if (sizeOf(given) <= longestCommand) return;
  const message = `Command exceeds maximum size (${longestCommand})`;
  throw invalidForm(path, 'APPLICATION_COMMAND_TOO_LARGE', message);
}

/** Source: https://discord.com/developers/docs/interactions/application-commands#slash-commands */
function sizeOf(item: JsonObject): number {
  const longest = (text: unknown, localizations: unknown) =>
    Math.max(0, ...[text, ...Object.values(Object(localizations ?? {}))].map((each) => String(each ?? '').length));
  const parts = [item.options, item.choices].flatMap((list) => (Array.isArray(list) ? list : []));
  const own =
    longest(item.name, item.name_localizations) +
    longest(item.description, item.description_localizations) +
    String(item.value ?? '').length;
  return parts.reduce((sum: number, part: unknown) => sum + sizeOf(fieldsOf(part)), own);
}

/** What Discord lets members pick for an option that is true or false. */
const booleanOption = 5;
const booleans: readonly SimulatedChoice[] = [
  { name: 'True', nameLocalizations: {}, value: 'true' },
  { name: 'False', nameLocalizations: {}, value: 'false' },
];

interface CommandOption {
  readonly summary: SimulatedCommand['options'][number];
  readonly payload: JsonObject;
}

export function toOptions(value: unknown, path: string): CommandOption[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  let isOptionalSeen = false;
  const options = items.map((item, index) => {
    const given = fieldsOf(item);
    const isRequired = given.required === true;
    if (isRequired && isOptionalSeen) {
      const message = 'Required options must be placed before non-required options';
      throw invalidForm(`${path}.${index}`, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
    isOptionalSeen ||= !isRequired;
    const maxLength = given.max_length;
    const summary = {
      name: requireName(given.name, `${path}.${index}.name`),
      description: requireDescription(given.description, `${path}.${index}.description`),
      descriptionLocalizations: toTexts(given.description_localizations),
      isRequired,
      isFile: given.type === fileOption,
      ...(typeof maxLength === 'number' && { maxLength }),
      choices: given.type === booleanOption ? booleans : toChoices(given.choices),
      hasAutocomplete: given.autocomplete === true,
    };
    if (summary.hasAutocomplete && summary.choices.length > 0) {
      const message = 'Autocomplete and choices are mutually exclusive';
      throw invalidForm(`${path}.${index}`, 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES', message);
    }
    return { summary, payload: withoutNulls(given) };
  });
  requireOwnNames(
    options.map(({ summary }) => summary),
    path,
  );
  return options;
}

export function requireName(value: unknown, path: string): string {
  if (typeof value === 'string' && commandName.test(value) && value === value.toLowerCase()) return value;
  throw invalidForm(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

export function requireDescription(value: unknown, path: string): string {
  if (typeof value === 'string' && value.length >= 1 && value.length <= 100) return value;
  throw invalidForm(path, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
}

export function toTexts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Object(value)).map(([locale, text]) => [locale, String(text)]));
}

function withoutNulls(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
