/** Members use commands and press buttons; what the bot may do with the interaction, and for how long. */

import { randomBytes } from 'node:crypto';
import { ApplicationCommandType, InteractionContextType, InteractionType } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { fieldsOf } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import { memberPermissions, permissionsOf, toApiChannel, toApiMemberPart, toApiUser } from '../payload/payloads.ts';
import { timestampOf } from '../world/snowflakes.ts';
import type { Channel, Command, Interaction, Message, World } from '../world/state.ts';
import { toSubmitted } from './dialog.ts';

/** Discord's numbers for the types of command options. */
const optionTypes = { integer: 4, boolean: 5, number: 10 } as const;

interface Timing {
  readonly acknowledgeWithinMs: number;
  readonly tokenLifeMs: number;
}

/** What an interaction is made of beside its id, its token and what all have in common. */
type Made = Pick<Interaction, 'user' | 'channel' | 'name' | 'pressedMessageId' | 'dialogId'>;

export class Interactions {
  readonly #world: World;
  readonly #timing: Timing;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(world: World, timing: Timing) {
    this.#world = world;
    this.#timing = timing;
  }

  /** @throws {Error} when the member's client would not send it. */
  use(channel: Channel, user: SimulatedUser, name: string, given: Readonly<Record<string, string>>): Interaction {
    const command = findCommand(this.#world, channel, user, name);
    const data = {
      id: command.id,
      name: command.name,
      type: ApplicationCommandType.ChatInput,
      options: toOptionValues(command, given),
      ...(command.guildId !== undefined && { guild_id: command.guildId }),
    };
    return this.#start({ user, channel, name: command.name }, { type: InteractionType.ApplicationCommand, data });
  }

  press(channel: Channel, user: SimulatedUser, message: Message, customId: string): Interaction {
    const data = { custom_id: customId, component_type: 2 };
    const pressed = toApiMessage(this.#world, channel, message);
    const parts = { type: InteractionType.MessageComponent, data, message: pressed };
    return this.#start({ user, channel, name: customId, pressedMessageId: message.id }, parts);
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
    const name = String(dialog.custom_id);
    return this.#start(
      { user, channel, name, dialogId: name, ...(pressedMessageId === undefined ? {} : { pressedMessageId }) },
      { type: InteractionType.ModalSubmit, data, ...message },
    );
  }

  /** The interaction that a webhook token belongs to; undefined when it has expired or never was. */
  find(token: string): Interaction | undefined {
    const interaction = this.#world.interactionsByToken.get(token);
    if (interaction === undefined) return undefined;
    return Date.now() - timestampOf(interaction.id) > this.#timing.tokenLifeMs ? undefined : interaction;
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
      state: 'waiting',
      payload: { id, token, ...toCommonParts(world, made.channel, made.user), ...parts },
    };
    world.interactionsById.set(id, interaction);
    world.interactionsByToken.set(token, interaction);
    this.#awaitAcknowledgement(interaction);
    world.events.emit({ type: 'interaction-create', interaction });
    return interaction;
  }

  #awaitAcknowledgement(interaction: Interaction): void {
    const world = this.#world;
    const wasTold = world.isBotOnline;
    const { acknowledgeWithinMs } = this.#timing;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (interaction.state !== 'waiting') return;
      interaction.state = 'late';
      world.events.emit({ type: 'interaction-end', interaction });
      // A bot that is away was not told and is not to blame.
      if (wasTold) world.problems.push(`/${interaction.name} was not acknowledged within ${acknowledgeWithinMs} ms.`);
    }, acknowledgeWithinMs);
    this.#timers.add(timer);
  }
}

function toCommonParts(world: World, channel: Channel, user: SimulatedUser): object {
  const { guild } = channel;
  return {
    application_id: world.applicationId,
    version: 1,
    channel_id: channel.id,
    channel: { ...toApiChannel(channel, world), permissions: memberPermissions },
    app_permissions: memberPermissions,
    locale: user.locale,
    entitlements: [],
    attachment_size_limit: 10_485_760,
    ...(guild === undefined
      ? {
          user: toApiUser(user),
          context: InteractionContextType.BotDM,
          authorizing_integration_owners: { '0': '0' },
        }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: { ...toApiMemberPart(guild, user, world), user: toApiUser(user), permissions: permissionsOf(user) },
          context: InteractionContextType.Guild,
          authorizing_integration_owners: { '0': guild.id },
        }),
  };
}

function findCommand(world: World, channel: Channel, user: SimulatedUser, name: string): Command {
  const context = channel.guild === undefined ? InteractionContextType.BotDM : InteractionContextType.Guild;
  const usable = [...world.commands.values()].filter(({ guildId, payload }) => {
    if (guildId !== undefined) return guildId === channel.guild?.id;
    if (Array.isArray(payload.contexts)) return payload.contexts.includes(context);
    return channel.guild !== undefined || payload.dm_permission !== false;
  });
  const command = usable.find((candidate) => candidate.name === name);
  const needed = BigInt(String(command?.payload.default_member_permissions ?? 0));
  // In direct messages everybody may everything.
  if (channel.guild !== undefined && (BigInt(permissionsOf(user)) & needed) !== needed)
    throw new Error(`${user.displayName} has not the permissions for /${name}.`);
  if (command !== undefined) return command;
  const names = usable.map((candidate) => `/${candidate.name}`).join(', ') || 'none';
  throw new Error(`The bot has registered no /${name} for this channel; it has: ${names}.`);
}

/** As a member's client would check and send them. */
function toOptionValues(command: Command, given: Readonly<Record<string, string>>): object[] {
  for (const { name, isRequired, maxLength } of command.options) {
    const value = given[name];
    if (value === undefined && isRequired) throw new Error(`/${command.name} needs the option ${name}.`);
    if (value !== undefined && maxLength !== undefined && value.length > maxLength) {
      throw new Error(`/${command.name} takes at most ${maxLength} characters as ${name}.`);
    }
  }
  const definitions = Array.isArray(command.payload.options) ? command.payload.options : [];
  return Object.entries(given).map(([name, text]) => {
    const definition: unknown = definitions.find((option: unknown) => fieldsOf(option).name === name);
    if (definition === undefined) throw new Error(`/${command.name} has no option ${name}.`);
    const { type } = fieldsOf(definition);
    if (type === optionTypes.integer || type === optionTypes.number) return { name, type, value: Number(text) };
    return { name, type, value: type === optionTypes.boolean ? text === 'true' : text };
  });
}
