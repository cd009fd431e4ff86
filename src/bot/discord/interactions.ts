/** What members command, press and send off, handed to what does it: `/ask` here, what tool servers offer under `content`, all else by the tables of `controls.ts`. */
import type { Interaction } from 'discord.js';
import type { AccessConfig, ReviewConfig, ShardConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin } from '../../waiting.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import { mayControl, toAsker } from './access.ts';
import { askCommandName, askedBy } from './ask-command.ts';
import { askAboutChosen, type ChosenMessages, chooseMessage, isAskDialog } from './ask-menu.ts';
import { type AskOptions, ask } from './asking.ts';
import type { ContentCommands } from './content/content-commands.ts';
import { contentAction } from './content/content-interactions.ts';
import { tellNoPrompt } from './content/use-prompt.ts';
import { tell } from './controls/control.ts';
import { choose, command, isCommand, press, submit, suggest } from './controls.ts';
import type { Listening } from './listening.ts';
import type { Opening } from './opening.ts';
import type { SettingsPlace } from './settings/place.ts';

export interface InteractionsContext {
  readonly opening: Opening;
  readonly pending: PendingQuestions;
  readonly listening: Listening;
  readonly chosen: ChosenMessages;
  readonly contentCommands: ContentCommands;
  readonly access: AccessConfig;
  /** Which this bot serves. Undefined: all. */
  readonly shards: ShardConfig | undefined;
  /** Roles that something depends on, such as a budget. */
  readonly countedRoleIds: readonly string[];
  /** Roles whose members may approve calls besides the asker. */
  readonly approverRoleIds: readonly string[];
  /** These, and roles that may approve calls of single tool servers: their members may press, whoever may ask. */
  readonly controlRoleIds: readonly string[];
  /** Who may accept what tools say of themselves now, and where. */
  readonly review: ReviewConfig;
  /** How long a standing approval counts, in ms. */
  readonly standingMs: number;
  /** Roles whose members may let more be spent. */
  readonly budgetRoleIds: readonly string[];
  readonly log: Logger;
}

/** How long a press, a dialog or another command waits for the turns of an earlier process to be read. */
const controlsWithinMs = 1_500;

/** Discord waits 3 s for an acknowledgement, which says who sees the answer: a store that is slow, or away, is not waited for. */
const settingsWithinMs = 1_000;

async function isPrivate(opening: Opening, place: SettingsPlace): Promise<boolean> {
  const asked = opening.whenPrepared().then(({ settings }) => settings.placing(place));
  const placing = (await resolvesWithin(asked, settingsWithinMs))
    ? await asked
    : opening.parts?.settings.lastPlacing(place);
  return placing?.private ?? false;
}

export async function takeInteraction(interaction: Interaction, context: InteractionsContext): Promise<void> {
  const { opening } = context;
  const asking: AskOptions = {
    ...context,
    whenPrepared: (take) => opening.whenPrepared().then(take),
    isPrivate: (place) => isPrivate(opening, place),
  };
  if (interaction.isChatInputCommand() && interaction.commandName === askCommandName)
    return await ask(interaction, askedBy(interaction), asking);
  if (interaction.isMessageContextMenuCommand()) return await chooseMessage(interaction, context);
  if (interaction.isModalSubmit() && isAskDialog(interaction))
    return await askAboutChosen(interaction, context.chosen, asking);
  const { contentCommands: commands } = context;
  // A command of an earlier process may be used before this one knows of it.
  if (interaction.isChatInputCommand() && !isCommand(interaction))
    await resolvesWithin(commands.whenKnown, controlsWithinMs);
  const act = contentAction(interaction, { commands, content: opening.parts?.agent.content, asking });
  if (act !== undefined) return await act();
  // A prompt that was registered and is no more.
  if (interaction.isChatInputCommand() && !isCommand(interaction)) return await tellNoPrompt(interaction);
  const isAllowed = mayControl(context.access, toAsker(interaction), context.controlRoleIds);
  // Somebody types: what is there at once is suggested, and nothing is said.
  if (interaction.isAutocomplete()) return await suggest(interaction, isAllowed ? opening.parts : undefined);
  if (!isAllowed) return await tell(interaction, 'not-allowed');
  const parts = await opening.whenTurnsKnown(controlsWithinMs);
  // The store may be away.
  if (parts === undefined) return await tell(interaction, 'not-kept');
  const controls = { ...context, ...parts };
  if (interaction.isButton()) await press(interaction, controls);
  else if (interaction.isAnySelectMenu()) await choose(interaction, controls);
  else if (interaction.isModalSubmit()) await submit(interaction, controls);
  else if (interaction.isChatInputCommand()) await command(interaction, controls);
}
