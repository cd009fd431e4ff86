/** Whether Discord has the commands of this version. */
import { isRecord } from '../../../json.ts';
import { placesOf, toBody } from '../commands.ts';

export interface CommandsState {
  /** Names of this version's commands, in all. */
  readonly wanted: readonly string[];
  /** Those that Discord does not have. */
  readonly missing: readonly string[];
  /** Those that Discord has in another form, as those of an earlier version. */
  readonly outdated: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What members see of a command. Discord answers with much more, and with defaults of its own for what was left out. */
const comparedFields = [
  'name',
  'description',
  'name_localizations',
  'description_localizations',
  'type',
  'required',
  'choices',
];

export function compareCommands(registered: readonly unknown[], userInstall: boolean): CommandsState {
  const had = new Map(registered.filter(isRecord).map((command) => [String(command.name), command]));
  const wanted: readonly Fields[] = toBody(placesOf(userInstall)).map((command) => ({ ...command }));
  const names = wanted.map(({ name }) => String(name));
  const isOutdated = (command: Fields) => {
    const there = had.get(String(command.name));
    return there !== undefined && !isSame(command, there);
  };
  return {
    wanted: names,
    missing: names.filter((name) => !had.has(name)),
    outdated: wanted.filter(isOutdated).map(({ name }) => String(name)),
  };
}

function isSame(wanted: Fields, there: Fields): boolean {
  const places = (command: Fields) => JSON.stringify(command.integration_types ?? null);
  return toComparable(wanted) === toComparable(there) && places(wanted) === places(there);
}

function toComparable(command: Fields): string {
  const options = Array.isArray(command.options) ? command.options.filter(isRecord) : [];
  return JSON.stringify([command, ...options].map(toCompared));
}

/** Sorted, and without what says nothing: Discord writes null, false or an empty list where nothing was said. */
function toCompared(part: Fields): unknown[] {
  return comparedFields.map((field) => {
    const value = part[field];
    const isNothing =
      value === undefined ||
      value === null ||
      value === '' ||
      value === false ||
      (Array.isArray(value) && !value.length);
    if (isNothing) return null;
    return isRecord(value) ? Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)) : value;
  });
}
