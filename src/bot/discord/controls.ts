/**
 * What members press and command beside asking: approve or deny a tool call, fill in a form, stop an answer, forget a
 * conversation. Who may is decided here, whatever a client shows, but for /forget, whose permission
 * Discord asks (`ask-command.ts`); only the one who pressed sees what it came to.
 */
import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type GuildMember,
  type Interaction,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
} from 'discord.js';
import type { Agent } from '../../agent/agent.ts';
import { callAt } from '../../agent/call-place.ts';
import type { Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import type { Answering } from '../channel/answering.ts';
import { catalogues, type PrivateReply, toLanguage } from '../channel/catalogue.ts';
import { type ButtonPress, readButtonId, toButtonId } from '../channel/press.ts';
import { toInvalidText, toModal } from './form-modal.ts';

export interface ControlsOptions {
  readonly agent: Agent;
  readonly answering: Answering;
  /** Roles whose members may approve calls besides the asker. */
  readonly approverRoleIds: readonly string[];
  readonly log: Logger;
  /** The channel's conversation is to be forgotten: so is what the bot keeps of it besides. */
  readonly onForget: (channelId: string) => void;
}

export class Controls {
  readonly #options: ControlsOptions;

  constructor(options: ControlsOptions) {
    this.#options = options;
  }

  async press(interaction: ButtonInteraction): Promise<void> {
    const press = readButtonId(interaction.customId);
    if (press === undefined) return;
    const turn = this.#options.agent.find(press.turnId);
    if (turn === undefined || turn.end !== undefined) return tell(interaction, 'settled');
    if (press.action === 'approve' || press.action === 'deny') await this.#decide(interaction, press, turn);
    else await this.#openForm(interaction, press, turn);
  }

  async #decide(interaction: ButtonInteraction, { action, target }: ButtonPress, turn: Turn): Promise<void> {
    const { agent, approverRoleIds, log } = this.#options;
    const { user } = interaction;
    const mayDecide =
      user.id === turn.question.authorId || rolesOf(interaction).some((id) => approverRoleIds.includes(id));
    if (!mayDecide) return tell(interaction, 'only-approvers');
    const call = callAt(turn, target);
    if (call === undefined) return tell(interaction, 'settled');
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

  async #openForm(interaction: ButtonInteraction, press: ButtonPress, turn: Turn): Promise<void> {
    const { agent, answering } = this.#options;
    if (interaction.user.id !== turn.question.authorId) return tell(interaction, 'only-asker');
    const form = answering.liveOf(press.turnId).forms.find(({ id }) => id === press.target);
    if (form === undefined) return tell(interaction, 'settled');
    if (press.action === 'fill') {
      await interaction.showModal(toModal(form, toButtonId(press), toLanguage(interaction.locale)));
      return;
    }
    await interaction.deferUpdate();
    const { type } = agent.answerForm(press.turnId, form.id, { action: 'decline' });
    if (type === 'gone') await tell(interaction, 'settled');
  }

  async submit(interaction: ModalSubmitInteraction): Promise<void> {
    const press = readButtonId(interaction.customId);
    const turn = press === undefined ? undefined : this.#options.agent.find(press.turnId);
    if (press === undefined || turn === undefined) return tell(interaction, 'settled');
    if (interaction.user.id !== turn.question.authorId) return tell(interaction, 'only-asker');
    const values = valuesOf(interaction);
    const outcome = this.#options.agent.answerForm(press.turnId, press.target, { action: 'accept', values });
    if (outcome.type === 'gone') return tell(interaction, 'settled');
    if (outcome.type === 'taken') return void (await interaction.deferUpdate());
    await tellText(interaction, toInvalidText(outcome.field, toLanguage(interaction.locale)));
  }

  /** After the answers of the channel that are under way or queued. Who may use the command is a setting of the guild. */
  async forget(interaction: ChatInputCommandInteraction): Promise<void> {
    const { agent, answering, log, onForget } = this.#options;
    const { channelId } = interaction;
    const { replies } = catalogues[toLanguage(interaction.locale)];
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    let reply: PrivateReply = 'forgotten';
    await answering.afterOthers(channelId, async () => {
      try {
        await agent.forget(channelId);
        onForget(channelId);
        log.info('history-forgotten', { channelId });
      } catch (error) {
        log.error('history-not-forgotten', { channelId, error });
        reply = 'not-forgotten';
      }
    });
    await interaction.editReply({ content: replies[reply] });
  }

  async stop(interaction: ChatInputCommandInteraction): Promise<void> {
    const { answering, approverRoleIds } = this.#options;
    const turn = answering.runningIn(interaction.channelId);
    if (turn === undefined) return tell(interaction, 'nothing-to-stop');
    const isModerator =
      interaction.memberPermissions?.has(PermissionFlagsBits.ManageMessages) === true ||
      rolesOf(interaction).some((id) => approverRoleIds.includes(id));
    if (interaction.user.id !== turn.question.authorId && !isModerator) return tell(interaction, 'only-asker-stops');
    answering.stop(turn);
    await tell(interaction, 'stopping');
  }
}

type Answerable = Exclude<Interaction, AutocompleteInteraction>;

/** Answers so that only the one who pressed sees it. */
export async function tell(interaction: Answerable, reply: PrivateReply): Promise<void> {
  await tellText(interaction, catalogues[toLanguage(interaction.locale)].replies[reply]);
}

async function tellText(interaction: Answerable, content: string): Promise<void> {
  const message = { content, flags: MessageFlags.Ephemeral } as const;
  if (interaction.deferred || interaction.replied) await interaction.followUp(message);
  else await interaction.reply(message);
}

/** Discord tells the roles with every press: nothing is looked up. */
function rolesOf({ member }: Interaction): readonly string[] {
  if (member === null) return [];
  return isGuildMember(member) ? [...member.roles.cache.keys()] : member.roles;
}

function isGuildMember(member: NonNullable<Interaction['member']>): member is GuildMember {
  return !Array.isArray(member.roles);
}

function valuesOf({ fields }: ModalSubmitInteraction): Record<string, string> {
  const values = fields.fields.map((field): [string, string] => [
    field.customId,
    'value' in field ? String(field.value) : 'values' in field ? field.values.join('\n') : '',
  ]);
  return Object.fromEntries(values);
}
