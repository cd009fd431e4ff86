/** What the bot may do in the channels of one server, by discord.js's own reckoning. */
import {
  ChannelType,
  type Guild,
  type GuildBasedChannel,
  type GuildMember,
  PermissionFlagsBits,
  type PermissionsString,
} from 'discord.js';

/** A permission that the bot uses, by the name that Discord's documentation has for it. */
export type UsedPermission =
  | 'ViewChannel'
  | 'SendMessages'
  | 'SendMessagesInThreads'
  | 'ReadMessageHistory'
  | 'AttachFiles'
  | 'Connect';

export interface ChannelState {
  readonly id: string;
  readonly name: string;
  /** What the bot lacks of what it uses there. */
  readonly missing: readonly UsedPermission[];
  /** Members without a role cannot see it or write there either: a place that is closed on purpose. */
  readonly isClosed: boolean;
}

export interface GuildState {
  readonly id: string;
  readonly name: string;
  /** The bot was told to be silent for some time. */
  readonly isTimedOut: boolean;
  /** Those with text of their own. What the bot may not see, Discord may leave out. */
  readonly channels: readonly ChannelState[];
}

const forReplies = ['ReadMessageHistory', 'AttachFiles'] as const;
const inText: readonly UsedPermission[] = ['ViewChannel', 'SendMessages', 'SendMessagesInThreads', ...forReplies];
/** Text of a voice channel is for those who may join it, and has no threads. */
const inVoice: readonly UsedPermission[] = ['ViewChannel', 'Connect', 'SendMessages', ...forReplies];
const inForum: readonly UsedPermission[] = ['ViewChannel', 'SendMessagesInThreads', ...forReplies];

const used: ReadonlyMap<ChannelType, readonly UsedPermission[]> = new Map([
  [ChannelType.GuildText, inText],
  [ChannelType.GuildAnnouncement, inText],
  [ChannelType.GuildVoice, inVoice],
  [ChannelType.GuildStageVoice, inVoice],
  [ChannelType.GuildForum, inForum],
  [ChannelType.GuildMedia, inForum],
]);
const toWrite = ['ViewChannel', 'SendMessages', 'SendMessagesInThreads', 'Connect'] as const;

export function toGuildState(
  guild: Guild,
  bot: GuildMember,
  channels: readonly (GuildBasedChannel | null)[],
): GuildState {
  return {
    id: guild.id,
    name: guild.name,
    isTimedOut: bot.isCommunicationDisabled(),
    channels: channels.flatMap((channel) => (channel === null ? [] : toChannelState(guild, bot, channel))),
  };
}

function toChannelState(guild: Guild, bot: GuildMember, channel: GuildBasedChannel): ChannelState | [] {
  const needed = used.get(channel.type);
  if (needed === undefined) return [];
  const lacks = (who: GuildMember | typeof guild.roles.everyone) => {
    const had = channel.permissionsFor(who);
    return needed.filter((name: PermissionsString & UsedPermission) => !had.has(PermissionFlagsBits[name]));
  };
  const missing = lacks(bot);
  const isSilent = (names: readonly UsedPermission[]) =>
    names.some((name) => toWrite.some((needed) => needed === name));
  return {
    id: channel.id,
    name: channel.name,
    missing,
    isClosed: isSilent(lacks(guild.roles.everyone)),
  };
}
