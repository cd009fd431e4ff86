/** A tool server's form: a press on Fill in opens it as a dialog, which is sent off; Decline answers it without. */
import type { ButtonInteraction, ModalSubmitInteraction } from 'discord.js';
import type { Form } from '../../../agent/form.ts';
import { toLanguage } from '../../channel/catalogue.ts';
import { toButtonId } from '../buttons.ts';
import { toInvalidText, toModal } from '../form-modal.ts';
import { type ControlsContext, type Pressed, tell, tellText } from './control.ts';

export async function openForm(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== pressed.turn.question.authorId) return await tell(interaction, 'only-asker');
  const form = formOf(pressed, context);
  if (form === undefined) return await tell(interaction, 'settled');
  await interaction.showModal(toModal(form, toButtonId(pressed), toLanguage(interaction.locale)));
}

export async function declineForm(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== pressed.turn.question.authorId) return await tell(interaction, 'only-asker');
  if (formOf(pressed, context) === undefined) return await tell(interaction, 'settled');
  await interaction.deferUpdate();
  const { type } = context.agent.answerForm(pressed.turnId, pressed.target, { action: 'decline' });
  if (type === 'gone') await tell(interaction, 'settled');
}

export async function submitForm(
  interaction: ModalSubmitInteraction,
  { turnId, target, turn }: Pressed,
  { agent }: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== turn.question.authorId) return await tell(interaction, 'only-asker');
  const outcome = agent.answerForm(turnId, target, { action: 'accept', values: valuesOf(interaction) });
  if (outcome.type === 'gone') return await tell(interaction, 'settled');
  if (outcome.type === 'taken') return void (await interaction.deferUpdate());
  await tellText(interaction, toInvalidText(outcome.field, toLanguage(interaction.locale)));
}

function formOf({ turnId, target }: Pressed, { answering }: ControlsContext): Form | undefined {
  return answering.liveOf(turnId).forms.find(({ id }) => id === target);
}

function valuesOf({ fields }: ModalSubmitInteraction): Record<string, string> {
  const values = fields.fields.map((field): [string, string] => [
    field.customId,
    'value' in field ? String(field.value) : 'values' in field ? field.values.join('\n') : '',
  ]);
  return Object.fromEntries(values);
}
