/** What a member's client checks before it sends a command off. */

import type { SimulatedUser } from '../face/user.ts';
import { contextOf } from '../payload/interaction-payload.ts';
import { fieldsOf } from '../payload/json.ts';
import { hasBot, permissionsIn } from '../world/permissions.ts';
import type { Channel, Command, World } from '../world/state.ts';

/** Discord's numbers for the types of command options. */
const optionTypes = { integer: 4, boolean: 5, number: 10 } as const;

/** @throws {Error} when the member cannot use such a command there. */
export function findCommand(
  world: World,
  channel: Channel,
  user: SimulatedUser,
  { kind, name }: Pick<Command, 'kind' | 'name'>,
): Command {
  const usable = [...world.commands.values()].filter(
    (candidate) => candidate.kind === kind && isUsable(candidate, channel),
  );
  const command = usable.map((candidate) => toUsed(candidate, name)).find((candidate) => candidate !== undefined);
  const needed = BigInt(String(command?.payload.default_member_permissions ?? 0));
  // In direct messages everybody may everything, and no server's settings reach those who brought the application along.
  if (channel.guild !== undefined && hasBot(channel) && (permissionsIn(channel, user) & needed) !== needed)
    throw new Error(`${user.displayName} has not the permissions for /${name}.`);
  if (command !== undefined) return command;
  const names = usable.flatMap(namesOf).join(', ') || 'none';
  throw new Error(`The bot has registered no /${name} for this channel; it has: ${names}.`);
}

/** The command of that name, or the subcommand in the place of its command. */
function toUsed(command: Command, name: string): Command | undefined {
  if (command.subcommands.length === 0) return command.name === name ? command : undefined;
  const meant = command.subcommands.find((subcommand) => subcommand.name === name);
  if (meant === undefined) return undefined;
  return { ...command, ...meant, payload: { ...command.payload, options: meant.payload.options } };
}

function namesOf({ name, subcommands }: Command): string[] {
  return subcommands.length === 0 ? [`/${name}`] : subcommands.map((subcommand) => `/${subcommand.name}`);
}

function isUsable({ guildId, payload }: Command, channel: Channel): boolean {
  if (guildId !== undefined) return guildId === channel.guild?.id;
  const neededType = hasBot(channel) ? 0 : 1;
  if (Array.isArray(payload.integration_types) && !payload.integration_types.includes(neededType)) return false;
  if (Array.isArray(payload.contexts)) return payload.contexts.includes(contextOf(channel));
  return channel.guild !== undefined || payload.dm_permission !== false;
}

/** As a member's client would check and send them. */
export function toOptionValues(command: Command, given: Readonly<Record<string, string>>): object[] {
  for (const { name, isRequired, maxLength, choices } of command.options) {
    const value = given[name];
    if (value === undefined && isRequired) throw new Error(`/${command.name} needs the option ${name}.`);
    if (value === undefined) continue;
    if (maxLength !== undefined && value.length > maxLength)
      throw new Error(`/${command.name} takes at most ${maxLength} characters as ${name}.`);
    if (choices.length > 0 && !choices.some((choice) => choice.value === value))
      throw new Error(`/${command.name} does not have the choice ${value} for ${name}.`);
  }
  return toValues(command, given);
}

/** What a member has typed so far. */
export interface TypedOption {
  readonly option: string;
  readonly typed: string;
  /** The other options by name. */
  readonly given: Readonly<Record<string, string>>;
}

/** As a member's client would send them to be told of suggestions: what is not filled in yet is left out. */
export function toTypedValues(command: Command, { option, typed, given }: TypedOption): object[] {
  if (command.options.find(({ name }) => name === option)?.hasAutocomplete !== true)
    throw new Error(`/${command.name} suggests nothing for ${option}.`);
  const values = toValues(command, { ...given, [option]: typed });
  return values.map((value) => (value.name === option ? { ...value, value: typed, focused: true } : value));
}

interface OptionValue {
  readonly name: string;
  readonly type: unknown;
  readonly value: unknown;
}

function toValues(command: Command, given: Readonly<Record<string, string>>): OptionValue[] {
  const definitions = Array.isArray(command.payload.options) ? command.payload.options : [];
  return Object.entries(given).map(([name, text]) => {
    const definition: unknown = definitions.find((option: unknown) => fieldsOf(option).name === name);
    if (definition === undefined) throw new Error(`/${command.name} has no option ${name}.`);
    const { type } = fieldsOf(definition);
    if (type === optionTypes.integer || type === optionTypes.number) return { name, type, value: Number(text) };
    return { name, type, value: type === optionTypes.boolean ? text === 'true' : text };
  });
}
