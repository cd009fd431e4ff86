/**
 * The pieces of a panel: one message in which a member looks at things and changes them. Components of the second kind, as Discord's
 * JSON. Pure. Discord takes 40 of them in a message, nested ones counted, and 4000 characters of text.
 * Source: https://docs.discord.com/developers/components/reference
 */
import {
  type APIActionRowComponent,
  type APIChannelSelectComponent,
  type APIComponentInContainer,
  type APIContainerComponent,
  type APIRoleSelectComponent,
  type APISectionComponent,
  type APISelectMenuOption,
  type APIStringSelectComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ChannelType,
  ComponentType,
  type InteractionEditReplyOptions,
  MessageFlags,
  SelectMenuDefaultValueType,
} from 'discord.js';
import { cut } from '../../../text.ts';

/** Discord's limits of an option, of what stands where nothing is chosen, and of what can be chosen at once. */
const maxOption = 100;
const maxPlaceholder = 150;
export const mostOptions = 25;

/** The message. It stays one of this kind whenever it is edited. */
export function toPanel(
  parts: readonly APIComponentInContainer[],
): Pick<InteractionEditReplyOptions, 'components' | 'flags' | 'allowedMentions'> {
  const container: APIContainerComponent = { type: ComponentType.Container, components: [...parts] };
  // Roles and people are named, and nobody is called.
  return { components: [container], flags: MessageFlags.IsComponentsV2, allowedMentions: { parse: [] } };
}

export function text(content: string): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content };
}

export function line(): APIComponentInContainer {
  return { type: ComponentType.Separator };
}

/** A text with a button beside it. */
export function section(content: string, customId: string, label: string): APISectionComponent {
  return {
    type: ComponentType.Section,
    components: [text(content)],
    accessory: { type: ComponentType.Button, custom_id: customId, label, style: ButtonStyle.Secondary },
  };
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly means?: string;
  readonly isChosen: boolean;
}

export interface SelectOptions {
  readonly customId: string;
  readonly placeholder: string;
  /** Whether several can be chosen, or none. Default: exactly one. */
  readonly isMany?: boolean;
}

/** @param options 1 to 25. */
export function select(
  options: readonly Option[],
  { customId, placeholder, isMany = false }: SelectOptions,
): APIActionRowComponent<APIStringSelectComponent> {
  const menu: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: customId,
    placeholder: cut(placeholder, maxPlaceholder),
    options: options.slice(0, mostOptions).map(toOption),
    ...(isMany ? { min_values: 0, max_values: Math.min(options.length, mostOptions) } : {}),
  };
  return { type: ComponentType.ActionRow, components: [menu] };
}

function toOption({ value, label, means, isChosen }: Option): APISelectMenuOption {
  return {
    value,
    label: cut(label, maxOption),
    ...(means === undefined || means === '' ? {} : { description: cut(means, maxOption) }),
    ...(isChosen ? { default: true } : {}),
  };
}

/** Any number of the server's roles. */
export function roleSelect(
  chosen: readonly string[],
  { customId, placeholder }: Omit<SelectOptions, 'isMany'>,
): APIActionRowComponent<APIRoleSelectComponent> {
  const menu: APIRoleSelectComponent = {
    type: ComponentType.RoleSelect,
    custom_id: customId,
    placeholder: cut(placeholder, maxPlaceholder),
    min_values: 0,
    max_values: mostOptions,
    default_values: chosen.map((id) => ({ id, type: SelectMenuDefaultValueType.Role })),
  };
  return { type: ComponentType.ActionRow, components: [menu] };
}

/** Any number of the server's channels in which the bot can be asked. */
export function channelSelect(
  chosen: readonly string[],
  { customId, placeholder }: Omit<SelectOptions, 'isMany'>,
): APIActionRowComponent<APIChannelSelectComponent> {
  const menu: APIChannelSelectComponent = {
    type: ComponentType.ChannelSelect,
    custom_id: customId,
    placeholder: cut(placeholder, maxPlaceholder),
    channel_types: [
      ChannelType.GuildText,
      ChannelType.GuildVoice,
      ChannelType.GuildAnnouncement,
      ChannelType.GuildStageVoice,
      ChannelType.GuildForum,
      ChannelType.GuildMedia,
    ],
    min_values: 0,
    max_values: mostOptions,
    default_values: chosen.map((id) => ({ id, type: SelectMenuDefaultValueType.Channel })),
  };
  return { type: ComponentType.ActionRow, components: [menu] };
}
