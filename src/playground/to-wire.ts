/** From the simulated Discord's objects to what the page is told of them. Pure. */
import type {
  SimulatedChannel,
  SimulatedChoice,
  SimulatedCommand,
  SimulatedDialog,
  SimulatedDiscord,
  SimulatedGuild,
  SimulatedMessage,
  SimulatedUser,
} from '../simulator/discord/discord.ts';
import { kindOf } from './attachments.ts';
import { toButtons } from './buttons.ts';
import { toPanel } from './panel.ts';
import type { Attachment, Channel, Choice, Command, Dialog, Guild, Language, Member, Message } from './wire.ts';

export function toLanguage(locale: string): Language {
  return locale.startsWith('ko') ? 'ko' : 'en';
}

export function toLocale(language: Language): string {
  return language === 'ko' ? 'ko' : 'en-US';
}

export function toGuild({ id, name, locale }: SimulatedGuild): Guild {
  return { id, name, language: toLanguage(locale) };
}

export function toChannel({ id, name, kind, guild, parentId }: SimulatedChannel): Channel {
  // The playground has no voice channel and no forum.
  const shownKind = kind === 'thread' || kind === 'dm' ? kind : 'text';
  return { id, name, kind: shownKind, guildId: guild?.id ?? null, parentId: parentId ?? null };
}

export function toMember({ id, displayName, isBot }: SimulatedUser, isOnline: boolean): Member {
  return { id, name: displayName, isBot, isOnline };
}

/** @param discord Where what can be picked in menus is found. */
export function toMessage(message: SimulatedMessage, discord: Pick<SimulatedDiscord, 'channel' | 'channels'>): Message {
  const { author, interaction } = message;
  const pressedMessageId = interaction?.pressedMessageId;
  return {
    id: message.id,
    channelId: message.channelId,
    author: { id: author.id, name: author.displayName, isBot: author.isBot },
    content: message.content,
    createdAt: message.createdAt,
    editedAt: message.editedAt ?? null,
    // A member's client shows the answer to a press as a reply to what was pressed.
    repliesTo: message.repliesTo ?? pressedMessageId ?? null,
    pings: [...message.pings],
    attachments: toAttachments(message.attachments),
    forwarded: message.forwarded
      ? { ...message.forwarded, attachments: toAttachments(message.forwarded.attachments) }
      : null,
    ...laidOut(message, discord),
    isEphemeral: message.isEphemeral === true,
    interaction: interaction
      ? {
          id: interaction.id,
          userId: interaction.user.id,
          userName: interaction.user.displayName,
          command: pressedMessageId === undefined ? toShownCommand(interaction) : null,
          isThinking: interaction.isThinking,
        }
      : null,
  };
}

/** A message has either rows of buttons, or is laid out as a whole. */
function laidOut(
  { components, channelId }: SimulatedMessage,
  discord: Pick<SimulatedDiscord, 'channel' | 'channels'>,
): Pick<Message, 'buttons' | 'panel'> {
  const buttons = toButtons(components);
  if (buttons.length > 0 || components.length === 0) return { buttons, panel: [] };
  const guild = discord.channel(channelId)?.guild;
  const channels = discord.channels.filter(({ guild: other, kind }) => other?.id === guild?.id && kind === 'text');
  return { buttons, panel: toPanel(components, { roles: guild?.roles ?? [], channels }) };
}

function toShownCommand({ command, isFromMenu }: NonNullable<SimulatedMessage['interaction']>): string {
  return isFromMenu ? command : `/${command}`;
}

function toAttachments(attachments: SimulatedMessage['attachments']): Attachment[] {
  return attachments.map(({ id, filename, size, description = '', contentType }) => ({
    id,
    filename,
    size,
    description,
    kind: kindOf(contentType),
  }));
}

export function toDialog({ title, fields }: SimulatedDialog): Dialog {
  return { title, fields: fields.map((field) => ({ description: '', ...field, options: [...field.options] })) };
}

export function toCommand(command: SimulatedCommand, language: Language): Command {
  const locale = toLocale(language);
  return {
    kind: command.kind,
    name: command.name,
    label: command.nameLocalizations[locale] ?? command.name,
    description: command.descriptionLocalizations[locale] ?? command.description,
    options: command.options.map(
      ({ name, description, descriptionLocalizations, isRequired, isFile, maxLength, ...more }) => ({
        name,
        description: descriptionLocalizations[locale] ?? description,
        isRequired,
        isFile,
        maxLength: maxLength ?? null,
        choices: toChoices(more.choices, language),
        hasAutocomplete: more.hasAutocomplete,
      }),
    ),
  };
}

export function toChoices(choices: readonly SimulatedChoice[], language: Language): Choice[] {
  return choices.map(({ name, nameLocalizations, value }) => ({
    name: nameLocalizations[toLocale(language)] ?? name,
    value,
  }));
}
