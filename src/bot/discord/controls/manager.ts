/** Who may change what holds for a whole server. */
import { type Interaction, PermissionFlagsBits } from 'discord.js';
import { isBotThere } from '../asking.ts';

/** Where the bot is no member of the server, nobody sets anything for it. */
export function isManager(interaction: Interaction): boolean {
  const { guildId, memberPermissions } = interaction;
  if (guildId === null || !isBotThere(interaction)) return false;
  return memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true;
}
