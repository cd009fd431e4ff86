/** A tool server's form: a press on Fill in opens it as a dialog, which is sent off; Decline answers it without. */
import type { ButtonInteraction, ModalData, ModalSubmitInteraction } from 'discord.js';
import type { Form } from '../../../agent/form.ts';
import { toButtonId } from '../../channel/press.ts';
import { toLanguage } from '../../channel/texts/catalogues.ts';
import { type FilledIn, readModal, toInvalidText, toModal } from '../form-modal.ts';
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
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== pressed.turn.question.authorId) return await tell(interaction, 'only-asker');
  const form = formOf(pressed, context);
  if (form === undefined) return await tell(interaction, 'settled');
  const values = readModal(form, interaction.fields.fields.map(toFilledIn));
  const outcome = context.agent.answerForm(pressed.turnId, form.id, { action: 'accept', values });
  if (outcome.type === 'gone') return await tell(interaction, 'settled');
  if (outcome.type === 'taken') return void (await interaction.deferUpdate());
  await tellText(interaction, toInvalidText(outcome.field, toLanguage(interaction.locale)));
}

/** As long as somebody waits for its answer. */
export function formOf({ turnId, target }: Pressed, { answering }: ControlsContext): Form | undefined {
  return answering.liveOf(turnId).forms.find(({ id }) => id === target);
}

function toFilledIn(field: ModalData): FilledIn {
  if ('value' in field) return { customId: field.customId, value: String(field.value) };
  return { customId: field.customId, values: 'values' in field ? field.values : [] };
}
