/** Who may approve a tool call besides the asker, and for how long. */
import { readIds } from './access.ts';
import type { Settings } from './settings.ts';
import type { ToolServerPolicy } from './tool-servers.ts';

export interface ApprovalConfig {
  readonly roleIds: readonly string[];
  /** Those that single tool servers name in place of these. */
  readonly serverRoleIds: readonly string[];
  readonly waitMs: number;
  /** How long a standing approval counts. */
  readonly standingMs: number;
}

export function readApproval(settings: Settings, toolServers: readonly ToolServerPolicy[]): ApprovalConfig {
  return {
    roleIds: readIds(settings, 'APPROVAL_ROLES', 'roles', 'role'),
    serverRoleIds: [...new Set(toolServers.flatMap(({ approverRoles = [] }) => approverRoles))],
    waitMs: (settings.integer('APPROVAL_SECONDS', 5, 86_400) ?? 300) * 1000,
    standingMs: (settings.integer('APPROVAL_STANDING_DAYS', 0, 365) ?? 30) * 86_400_000,
  };
}
