/** Who a text mentions and whom it may ping: Discord's rules for `<@id>`, `<@&role>`, `@everyone` and `allowed_mentions`. */

import type { SimulatedUser } from '../face/user.ts';
import type { Channel, World } from './state.ts';

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
  const users = new Map<string, SimulatedUser>();
  for (const [, id = ''] of text.matchAll(/<@!?(\d{17,20})>/g)) {
    const user = world.users.get(id);
    const isAllowed = allowed === undefined || allowed.parse.includes('users') || allowed.users.includes(id);
    if (user !== undefined && isAllowed && isReachable(user, channel, world)) users.set(id, user);
  }
  if (pingsRepliedTo) users.set(repliedTo.id, repliedTo);

  const { guild } = channel;
  const roleIds = new Set<string>();
  for (const [, id = ''] of text.matchAll(/<@&(\d{17,20})>/g)) {
    const isAllowed = allowed === undefined || allowed.parse.includes('roles') || allowed.roles.includes(id);
    if (isAllowed && id === guild?.botRoleId) roleIds.add(id);
  }
  const isEveryoneAllowed = allowed === undefined || allowed.parse.includes('everyone');
  const everyone = guild !== undefined && isEveryoneAllowed && /@(everyone|here)\b/.test(text);

  const pings = new Set(everyone ? world.users.keys() : users.keys());
  if (roleIds.size > 0) pings.add(world.bot.id);
  pings.delete(author.id);
  return { users: [...users.values()], roleIds: [...roleIds], everyone, pings: [...pings] };
}

/** In a DM only the two who see it can be mentioned. */
function isReachable(user: SimulatedUser, channel: Channel, world: World): boolean {
  return channel.kind !== 'dm' || user.id === world.bot.id || user.id === channel.recipient?.id;
}

function withoutCode(content: string): string {
  return content.includes('`') ? content.replace(/```[\s\S]*?```|`[^`\n]+`/g, '') : content;
}
