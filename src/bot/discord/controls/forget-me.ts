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
  async run(interaction, { agent, settings, catchUp, log }) {
    const { replies, forgottenPerson } = catalogues[toLanguage(interaction.locale)];
    // All conversations are looked through.
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const { user, createdTimestamp: until, channelId } = interaction;
    catchUp.forgetDm(channelId);
    const own = { authorId: user.id, until };
    const deleted = Promise.all([agent.forgetPerson(own), settings.forgetPerson(user.id)]);
    const content = await deleted.then(
      ([conversations]) => {
        log.info('person-forgotten', { conversations });
        return forgottenPerson(conversations);
      },
      (error: unknown) => {
        log.error('person-not-forgotten', { error });
        return replies['person-not-forgotten'];
      },
    );
    await interaction.editReply({ content });
  },
};
