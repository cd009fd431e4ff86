/** What a member picks in a select of a message, and what Discord tells the bot of it. */
import { ComponentType } from 'discord-api-types/v10';
import { toApiChannel } from '../payload/channels.ts';
import { toApiMemberPart, toApiRole, toApiUser } from '../payload/guilds.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { withNested } from '../routes/message-components.ts';
import type { Channel, Message, World } from '../world/state.ts';

/** As `data` of the interaction. @throws {Error} when the member's client would not send it. */
export function toSelection(
  world: World,
  channel: Channel,
  { components }: Message,
  { customId, values }: { readonly customId: string; readonly values: readonly string[] },
): JsonObject {
  const select = components.flatMap(withNested).find(({ custom_id: name }) => name === customId);
  if (select === undefined || select.disabled === true) throw new Error(`There is no select ${customId} to pick in.`);
  const { type, min_values: least = 1, max_values: most = 1 } = select;
  if (values.length < Number(least) || values.length > Number(most))
    throw new Error(`${customId} takes ${String(least)} to ${String(most)} values, not ${values.length}.`);
  return { custom_id: customId, component_type: type, values, ...toResolved(world, channel, select, values) };
}

/** @throws {Error} for what the select does not offer. */
function toResolved(world: World, { guild }: Channel, select: JsonObject, values: readonly string[]): JsonObject {
  const { type, options } = select;
  if (type === ComponentType.StringSelect) {
    const offered = (Array.isArray(options) ? options : []).map((option: unknown) => fieldsOf(option).value);
    for (const value of values) if (!offered.includes(value)) throw new Error(`There is no option ${value}.`);
    return {};
  }
  const found = values.map((id) => {
    const role = guild?.roles.get(id);
    if (type === ComponentType.RoleSelect && role !== undefined) return ['roles', id, toApiRole(role, 1)] as const;
    const picked = world.channels.get(id);
    if (type === ComponentType.ChannelSelect && picked !== undefined && picked.guild === guild)
      return ['channels', id, { ...toApiChannel(picked, world), permissions: '0' }] as const;
    const user = world.users.get(id);
    if (type === ComponentType.UserSelect && user !== undefined) return ['users', id, toApiUser(user)] as const;
    throw new Error(`There is nothing of the id ${id} to pick.`);
  });
  const kinds = Map.groupBy(found, ([kind]) => kind);
  const members =
    guild === undefined
      ? {}
      : Object.fromEntries(
          (kinds.get('users') ?? []).flatMap(([, id]) => {
            const user = world.users.get(id);
            return user === undefined ? [] : [[id, toApiMemberPart(guild, user)]];
          }),
        );
  const resolved = [...kinds].map(([kind, all]) => [kind, Object.fromEntries(all.map(([, id, data]) => [id, data]))]);
  return { resolved: { ...Object.fromEntries(resolved), ...(kinds.has('users') ? { members } : {}) } };
}
