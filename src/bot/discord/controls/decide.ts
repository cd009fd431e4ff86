/** A press on Approve or Deny below a call that waits for a person. */
import type { ButtonInteraction } from 'discord.js';
import { callAt } from '../../../agent/call-place.ts';
import { type ControlsContext, type Pressed, rolesOf, tell } from './control.ts';

export async function decide(
  interaction: ButtonInteraction,
  { action, target, turn }: Pressed,
  { agent, approverRoleIds, log }: ControlsContext,
): Promise<void> {
  const { user } = interaction;
  const mayDecide =
    user.id === turn.question.authorId || rolesOf(interaction).some((id) => approverRoleIds.includes(id));
  if (!mayDecide) return await tell(interaction, 'only-approvers');
  const call = callAt(turn, target);
  if (call === undefined) return await tell(interaction, 'settled');
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferUpdate();
  try {
    const decision = action === 'approve' ? 'approved' : 'denied';
    if (!(await agent.decide(turn.question.id, call.id, decision, user.id))) await tell(interaction, 'settled');
  } catch (error) {
    log.error('decision-not-kept', { turnId: turn.question.id, error });
    await tell(interaction, 'not-kept');
  }
}
