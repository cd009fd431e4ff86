/** Who may ask by what is set in a server and a channel. It only ever takes away of what the operator allows. Pure. */
import type { AccessRules } from './layer.ts';

/** Whoever asks, and where. */
export interface AskingPlace {
  readonly roleIds: readonly string[];
  /** The channel and, of a thread, the one that it hangs under. */
  readonly channelIds: readonly string[];
}

/** Deny wins; where anything of a kind is allowed, nothing else of that kind is. All rules must let them. */
export function lets(rules: readonly AccessRules[], { roleIds, channelIds }: AskingPlace): boolean {
  return rules.every(
    ({ allowedRoles, deniedRoles, allowedChannels, deniedChannels }) =>
      isLet(roleIds, allowedRoles, deniedRoles) && isLet(channelIds, allowedChannels, deniedChannels),
  );
}

/** Whether it makes a difference which roles somebody has: they need not be looked up otherwise. */
export function dependsOnRoles(rules: readonly AccessRules[]): boolean {
  return rules.some(({ allowedRoles, deniedRoles }) => allowedRoles.length + deniedRoles.length > 0);
}

function isLet(own: readonly string[], allowed: readonly string[], denied: readonly string[]): boolean {
  if (own.some((id) => denied.includes(id))) return false;
  return allowed.length === 0 || own.some((id) => allowed.includes(id));
}
