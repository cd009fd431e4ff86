/** A press below the line that says that a budget is used up: lets as much again be spent, for roles that the operator has named. */
import { type ButtonInteraction, MessageFlags } from 'discord.js';
import type { PrivateReply } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { rolesOf } from '../access.ts';
import { type ControlsContext, tell } from './control.ts';
import { findEnded } from './ended.ts';

export async function extend(interaction: ButtonInteraction, turnId: string, context: ControlsContext): Promise<void> {
  if (!rolesOf(interaction).some((id) => context.budgetRoleIds.includes(id)))
    return await tell(interaction, 'only-extenders');
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const reply = await extendFor(interaction, turnId, context).catch((error: unknown): PrivateReply => {
    context.log.error('budget-not-extended', { turnId, error });
    return 'not-kept';
  });
  await interaction.editReply({ content: catalogues[toLanguage(interaction.locale)].replies[reply] });
}

async function extendFor(
  interaction: ButtonInteraction,
  turnId: string,
  { agent }: ControlsContext,
): Promise<PrivateReply> {
  const { turn } = (await findEnded(interaction, turnId, agent)) ?? {};
  const budget = turn?.end?.type === 'failed' ? turn.end.budget : undefined;
  if (budget === undefined || budget.until <= Date.now()) return 'settled';
  return (await agent.extendBudget(budget, turnId)) ? 'extended' : 'settled';
}
