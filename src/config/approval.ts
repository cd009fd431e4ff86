/** Who may approve a tool call besides the asker, and for how long. */
import type { Settings } from './settings.ts';

export interface ApprovalConfig {
  readonly roleIds: readonly string[];
  readonly waitMs: number;
}

export function readApproval(settings: Settings): ApprovalConfig {
  return {
    roleIds: readRoleIds(settings),
    waitMs: (settings.integer('APPROVAL_SECONDS', 5, 86_400) ?? 300) * 1000,
  };
}

function readRoleIds(settings: Settings): string[] {
  const ids = (settings.text('APPROVAL_ROLES') ?? '').split(/[\s,]+/).filter((id) => id !== '');
  if (ids.every((id) => /^\d{17,20}$/.test(id))) return ids;
  settings.report(
    'APPROVAL_ROLES',
    'should be ids of Discord roles, separated by commas (in Discord: developer mode on, right click on a role, Copy Role ID).',
  );
  return [];
}
