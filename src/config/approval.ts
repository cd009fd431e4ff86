/** Who may approve a tool call besides the asker, and for how long. */
import { readIds } from './access.ts';
import type { Settings } from './settings.ts';

export interface ApprovalConfig {
  readonly roleIds: readonly string[];
  readonly waitMs: number;
}

export function readApproval(settings: Settings): ApprovalConfig {
  return {
    roleIds: readIds(settings, 'APPROVAL_ROLES', 'roles', 'role'),
    waitMs: (settings.integer('APPROVAL_SECONDS', 5, 86_400) ?? 300) * 1000,
  };
}
