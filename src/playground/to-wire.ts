/** From the simulated Discord's objects to what the page is told of them. Pure. */
import type {
  SimulatedChannel,
  SimulatedCommand,
  SimulatedGuild,
  SimulatedMessage,
  SimulatedUser,
} from '../simulator/discord/discord.ts';
import type { Channel, Command, Guild, Language, Member, Message } from './wire.ts';

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
  return { id, name, kind, guildId: guild?.id ?? null, parentId: parentId ?? null };
}

export function toMember({ id, displayName, isBot }: SimulatedUser, isOnline: boolean): Member {
  return { id, name: displayName, isBot, isOnline };
}

export function toMessage(message: SimulatedMessage): Message {
  const { author, interaction } = message;
  return {
    id: message.id,
    channelId: message.channelId,
    author: { id: author.id, name: author.displayName, isBot: author.isBot },
    content: message.content,
    createdAt: message.createdAt,
    editedAt: message.editedAt ?? null,
    repliesTo: message.repliesTo ?? null,
    pings: [...message.pings],
    attachments: message.attachments.map(({ id, filename, size }) => ({ id, filename, size })),
    interaction: interaction
      ? {
          id: interaction.id,
          userId: interaction.user.id,
          userName: interaction.user.displayName,
          command: interaction.command,
          isThinking: interaction.isThinking,
        }
      : null,
  };
}

export function toCommand(command: SimulatedCommand, language: Language): Command {
  return {
    name: command.name,
    description: command.descriptionLocalizations[toLocale(language)] ?? command.description,
    options: command.options.map(({ name, description, isRequired, maxLength }) => ({
      name,
      description,
      isRequired,
      maxLength: maxLength ?? null,
    })),
  };
}
