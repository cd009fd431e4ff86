/** Permissions by the names that client libraries give them. */

import type { PermissionFlagsBits } from 'discord-api-types/v10';

/** As in discord.js: `AttachFiles`, `ReadMessageHistory`, `SendMessagesInThreads`, … */
export type PermissionName = keyof typeof PermissionFlagsBits;
