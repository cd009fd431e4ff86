/** Who may ask, and where, by what the operator has set. */
import {
  type Client,
  DiscordAPIError,
  type GuildMember,
  type Interaction,
  type Message,
  PermissionFlagsBits,
} from 'discord.js';
import type { AccessConfig } from '../../config/types.ts';
import { withRetries } from '../../waiting.ts';

export interface Asker {
  readonly userId: string;
  /** Undefined in a direct message. */
  readonly guildId: string | undefined;
  /** Ids of the roles that the asker has in that guild. */
  readonly roleIds: readonly string[];
}

export function isRestricted({ guildIds, userIds, roleIds }: AccessConfig): boolean {
  return guildIds.length + userIds.length + roleIds.length > 0;
}

/**
 * Where anything is set, each setting must be met: the guild is among those allowed, and the asker is, by name or by a role.
 * In direct messages, where no guild and no role speaks for anybody, only those named may ask.
 */
export function mayAsk(access: AccessConfig, { userId, guildId, roleIds }: Asker): boolean {
  if (!isRestricted(access)) return true;
  const isNamed = access.userIds.includes(userId);
  if (guildId === undefined) return isNamed;
  if (access.guildIds.length > 0 && !access.guildIds.includes(guildId)) return false;
  if (access.userIds.length + access.roleIds.length === 0) return true;
  return isNamed || roleIds.some((id) => access.roleIds.includes(id));
}

/** Who may press and command: whoever may ask, and members of roles that the operator trusts with approving. */
export function mayControl(access: AccessConfig, asker: Asker, approverRoleIds: readonly string[]): boolean {
  const isOfAllowed = access.userIds.length + access.roleIds.length === 0;
  return mayAsk(isOfAllowed ? access : { ...access, roleIds: [...access.roleIds, ...approverRoleIds] }, asker);
}

/** Who may decide for others in the channel: whoever may delete their messages, and members of roles that the operator trusts with approving. */
export function isModerator(
  interaction: Pick<Interaction, 'member' | 'memberPermissions'>,
  approverRoleIds: readonly string[],
): boolean {
  return (
    interaction.memberPermissions?.has(PermissionFlagsBits.ManageMessages) === true ||
    rolesOf(interaction).some((id) => approverRoleIds.includes(id))
  );
}

/** Whether asking a second time could come out differently with the roles of the asker known. */
function dependsOnRoles(access: AccessConfig, asker: Asker): boolean {
  return mayAsk(access, { ...asker, roleIds: access.roleIds });
}

/** Discord tells the roles with every message that comes and every press: nothing is looked up. */
export function rolesOf({ member }: Pick<Interaction, 'member'>): readonly string[] {
  if (member === null) return [];
  return isGuildMember(member) ? [...member.roles.cache.keys()] : member.roles;
}

/** Those of the asker's roles that something depends on, as a part of a question. */
export function countedRoles(
  asked: Pick<Interaction, 'member'>,
  countedRoleIds: readonly string[],
): { readonly roleIds?: readonly string[] } {
  const roleIds = rolesOf(asked).filter((id) => countedRoleIds.includes(id));
  return roleIds.length === 0 ? {} : { roleIds };
}

export function toAsker(asked: Interaction | Message): Asker {
  const { id: userId } = 'author' in asked ? asked.author : asked.user;
  return { userId, guildId: asked.guildId ?? undefined, roleIds: rolesOf(asked) };
}

/** As {@link mayAsk}, for an asker whose roles nobody has told: Discord is asked, until it answers or the signal aborts. */
export async function mayAskByRole(
  access: AccessConfig,
  asker: Asker,
  { client, signal }: { readonly client: Client; readonly signal: AbortSignal },
): Promise<boolean> {
  if (asker.guildId === undefined || !dependsOnRoles(access, asker)) return false;
  const member = await fetchMember(client, { guildId: asker.guildId, userId: asker.userId }, signal);
  return member !== undefined && mayAsk(access, { ...asker, roleIds: rolesOf({ member }) });
}

/** Asks Discord, until it answers or the signal aborts. Undefined: not a member any more, or the bot may not know. Never rejects. */
export async function fetchMember(
  client: Client,
  { guildId, userId }: { readonly guildId: string; readonly userId: string },
  signal: AbortSignal,
): Promise<GuildMember | undefined> {
  const guild = client.guilds.cache.get(guildId);
  if (guild === undefined) return undefined;
  try {
    return await withRetries(() => guild.members.fetch({ user: userId, cache: false, force: true }), {
      signal,
      firstMs: 500,
      longestMs: 30_000,
      isFinal: (error) => error instanceof DiscordAPIError && error.status < 500,
    });
  } catch {
    return undefined;
  }
}

function isGuildMember(member: NonNullable<Interaction['member']>): member is GuildMember {
  return !Array.isArray(member.roles);
}
