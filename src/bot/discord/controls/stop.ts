/**
 * `/stop` and the button Stop: end the answer that is being worked on, for its asker and for moderators. With `all`, what waits
 * is dropped, too.
 */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
} from 'discord.js';
import { conversationOf } from '../../../agent/turn.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { isModerator } from '../access.ts';
import { type Command, type ControlsContext, type Pressed, tell, tellText } from './control.ts';

const allOptionName = 'all';

export const stop: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'stop',
    description: catalogues.en.stopDescription,
    description_localizations: { ko: catalogues.ko.stopDescription },
    options: [
      {
        type: ApplicationCommandOptionType.Boolean,
        name: allOptionName,
        description: catalogues.en.stopAllDescription,
        description_localizations: { ko: catalogues.ko.stopAllDescription },
      },
    ],
  },
  async run(interaction, context) {
    if (interaction.options.getBoolean(allOptionName) === true) return await stopAll(interaction, context);
    const { answering } = context;
    const { channelId, user } = interaction;
    // A member's own private question is what they mean before anything else.
    const own = conversationOf({ channelId, authorId: user.id, isPrivate: true });
    const turn = answering.runningIn(own) ?? answering.runningIn(channelId);
    if (turn === undefined) return await tell(interaction, 'nothing-to-stop');
    if (user.id !== turn.question.authorId && !isModerator(interaction, context.approverRoleIds))
      return await tell(interaction, 'only-asker-stops');
    answering.stop(turn);
    await tell(interaction, 'stopping');
  },
};

/** What others have asked goes, too: for moderators alone, and in a direct message for the one who is there. */
async function stopAll(interaction: ChatInputCommandInteraction, context: ControlsContext): Promise<void> {
  if (interaction.guildId !== null && !isModerator(interaction, context.approverRoleIds))
    return await tell(interaction, 'only-moderators');
  const stopped = context.answering.stopAll(interaction.channelId);
  if (stopped === 0) return await tell(interaction, 'nothing-to-stop');
  await tellText(interaction, catalogues[toLanguage(interaction.locale)].stoppedAll(stopped));
}

/** That it stops can be seen in the channel: nothing is said besides. */
export async function stopTurn(
  interaction: ButtonInteraction,
  { turn }: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== turn.question.authorId && !isModerator(interaction, context.approverRoleIds))
    return await tell(interaction, 'only-asker-stops');
  // An earlier process has begun it, and this one has not come to it yet.
  if (!context.answering.stop(turn)) return await tell(interaction, 'not-kept');
  await interaction.deferUpdate();
}
