/** Who may approve calls of tools, in words. */
import type { BaseInteraction } from 'discord.js';
import type { OfferedTool } from '../../../agent/offered-tool.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';

/** In a sentence. */
const mostRoles = 8;

/** The roles that may approve, as mentions, which ping nobody: those that the guild has. */
export function approverRoles({ guild }: Pick<BaseInteraction, 'guild'>, roleIds: readonly string[]): string[] {
  const roles = roleIds.filter((id) => guild?.roles.cache.has(id) === true).map((id) => `<@&${id}>`);
  return roles.length > mostRoles ? [...roles.slice(0, mostRoles), '…'] : roles;
}

/** In the midst of a sentence. Undefined: nobody can. */
export function toApprovers(
  approval: Exclude<OfferedTool['approval'], 'nobody'>,
  roles: readonly string[],
  language: Language,
): string | undefined {
  const { asker, askerOrRoles, others } = catalogues[language].commands.approvers;
  if (roles.length === 0) return approval === 'others' ? undefined : asker;
  return (approval === 'others' ? others : askerOrRoles).replace('{roles}', () => roles.join(', '));
}
