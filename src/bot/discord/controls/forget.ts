/** `/forget`: deletes the channel's conversation, after the answers of the channel that are under way or queued. */
import {
  ApplicationCommandType,
  type ChatInputCommandInteraction,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import type { PrivateReply } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { type Command, tell } from './control.ts';

export const forget: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'forget',
    description: catalogues.en.forgetDescription,
    description_localizations: { ko: catalogues.ko.forgetDescription },
    // The conversation is everybody's: a guild's admins may give the command to others. In DMs it has no effect.
    default_member_permissions: String(PermissionFlagsBits.ManageMessages),
  },
  async run(interaction, { agent, answering, catchUp, log }) {
    if (!mayForget(interaction)) return await tell(interaction, 'only-moderators-forget');
    const { channelId } = interaction;
    const { replies } = catalogues[toLanguage(interaction.locale)];
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    let reply: PrivateReply = 'forgotten';
    await answering.afterOthers(channelId, async () => {
      try {
        await agent.forget(channelId);
        catchUp.forgetDm(channelId);
        log.info('history-forgotten', { channelId });
      } catch (error) {
        log.error('history-not-forgotten', { channelId, error });
        reply = 'not-forgotten';
      }
    });
    await interaction.editReply({ content: replies[reply] });
  },
};

/**
 * In a guild that the bot was added to, Discord has asked for the permission, or whatever the guild's admins have set. Of
 * those who brought the bot along as their own Discord asks none: in a guild, they need what moderators have; in a direct
 * message or a group all are equal.
 */
function mayForget(interaction: ChatInputCommandInteraction): boolean {
  const { guildId, authorizingIntegrationOwners, memberPermissions } = interaction;
  const isAdded = authorizingIntegrationOwners.guildId === guildId;
  return guildId === null || isAdded || memberPermissions?.has(PermissionFlagsBits.ManageMessages) === true;
}
