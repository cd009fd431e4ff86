/** A press on Accept below what a tool server says otherwise than before. */
import { type ButtonInteraction, PermissionFlagsBits } from 'discord.js';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { rolesOf } from '../access.ts';
import { pingNobody } from '../message-body.ts';
import { type ControlsContext, tell, tellText } from './control.ts';

export async function acceptChange(
  interaction: ButtonInteraction,
  [serverKey = '', changeId = '']: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const { agent, log } = context;
  const { notAllowed, accepted, changedAgain } = catalogues[toLanguage(interaction.locale)].review;
  if (!mayAccept(interaction, context)) return await tellText(interaction, notAllowed);
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferUpdate();
  try {
    const outcome = await agent.acceptTools(serverKey, changeId, interaction.user.id);
    if (outcome === 'gone') await tell(interaction, 'settled');
    if (outcome === 'changed') await tellText(interaction, changedAgain);
    // What is settled has no button any more.
    const line = outcome === 'accepted' ? `\n${accepted.replace('{who}', () => `<@${interaction.user.id}>`)}` : '';
    const content = `${interaction.message.content}${line}`;
    await interaction.editReply({ content, components: [], allowedMentions: pingNobody });
  } catch (error) {
    log.error('tools-not-accepted', { error });
    await tell(interaction, 'not-kept');
  }
}

function mayAccept(interaction: ButtonInteraction, { review }: ControlsContext): boolean {
  const { channelId, roleIds, userIds } = review;
  if (interaction.channelId !== channelId) return false;
  if (userIds.includes(interaction.user.id) || rolesOf(interaction).some((id) => roleIds.includes(id))) return true;
  const isOpen = roleIds.length === 0 && userIds.length === 0;
  return isOpen && interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true;
}
