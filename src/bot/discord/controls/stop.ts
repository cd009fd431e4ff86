/** `/stop`: ends the answer that is being worked on, for its asker and for moderators. */
import { ApplicationCommandType, type ChatInputCommandInteraction, PermissionFlagsBits } from 'discord.js';
import { catalogues } from '../../channel/catalogue.ts';
import { rolesOf } from '../access.ts';
import { type Command, type ControlsContext, tell } from './control.ts';

export const stop: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'stop',
    description: catalogues.en.stopDescription,
    description_localizations: { ko: catalogues.ko.stopDescription },
  },
  async run(interaction, context) {
    const { answering } = context;
    const turn = answering.runningIn(interaction.channelId);
    if (turn === undefined) return await tell(interaction, 'nothing-to-stop');
    if (interaction.user.id !== turn.question.authorId && !isModerator(interaction, context))
      return await tell(interaction, 'only-asker-stops');
    answering.stop(turn);
    await tell(interaction, 'stopping');
  },
};

function isModerator(interaction: ChatInputCommandInteraction, { approverRoleIds }: ControlsContext): boolean {
  return (
    interaction.memberPermissions?.has(PermissionFlagsBits.ManageMessages) === true ||
    rolesOf(interaction).some((id) => approverRoleIds.includes(id))
  );
}
