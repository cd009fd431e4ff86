/**
 * What members press, send off and command beside asking: a new button or command is a file under `controls` and a line
 * here. Who may is decided there, whatever a client shows, and only the one who pressed sees what it came to.
 */
import type { ButtonInteraction, ChatInputCommandInteraction, ModalSubmitInteraction } from 'discord.js';
import type { Turn } from '../../agent/turn.ts';
import { type ButtonPress, readButtonId } from '../channel/press.ts';
import { readAddress } from './address.ts';
import { type Command, type ControlsContext, type Dialog, type Press, tell } from './controls/control.ts';
import { decide } from './controls/decide.ts';
import { forget } from './controls/forget.ts';
import { forgetMe } from './controls/forget-me.ts';
import { declineForm, openForm, submitForm } from './controls/form.ts';
import { stop } from './controls/stop.ts';
import { usage } from './controls/usage.ts';

/** All but `/ask`, in the order that members see. */
export const otherCommands: readonly Command[] = [stop, usage, forget, forgetMe];

const presses: Readonly<Record<ButtonPress['action'], Press>> = {
  approve: decide,
  deny: decide,
  fill: openForm,
  decline: declineForm,
};

/** Dialogs, by the button that opens them. */
const dialogs: Readonly<Partial<Record<ButtonPress['action'], Dialog>>> = { fill: submitForm };

export async function command(interaction: ChatInputCommandInteraction, context: ControlsContext): Promise<void> {
  const meant = otherCommands.find(({ definition }) => definition.name === interaction.commandName);
  await meant?.run(interaction, context);
}

export async function press(interaction: ButtonInteraction, context: ControlsContext): Promise<void> {
  const press = readButtonId(interaction.customId);
  if (press === undefined) return;
  const turn = context.agent.find(press.turnId);
  if (turn === undefined || turn.end !== undefined) return await tell(interaction, 'settled');
  if (!isOfPlace(turn, interaction)) return await tell(interaction, 'elsewhere');
  await presses[press.action](interaction, { ...press, turn }, context);
}

export async function submit(interaction: ModalSubmitInteraction, context: ControlsContext): Promise<void> {
  const press = readButtonId(interaction.customId);
  const turn = press === undefined ? undefined : context.agent.find(press.turnId);
  if (press === undefined || turn === undefined) return await tell(interaction, 'settled');
  if (!isOfPlace(turn, interaction)) return await tell(interaction, 'elsewhere');
  await dialogs[press.action]?.(interaction, { ...press, turn }, context);
}

/** A message with its buttons stays in its channel; what comes from elsewhere is not what members see there. */
function isOfPlace(
  { question, delivery }: Turn,
  { channelId, guildId }: ButtonInteraction | ModalSubmitInteraction,
): boolean {
  const { guildId: ofTurn } = readAddress(delivery);
  return question.channelId === channelId && (ofTurn === undefined || ofTurn === guildId);
}
