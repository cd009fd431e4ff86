/** How an interaction may be acknowledged by a process that cannot answer it: what is read of Discord's JSON for that. */
import { ApplicationCommandType, InteractionContextType, InteractionType } from 'discord.js';
import { isRecord } from '../../../json.ts';
import type { Asker } from '../access.ts';
import { askCommandName, privateOptionName } from '../ask-command.ts';
import type { SettingsPlace } from '../settings/place.ts';
import { guildIdOf, type RawInteraction } from './arrival.ts';

/**
 * - `private` with «thinking» for the one who used it;
 * - `asked` with «thinking» for whoever sees the answer, which is private where whoever asks says so, or else what is set there;
 * - `not` what answers it may be a dialog, or changes the message that was pressed: nothing can be said before.
 */
export type Deferral =
  | { readonly type: 'private' | 'not' }
  | {
      readonly type: 'asked';
      readonly isPrivate: boolean | undefined;
      readonly place: SettingsPlace;
      readonly asker: Asker;
    };

/** @param otherCommands Names of those that only the one who used them sees the answer of. */
export function deferralOf(interaction: RawInteraction, otherCommands: readonly string[]): Deferral {
  const data = isRecord(interaction.data) ? interaction.data : {};
  const isCommand = interaction.type === InteractionType.ApplicationCommand;
  if (!isCommand || data.type !== ApplicationCommandType.ChatInput) return { type: 'not' };
  if (otherCommands.includes(String(data.name))) return { type: 'private' };
  if (data.name !== askCommandName) return { type: 'not' };
  const isDm = interaction.context === InteractionContextType.BotDM;
  const [place, asker] = [toPlace(interaction), toAsker(interaction)];
  return { type: 'asked', isPrivate: isDm ? false : saysPrivate(data.options), place, asker };
}

function saysPrivate(options: unknown): boolean | undefined {
  const found: unknown = Array.isArray(options)
    ? options.find((option: unknown) => isRecord(option) && option.name === privateOptionName)
    : undefined;
  return isRecord(found) && typeof found.value === 'boolean' ? found.value : undefined;
}

/** As `settings/place.ts` finds it, without what the gateway has told of channels. */
function toPlace(interaction: RawInteraction): SettingsPlace {
  const { id, parent_id: parentId, thread_metadata: thread } = isRecord(interaction.channel) ? interaction.channel : {};
  const channelId = String(id ?? '');
  const above = isRecord(thread) && typeof parentId === 'string' ? parentId : undefined;
  return {
    guildId: guildIdOf(interaction),
    channelIds: above === undefined ? [channelId] : [channelId, above],
    channelId: above ?? channelId,
    userId: userIdOf(interaction),
  };
}

function toAsker(interaction: RawInteraction): Asker {
  const { roles } = isRecord(interaction.member) ? interaction.member : {};
  const roleIds = Array.isArray(roles) ? roles.map(String) : [];
  return { userId: userIdOf(interaction), guildId: guildIdOf(interaction), roleIds };
}

function userIdOf({ user, member }: RawInteraction): string {
  const used = isRecord(member) ? member.user : user;
  return isRecord(used) ? String(used.id) : '';
}
