/** Who a text mentions and whom it may ping: Discord's rules for `<@id>`, `<@&role>`, `@everyone` and `allowed_mentions`. */

import type { SimulatedUser } from '../face/user.ts';
import { may, rolesOf } from './permissions.ts';
import type { Channel, Role, World } from './state.ts';

/** Discord's `allowed_mentions`; undefined lets everything through. */
export interface AllowedMentions {
  readonly parse: readonly string[];
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly repliedUser: boolean;
}

export interface Mentions {
  readonly users: readonly SimulatedUser[];
  readonly roleIds: readonly string[];
  readonly everyone: boolean;
  /** Ids of the users whose client highlights the message. */
  readonly pings: readonly string[];
}

interface MentionSource {
  readonly author: SimulatedUser;
  readonly content: string;
  readonly repliedTo?: SimulatedUser | undefined;
  readonly allowed?: AllowedMentions | undefined;
}

const nobody: Mentions = { users: [], roleIds: [], everyone: false, pings: [] };

export function resolveMentions(world: World, channel: Channel, source: MentionSource): Mentions {
  const { author, repliedTo, allowed } = source;
  const pingsRepliedTo = repliedTo !== undefined && (allowed === undefined || allowed.repliedUser);
  if (!pingsRepliedTo && !source.content.includes('@')) return nobody;

  const text = withoutCode(source.content);
  const users = mentionedUsers(world, channel, text, allowed);
  if (pingsRepliedTo) users.set(repliedTo.id, repliedTo);
  const roles = mentionedRoles(channel, text, source);
  const everyone = mentionsEveryone(channel, text, source);

  const pings = new Set(everyone ? world.users.keys() : users.keys());
  if (roles.length > 0) for (const user of world.users.values()) if (hasOneOf(channel, user, roles)) pings.add(user.id);
  pings.delete(author.id);
  return { users: [...users.values()], roleIds: roles.map(({ id }) => id), everyone, pings: [...pings] };
}

function mentionedUsers(
  world: World,
  channel: Channel,
  text: string,
  allowed: AllowedMentions | undefined,
): Map<string, SimulatedUser> {
  const users = new Map<string, SimulatedUser>();
  for (const [, id = ''] of text.matchAll(/<@!?(\d{17,20})>/g)) {
    const user = world.users.get(id);
    const isAllowed = allowed === undefined || allowed.parse.includes('users') || allowed.users.includes(id);
    if (user !== undefined && isAllowed && isReachable(user, channel, world)) users.set(id, user);
  }
  return users;
}

/** Those that anybody may mention, or that the author may, who may mention everyone. */
function mentionedRoles(channel: Channel, text: string, { author, allowed }: MentionSource): Role[] {
  const roles = new Set<Role>();
  for (const [, id = ''] of text.matchAll(/<@&(\d{17,20})>/g)) {
    const role = channel.guild?.roles.get(id);
    const isAllowed = allowed === undefined || allowed.parse.includes('roles') || allowed.roles.includes(id);
    if (role === undefined || !isAllowed) continue;
    if (role.isMentionable || may(channel, author, 'MentionEveryone')) roles.add(role);
  }
  return [...roles];
}

function mentionsEveryone(channel: Channel, text: string, { author, allowed }: MentionSource): boolean {
  if (channel.guild === undefined || !/@(everyone|here)\b/.test(text)) return false;
  const isAllowed = allowed === undefined || allowed.parse.includes('everyone');
  return isAllowed && may(channel, author, 'MentionEveryone');
}

function hasOneOf({ guild }: Channel, user: SimulatedUser, roles: readonly Role[]): boolean {
  return guild !== undefined && rolesOf(guild, user).some((role) => roles.includes(role));
}

/** In a direct message only those who see it can be mentioned. */
function isReachable(user: SimulatedUser, { guild, recipients }: Channel, world: World): boolean {
  return guild !== undefined || user.id === world.bot.id || recipients.includes(user);
}

/** Code mentions nobody. The text is cut at its backticks, which takes time that grows with it and no faster. */
function withoutCode(content: string): string {
  const outside: string[] = [];
  let from = 0;
  for (let start = content.indexOf('`'); start !== -1; start = content.indexOf('`', from)) {
    const fence = content.startsWith('```', start) ? '```' : '`';
    const end = content.indexOf(fence, start + fence.length);
    const isCode = end !== -1 && (fence === '```' || !content.slice(start, end).includes('\n'));
    outside.push(content.slice(from, isCode ? start : start + fence.length));
    from = isCode ? end + fence.length : start + fence.length;
  }
  return outside.join('') + content.slice(from);
}
