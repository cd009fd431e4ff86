/** A press on Approve or Deny below a call that waits for a person. */
import type { ButtonInteraction } from 'discord.js';
import { callAt } from '../../../agent/call-place.ts';
import { rolesOf } from '../access.ts';
import { type ControlsContext, type Pressed, tell } from './control.ts';

export async function decide(
  interaction: ButtonInteraction,
  { action, target, turn }: Pressed,
  { agent, approverRoleIds, log }: ControlsContext,
): Promise<void> {
  const { user } = interaction;
  const isAsker = user.id === turn.question.authorId;
  if (!isAsker && !rolesOf(interaction).some((id) => approverRoleIds.includes(id)))
    return await tell(interaction, 'only-approvers');
  const call = callAt(turn, target);
  if (call === undefined) return await tell(interaction, 'settled');
  const approval = turn.steps.at(-1)?.approvals?.find(({ callId }) => callId === call.id);
  // Whoever asked may take it back, but not let it pass.
  if (isAsker && action === 'approve' && approval?.notAsker === true) return await tell(interaction, 'not-asker');
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
