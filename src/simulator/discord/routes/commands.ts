/** Routes by which the bot registers its slash commands, for everywhere or for one guild. */

import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { invalidForm, missingAccess, unknownGuild } from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import type { Command, World } from '../world/state.ts';
import { requireDescription, requireName, requireSize, toOptions, toSubcommands, toTexts } from './command-options.ts';

const everywhere = '/applications/{application.id}/commands';
const inGuild = '/applications/{application.id}/guilds/{guild.id}/commands';

const messageCommand = 3;
/** Of one kind, for everywhere or for one guild; of the menu since 2026-03-03 (change log). */
const mostCommands: Readonly<Record<Command['kind'], number>> = { slash: 100, message: 15 };

export function commandRoutes(world: World): Route[] {
  const patterns = [everywhere, inGuild];
  return patterns.flatMap((pattern): Route[] => [
    {
      method: 'GET',
      pattern,
      needsToken: true,
      handle: (request) => ({ status: 200, body: list(world, scopeOf(world, request)) }),
    },
    {
      method: 'PUT',
      pattern,
      needsToken: true,
      bodySchema: 'ApplicationCommandUpdateRequestSchema[]',
      handle(request) {
        const scope = scopeOf(world, request);
        replaceAll(world, scope, request.body);
        return { status: 200, body: list(world, scope) };
      },
    },
  ]);
}

/** The guild whose commands are meant; undefined for those of everywhere. */
function scopeOf(world: World, request: RouteRequest): string | undefined {
  if (request.parameter('application.id') !== world.applicationId) throw missingAccess();
  const guildId = request.parameter('guild.id');
  if (guildId === '') return undefined;
  if (world.guilds.get(guildId)?.hasBot !== true) throw unknownGuild();
  return guildId;
}

function list(world: World, guildId: string | undefined): unknown[] {
  return commandsOf(world, guildId).map(({ payload }) => payload);
}

function commandsOf(world: World, guildId: string | undefined): Command[] {
  return [...world.commands.values()].filter((command) => command.guildId === guildId);
}

function replaceAll(world: World, guildId: string | undefined, body: unknown): void {
  if (!Array.isArray(body)) throw invalidForm('body', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  const old = commandsOf(world, guildId);
  const fresh = body.map((definition: unknown, index) => {
    const { name, type } = fieldsOf(definition);
    const known = old.find((command) => command.name === name && command.kind === kindOf(type));
    return toCommand(world, guildId, definition, String(index), known?.id);
  });
  for (const [kind, most] of Object.entries(mostCommands)) {
    if (fresh.filter((command) => command.kind === kind).length > most)
      throw invalidForm('body', 'APPLICATION_COMMANDS_TOO_MANY', `There are at most ${most} commands of a kind`);
  }
  if (new Set(fresh.map(({ kind, name }) => `${kind} ${name}`)).size < fresh.length) {
    throw invalidForm('name', 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
  }
  for (const { id } of old) world.commands.delete(id);
  for (const command of fresh) world.commands.set(command.id, command);
  world.events.emit({ type: 'commands-update' });
}

function toCommand(
  world: World,
  guildId: string | undefined,
  definition: unknown,
  path: string,
  knownId: string | undefined,
): Command {
  const given = fieldsOf(definition);
  const kind = kindOf(given.type);
  const name = kind === 'slash' ? requireName(given.name, `${path}.name`) : requireMenuName(given, path);
  const description = kind === 'slash' ? requireDescription(given.description, `${path}.description`) : '';
  requireSize(given, path);
  const subcommands = toSubcommands(name, given.options, `${path}.options`);
  const options = subcommands.length > 0 ? [] : toOptions(given.options, `${path}.options`);
  const integrationTypes = requireIntegrationTypes(world, given.integration_types, `${path}.integration_types`);
  const id = knownId ?? world.snowflakes.next();
  const localizations = given.description_localizations ?? null;
  return {
    id,
    kind,
    name,
    nameLocalizations: toTexts(given.name_localizations),
    description,
    descriptionLocalizations: toTexts(localizations),
    options: options.map(({ summary }) => summary),
    subcommands,
    ...(guildId !== undefined && { guildId }),
    payload: {
      id,
      application_id: world.applicationId,
      version: world.snowflakes.next(),
      type: given.type ?? 1,
      name,
      name_localizations: given.name_localizations ?? null,
      description,
      description_localizations: localizations,
      default_member_permissions: given.default_member_permissions ?? null,
      dm_permission: given.dm_permission ?? true,
      contexts: given.contexts ?? null,
      integration_types: integrationTypes,
      nsfw: given.nsfw ?? false,
      options: subcommands.length > 0 ? given.options : options.map(({ payload }) => payload),
      ...(guildId !== undefined && { guild_id: guildId }),
    },
  };
}

/** Those that the application is set up for in the portal, which are also the default. No document says how Discord refuses others. */
function requireIntegrationTypes(world: World, value: unknown, path: string): readonly unknown[] {
  const supported: readonly unknown[] = world.allowsUserInstall ? [0, 1] : [0];
  const types: readonly unknown[] = Array.isArray(value) ? value : supported;
  if (types.every((type) => supported.includes(type))) return types;
  const message = 'The application does not support this integration type.';
  throw invalidForm(path, 'APPLICATION_COMMAND_INVALID_INTEGRATION_TYPE', message, { isProblem: false });
}

function kindOf(type: unknown): Command['kind'] {
  return type === messageCommand ? 'message' : 'slash';
}

/** In a menu a name may have spaces and capitals, and nothing else. */
function requireMenuName({ name, description, options }: JsonObject, path: string): string {
  const isBare = (description ?? '') === '' && Object(options ?? []).length === 0;
  if (typeof name === 'string' && name.trim() !== '' && name.length <= 32 && isBare) return name;
  throw invalidForm(`${path}.name`, 'APPLICATION_COMMAND_INVALID_NAME', 'Command of a menu is invalid');
}
