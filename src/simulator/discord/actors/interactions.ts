/** Members use commands and press buttons; what the bot may do with the interaction, and for how long. */

import { randomBytes } from 'node:crypto';
import { ApplicationCommandOptionType, ApplicationCommandType, InteractionType } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { toInteractionParts } from '../payload/interaction-payload.ts';
import { toApiMessage, toChosenMessage } from '../payload/message-payload.ts';
import { hasBot } from '../world/permissions.ts';
import { timestampOf } from '../world/snowflakes.ts';
import type { Channel, Command, Interaction, Message, World } from '../world/state.ts';
import { findCommand, type TypedOption, toOptionValues, toTypedValues } from './command-use.ts';
import { toSubmitted } from './dialog.ts';
import { type GivenOptions, storeGivenFiles, toResolved } from './option-files.ts';
import { toSelection } from './selection.ts';

/** Retained: more than a quarter of an hour can bring. */
const mostInteractions = 50_000;
/** For what stands in a socket already when the time is over. */
const hearingMs = 20;

interface Timing {
  readonly acknowledgeWithinMs: number;
  readonly interactionTokenLifeMs: number;
}

/** What an interaction is made of beside its id, its token and what all have in common. */
type Made = Pick<
  Interaction,
  'user' | 'channel' | 'name' | 'pressedMessageId' | 'dialogId' | 'openedBy' | 'typedOption'
>;

export class Interactions {
  readonly #world: World;
  readonly #timing: Timing;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(world: World, timing: Timing) {
    this.#world = world;
    this.#timing = timing;
  }

  /** @throws {Error} when the member's client would not send it. */
  use(channel: Channel, user: SimulatedUser, name: string, given: GivenOptions): Interaction {
    const command = findCommand(this.#world, channel, user, { kind: 'slash', name });
    const { texts, files } = storeGivenFiles(this.#world, given);
    const data = {
      ...toCommandData(command, toOptionValues(command, texts)),
      ...(files.length > 0 && { resolved: { attachments: toResolved(files) } }),
    };
    return this.#start({ user, channel, name }, { type: InteractionType.ApplicationCommand, data });
  }

  /** @throws {Error} when the member's client would not ask for suggestions. */
  complete(channel: Channel, user: SimulatedUser, name: string, typed: TypedOption): Interaction {
    const command = findCommand(this.#world, channel, user, { kind: 'slash', name });
    const data = toCommandData(command, toTypedValues(command, typed));
    const made = { user, channel, name, typedOption: typed.option };
    return this.#start(made, { type: InteractionType.ApplicationCommandAutocomplete, data });
  }

  /** Uses a command of the menu of a message. @throws {Error} when the member's client would not send it. */
  useOn(channel: Channel, user: SimulatedUser, message: Message, name: string): Interaction {
    const { id, guildId } = findCommand(this.#world, channel, user, { kind: 'message', name });
    const data = {
      id,
      name,
      type: ApplicationCommandType.Message,
      target_id: message.id,
      resolved: { messages: { [message.id]: toChosenMessage(this.#world, channel, message) } },
      ...(guildId !== undefined && { guild_id: guildId }),
    };
    return this.#start({ user, channel, name }, { type: InteractionType.ApplicationCommand, data });
  }

  press(channel: Channel, user: SimulatedUser, message: Message, customId: string): Interaction {
    const data = { custom_id: customId, component_type: 2 };
    const pressed = toApiMessage(this.#world, channel, message);
    const parts = { type: InteractionType.MessageComponent, data, message: pressed };
    return this.#start({ user, channel, name: customId, pressedMessageId: message.id }, parts);
  }

  /** Picks in a select. @throws {Error} when the member's client would not send it. */
  select(
    channel: Channel,
    user: SimulatedUser,
    message: Message,
    picked: { readonly customId: string; readonly values: readonly string[] },
  ): Interaction {
    const data = toSelection(this.#world, channel, message, picked);
    const pressed = toApiMessage(this.#world, channel, message);
    const parts = { type: InteractionType.MessageComponent, data, message: pressed };
    return this.#start({ user, channel, name: picked.customId, pressedMessageId: message.id }, parts);
  }

  /** Sends the dialog off that answers the press. @throws {Error} when there is none. */
  submit(
    channel: Channel,
    user: SimulatedUser,
    pressId: string,
    values: Readonly<Record<string, string>>,
  ): Interaction {
    const press = this.#world.interactionsById.get(pressId);
    if (press?.dialog === undefined || press.user.id !== user.id) throw new Error('No dialog is open.');
    const { dialog, pressedMessageId } = press;
    const pressed = pressedMessageId === undefined ? undefined : channel.log.get(pressedMessageId);
    const data = { custom_id: dialog.custom_id, components: toSubmitted(dialog, values) };
    const message = pressed === undefined ? {} : { message: toApiMessage(this.#world, channel, pressed) };
    const dialogId = String(dialog.custom_id);
    // Of a dialog that a command has opened, members see the command.
    const name = pressedMessageId === undefined ? press.name : dialogId;
    return this.#start(
      {
        user,
        channel,
        name,
        dialogId,
        openedBy: press,
        ...(pressedMessageId === undefined ? {} : { pressedMessageId }),
      },
      { type: InteractionType.ModalSubmit, data, ...message },
    );
  }

  /** The interaction that a webhook token belongs to; undefined when there never was one. */
  find(token: string): Interaction | 'expired' | undefined {
    const interaction = this.#world.interactionsByToken.get(token);
    if (interaction === undefined) return undefined;
    return Date.now() - timestampOf(interaction.id) > this.#timing.interactionTokenLifeMs ? 'expired' : interaction;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #start(made: Made, parts: object): Interaction {
    const world = this.#world;
    const id = world.snowflakes.next();
    const token = randomBytes(64).toString('base64url');
    const interaction: Interaction = {
      ...made,
      id,
      token,
      isUserInstalled: !hasBot(made.channel),
      followUps: 0,
      state: 'waiting',
      wasTold: world.endpoint.url === undefined && world.isBotOnline,
      payload: { id, token, ...toInteractionParts(world, made.channel, made.user), ...parts },
    };
    world.interactionsById.set(id, interaction);
    world.interactionsByToken.set(token, interaction);
    this.#forgetOldest();
    this.#awaitAcknowledgement(interaction);
    world.events.emit({ type: 'interaction-create', interaction });
    if (world.endpoint.url !== undefined) void this.#post(interaction);
    return interaction;
  }

  /** Never rejects. */
  async #post(interaction: Interaction): Promise<void> {
    interaction.wasTold = await this.#world.endpoint.deliver(interaction.id, JSON.stringify(interaction.payload));
    if (!interaction.wasTold) this.#giveUp(interaction);
  }

  #giveUp(interaction: Interaction): void {
    if (interaction.state !== 'waiting') return;
    interaction.state = 'late';
    this.#world.events.emit({ type: 'interaction-end', interaction });
  }

  #forgetOldest(): void {
    const { interactionsById, interactionsByToken } = this.#world;
    for (const { id, token } of interactionsById.values()) {
      if (interactionsById.size <= mostInteractions) return;
      interactionsById.delete(id);
      interactionsByToken.delete(token);
    }
  }

  #awaitAcknowledgement(interaction: Interaction): void {
    const world = this.#world;
    const { acknowledgeWithinMs } = this.#timing;
    const judge = () => {
      if (interaction.state !== 'waiting') return;
      this.#giveUp(interaction);
      // A bot that is away was not told and is not to blame.
      if (interaction.wasTold)
        world.problems.note(`/${interaction.name} was not acknowledged within ${acknowledgeWithinMs} ms.`);
    };
    // A simulator that was held up itself hears first what has come in the meantime.
    this.#after(acknowledgeWithinMs, () => this.#after(hearingMs, judge));
  }

  #after(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

function toCommandData({ id, name: whole, guildId }: Command, options: readonly object[]): object {
  const [name, subcommand] = whole.split(' ');
  const nested = { type: ApplicationCommandOptionType.Subcommand, name: subcommand, options };
  return {
    id,
    name,
    type: ApplicationCommandType.ChatInput,
    options: subcommand === undefined ? options : [nested],
    ...(guildId !== undefined && { guild_id: guildId }),
  };
}
