/** Commands and dialogs that come of what tool servers offer, handed to what does them. */
import type { AutocompleteInteraction, Interaction } from 'discord.js';
import type { AgentContent } from '../../../agent/agent.ts';
import { mayAsk, toAsker } from '../access.ts';
import type { AskOptions } from '../asking.ts';
import type { Suggestion } from '../controls/control.ts';
import { attach, suggestResources } from './attach.ts';
import { attachCommandName, type ContentCommands, promptCommandName } from './content-commands.ts';
import { isPromptDialog } from './prompt-dialog.ts';
import { askByDialog, choosePrompt, suggestArgument, suggestPrompts, usePrompt } from './use-prompt.ts';

export interface ContentContext {
  readonly commands: ContentCommands;
  /** Undefined while the agent is on its way. */
  readonly content: AgentContent | undefined;
  readonly asking: AskOptions;
}

/** While somebody types, Discord waits for 3 s; they do not. */
const suggestWithinMs = 1_500;

/** @returns what does it; undefined of what has nothing to do with tool servers. */
export function contentAction(
  interaction: Interaction,
  { commands, content, asking }: ContentContext,
): (() => Promise<void>) | undefined {
  if (interaction.isModalSubmit())
    return isPromptDialog(interaction) ? () => askByDialog(interaction, commands, asking) : undefined;
  if (interaction.isChatInputCommand()) {
    const { commandName } = interaction;
    if (commandName === promptCommandName) return () => choosePrompt(interaction, commands, asking);
    if (commandName === attachCommandName) return () => attach(interaction, content, asking);
    const command = commands.findCommand(commandName, interaction.options.getSubcommand(false));
    return command && (() => usePrompt(interaction, command, asking));
  }
  if (!interaction.isAutocomplete()) return undefined;
  const suggest = suggestionsFor(interaction, commands, content);
  if (suggest === undefined) return undefined;
  return async () => {
    const isAllowed = mayAsk(asking.access, toAsker(interaction));
    await interaction.respond(isAllowed ? await suggest(AbortSignal.timeout(suggestWithinMs)) : []);
  };
}

function suggestionsFor(
  interaction: AutocompleteInteraction,
  commands: ContentCommands,
  content: AgentContent | undefined,
): ((signal: AbortSignal) => Promise<Suggestion[]>) | undefined {
  const { commandName, options } = interaction;
  if (commandName === promptCommandName) return async () => suggestPrompts(options.getFocused(), commands);
  if (commandName === attachCommandName)
    return async (signal) =>
      content === undefined ? [] : await suggestResources(options.getFocused(), content, signal);
  const command = commands.findCommand(commandName, options.getSubcommand(false));
  if (command === undefined) return undefined;
  return async (signal) => (content === undefined ? [] : await suggestArgument(interaction, command, content, signal));
}
