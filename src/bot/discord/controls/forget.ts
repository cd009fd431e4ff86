/** `/forget`: deletes the channel's conversation, after the answers of the channel that are under way or queued. */
import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import { catalogues, type PrivateReply, toLanguage } from '../../channel/catalogue.ts';
import type { Command } from './control.ts';

export const forget: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    // Of those who install the bot for themselves Discord asks no permission.
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    name: 'forget',
    description: catalogues.en.forgetDescription,
    description_localizations: { ko: catalogues.ko.forgetDescription },
    // The conversation is everybody's: a guild's admins may give the command to others. In DMs it has no effect.
    default_member_permissions: String(PermissionFlagsBits.ManageMessages),
  },
  async run(interaction, { agent, answering, catchUp, log }) {
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
