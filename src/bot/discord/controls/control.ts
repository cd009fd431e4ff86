/** What every button, dialog and command is made of and needs, and how the one who used it is answered. */
import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type InteractionEditReplyOptions,
  MessageFlags,
  type ModalSubmitInteraction,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { Turn } from '../../../agent/turn.ts';
import type { AccessConfig, ReviewConfig, ShardConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import { withRetries } from '../../../waiting.ts';
import type { PendingQuestions } from '../../channel/pending-questions.ts';
import type { ButtonPress } from '../../channel/press.ts';
import type { PrivateReply } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { readAddress } from '../address.ts';
import { toRequestFailure } from '../failures.ts';
import type { Listening } from '../listening.ts';
import type { Parts } from '../opening.ts';

export interface ControlsContext extends Parts {
  readonly access: AccessConfig;
  /** Which this bot serves. Undefined: all. */
  readonly shards: ShardConfig | undefined;
  readonly pending: PendingQuestions;
  readonly listening: Listening;
  /** Roles that something depends on, such as a budget. */
  readonly countedRoleIds: readonly string[];
  /** Roles whose members may approve calls besides the asker. */
  readonly approverRoleIds: readonly string[];
  /** Who may accept what tools say of themselves now, and where. */
  readonly review: ReviewConfig;
  /** How long a standing approval counts, in ms; 0: none can be given. */
  readonly standingMs: number;
  /** Roles whose members may let more be spent. */
  readonly budgetRoleIds: readonly string[];
  readonly log: Logger;
}

/** A press or a dialog of a turn: what it means, and of which turn. */
export interface Pressed extends ButtonPress {
  readonly turn: Turn;
}

/** A press that is about a turn as a whole, which may have ended long ago. */
export type TurnPress = (interaction: ButtonInteraction, turnId: string, context: ControlsContext) => Promise<void>;

export type Press = (interaction: ButtonInteraction, pressed: Pressed, context: ControlsContext) => Promise<void>;
/** A press of a button that belongs to no turn, with what its name on the wire holds. */
export type LastingPress = (
  interaction: ButtonInteraction,
  values: readonly string[],
  context: ControlsContext,
) => Promise<void>;
export type Dialog = (interaction: ModalSubmitInteraction, pressed: Pressed, context: ControlsContext) => Promise<void>;

export interface Command {
  /** Where it can be used is added when it is registered, unless it says so itself. */
  readonly definition: RESTPostAPIChatInputApplicationCommandsJSONBody;
  run(interaction: ChatInputCommandInteraction, context: ControlsContext): Promise<void>;
  /** What may be picked for the option that is being typed into, the best first. Discord waits 3 s. Absent: no option suggests anything. */
  suggest?(interaction: AutocompleteInteraction, parts: Parts): Promise<readonly Suggestion[]>;
}

/** Texts of 1 to 100 characters. */
export interface Suggestion {
  readonly name: string;
  readonly value: string;
}

/** Undefined in direct messages. */
export function guildOf({ guildId }: Pick<Interaction, 'guildId'>): string | undefined {
  return guildId ?? undefined;
}

type Answerable = Exclude<Interaction, AutocompleteInteraction>;

/** Answers so that only the one who pressed sees it. */
export async function tell(interaction: Answerable, reply: PrivateReply): Promise<void> {
  await tellText(interaction, catalogues[toLanguage(interaction.locale)].replies[reply]);
}

export async function tellText(interaction: Answerable, content: string): Promise<void> {
  const message = { content, flags: MessageFlags.Ephemeral } as const;
  if (interaction.deferred || interaction.replied) await interaction.followUp(message);
  else await interaction.reply(message);
}

/** The store may be away: then nothing is changed, and that is said. */
export async function unlessAway(
  interaction: Answerable,
  { log }: Pick<ControlsContext, 'log'>,
  task: () => Promise<void>,
): Promise<void> {
  try {
    await task();
  } catch (error) {
    log.error('panel-not-shown', { error });
    await tell(interaction, 'not-kept');
  }
}

/** What fails by chance is tried again for so long: nobody is left with «thinking» for a quarter of an hour. */
const fillWithinMs = 10_000;
const firstRetryMs = 300;
const longestRetryMs = 2_000;

/** Puts it in the place of the answer, or the change, that was deferred. @throws what Discord says last. */
export async function fill(
  interaction: ButtonInteraction | ChatInputCommandInteraction,
  message: InteractionEditReplyOptions,
): Promise<void> {
  await withRetries(() => interaction.editReply(message), {
    signal: AbortSignal.timeout(fillWithinMs),
    firstMs: firstRetryMs,
    longestMs: longestRetryMs,
    isFinal: (error) => !['unclear', 'limited'].includes(toRequestFailure(error).type),
  });
}

/** A message with its buttons stays in its channel; what comes from elsewhere is not what members see there. */
export function isOfPlace(
  { question, delivery }: Turn,
  { channelId, guildId }: ButtonInteraction | ModalSubmitInteraction,
): boolean {
  const ofTurn = question.guildId ?? readAddress(delivery).guildId;
  return question.channelId === channelId && (ofTurn === undefined || ofTurn === guildId);
}
