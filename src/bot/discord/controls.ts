/**
 * What members press, send off and command beside asking: a new button or command is a file under `controls` and a line
 * here. Who may is decided there, whatever a client shows, and only the one who pressed sees what it came to.
 */
import type {
  AnySelectMenuInteraction,
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  ModalSubmitInteraction,
} from 'discord.js';
import { type ButtonPress, readButtonId } from '../channel/press.ts';
import { acceptChange } from './controls/accept.ts';
import { again } from './controls/again.ts';
import { approvals, endApproval, turnApprovalsPage } from './controls/approvals.ts';
import { connect, openPaste, submitPaste } from './controls/connect.ts';
import { connectFromList, connections, removeFromList } from './controls/connections.ts';
import {
  type Command,
  type ControlsContext,
  type Dialog,
  isOfPlace,
  type LastingPress,
  type Press,
  type TurnPress,
  tell,
} from './controls/control.ts';
import { approveStanding, decide, offerStanding } from './controls/decide.ts';
import { extend } from './controls/extend.ts';
import { forget } from './controls/forget.ts';
import { forgetMe } from './controls/forget-me.ts';
import { declineForm, openForm, submitForm } from './controls/form.ts';
import { askExample, help } from './controls/help.ts';
import { history, saveHistory, turnHistoryPage } from './controls/history.ts';
import { type LastingControl, readLastingId } from './controls/lasting.ts';
import { acceptPage, showPage } from './controls/page.ts';
import { servers, useServers } from './controls/servers.ts';
import { settings, useSettings } from './controls/settings.ts';
import { stop, stopTurn } from './controls/stop.ts';
import { tasks } from './controls/tasks.ts';
import { tools, turnToolsPage } from './controls/tools.ts';
import { usage } from './controls/usage.ts';
import { why } from './controls/why.ts';
import type { Parts } from './opening.ts';

/** All but `/ask`, in the order that members see. */
export const otherCommands: readonly Command[] = [
  help,
  tools,
  history,
  settings,
  servers,
  stop,
  tasks,
  usage,
  approvals,
  connections,
  forget,
  forgetMe,
];

/** About turns that have ended: they find them themselves. */
const turnPresses: Readonly<Partial<Record<ButtonPress['action'], TurnPress>>> = { again, why, extend };

/** About turns that are being worked on. */
const presses: Readonly<Partial<Record<ButtonPress['action'], Press>>> = {
  approve: decide,
  deny: decide,
  always: offerStanding,
  'always-here': approveStanding,
  'always-asker': approveStanding,
  fill: openForm,
  open: showPage,
  opened: acceptPage,
  decline: declineForm,
  connect,
  stop: stopTurn,
};

/** Buttons that belong to no turn. */
const lastingPresses: Readonly<Record<LastingControl, LastingPress>> = {
  example: askExample,
  tools: turnToolsPage,
  history: turnHistoryPage,
  save: saveHistory,
  paste: openPaste,
  login: connectFromList,
  unlink: removeFromList,
  settings: useSettings,
  servers: useServers,
  approvals: turnApprovalsPage,
  end: endApproval,
  accept: acceptChange,
};

/** Menus and dialogs that belong to no turn. */
const lastingUses: Readonly<
  Partial<
    Record<
      LastingControl,
      (
        interaction: AnySelectMenuInteraction | ModalSubmitInteraction,
        values: readonly string[],
        context: ControlsContext,
      ) => Promise<void>
    >
  >
> = { settings: useSettings, servers: useServers };

/** Dialogs, by the button that opens them. */
const dialogs: Readonly<Partial<Record<ButtonPress['action'], Dialog>>> = { fill: submitForm };

/** Whether it is one of them. */
export function isCommand({ commandName }: ChatInputCommandInteraction): boolean {
  return otherCommands.some(({ definition }) => definition.name === commandName);
}

export async function command(interaction: ChatInputCommandInteraction, context: ControlsContext): Promise<void> {
  const meant = otherCommands.find(({ definition }) => definition.name === interaction.commandName);
  await meant?.run(interaction, context);
}

/** @param parts Undefined: nothing can be suggested yet, or nothing to whoever types. */
export async function suggest(interaction: AutocompleteInteraction, parts: Parts | undefined): Promise<void> {
  const meant = otherCommands.find(({ definition }) => definition.name === interaction.commandName);
  const suggestions = parts === undefined ? undefined : await meant?.suggest?.(interaction, parts);
  await interaction.respond(suggestions ?? []);
}

export async function press(interaction: ButtonInteraction, context: ControlsContext): Promise<void> {
  const lasting = readLastingId(interaction.customId);
  if (lasting !== undefined) return await lastingPresses[lasting.control](interaction, lasting.values, context);
  const press = readButtonId(interaction.customId);
  // A version that knew this button is gone.
  if (press === undefined) return await tell(interaction, 'spent');
  const turnPress = turnPresses[press.action];
  if (turnPress !== undefined) return await turnPress(interaction, press.turnId, context);
  const turn = context.agent.find(press.turnId);
  if (turn === undefined || turn.end !== undefined) return await tell(interaction, 'settled');
  if (!isOfPlace(turn, interaction)) return await tell(interaction, 'elsewhere');
  await presses[press.action]?.(interaction, { ...press, turn }, context);
}

/** Somebody has chosen in a menu. */
export async function choose(interaction: AnySelectMenuInteraction, context: ControlsContext): Promise<void> {
  const lasting = readLastingId(interaction.customId);
  const use = lasting === undefined ? undefined : lastingUses[lasting.control];
  if (lasting === undefined || use === undefined) return await tell(interaction, 'spent');
  await use(interaction, lasting.values, context);
}

export async function submit(interaction: ModalSubmitInteraction, context: ControlsContext): Promise<void> {
  const lasting = readLastingId(interaction.customId);
  if (lasting?.control === 'paste') return await submitPaste(interaction, context);
  if (lasting !== undefined) return await lastingUses[lasting.control]?.(interaction, lasting.values, context);
  const press = readButtonId(interaction.customId);
  const turn = press === undefined ? undefined : context.agent.find(press.turnId);
  if (press === undefined || turn === undefined) return await tell(interaction, 'settled');
  if (!isOfPlace(turn, interaction)) return await tell(interaction, 'elsewhere');
  await dialogs[press.action]?.(interaction, { ...press, turn }, context);
}
