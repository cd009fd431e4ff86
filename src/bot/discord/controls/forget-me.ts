/** `/forget-me`: deletes everything that is stored of the member's own questions, in every channel and server. */
import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import type { Command } from './control.ts';

export const forgetMe: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'forget-me',
    description: catalogues.en.forgetMeDescription,
    description_localizations: { ko: catalogues.ko.forgetMeDescription },
  },
  async run(interaction, { agent, settings, log }) {
    const { replies, forgottenPerson } = catalogues[toLanguage(interaction.locale)];
    // All conversations are looked through.
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const { id } = interaction.user;
    const forgotten = settings.forgetPerson(id).then(() => agent.forgetPerson(id));
    const content = await forgotten.then(forgottenPerson, (error: unknown) => {
      log.error('person-not-forgotten', { error });
      return replies['not-forgotten'];
    });
    log.info('person-forgotten');
    await interaction.editReply({ content });
  },
};
