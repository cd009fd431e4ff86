/** `/history`: what was asked in the channel, or by one member for themselves there, in pages and as a file. For those who can read the channel's messages. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  AttachmentBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  InteractionContextType,
  type InteractionEditReplyOptions,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import { conversationOf, type Turn } from '../../../agent/turn.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { discordSurface } from '../surface.ts';
import { type Command, type ControlsContext, fill, tell } from './control.ts';
import { type Conversation, type HistoryFile, historyFormats, toHistoryFile } from './history-file.ts';
import { toHistoryPage } from './history-text.ts';
import { toLastingId } from './lasting.ts';
import { button, pageButtons, readPage, toButtonRows, withPlace } from './pages.ts';

const privateOptionName = 'private';

/** Whose conversation in the channel: that of all, or what one member has to themselves there. */
const kinds = ['all', 'own'] as const;
type Kind = (typeof kinds)[number];

type HistoryInteraction = ButtonInteraction | ChatInputCommandInteraction;

export const history: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'history',
    description: catalogues.en.commands.history.description,
    description_localizations: { ko: catalogues.ko.commands.history.description },
    options: [
      {
        type: ApplicationCommandOptionType.Boolean,
        name: privateOptionName,
        description: catalogues.en.commands.history.privateDescription,
        description_localizations: { ko: catalogues.ko.commands.history.privateDescription },
      },
    ],
  },
  async run(interaction, context) {
    const kind = kindOf(interaction);
    if (!mayRead(interaction, kind)) return await tell(interaction, 'only-readers');
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const conversation = await read(interaction, kind, context);
    if (conversation === undefined) return;
    await fill(interaction, toReply(conversation, kind, { page: 0, language: toLanguage(interaction.locale) }));
  },
};

/** A press on Newer or Older. The pages are those of the turns up to the newest one at the time of the command: what is asked meanwhile moves none. */
export async function turnHistoryPage(
  interaction: ButtonInteraction,
  [channelId, wanted, newest, value]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const page = readPage(value);
  const kind = kinds.find((known) => known === wanted);
  if (page === undefined || kind === undefined) return await tell(interaction, 'spent');
  if (channelId !== interaction.channelId) return await tell(interaction, 'elsewhere');
  if (!mayRead(interaction, kind)) return await tell(interaction, 'only-readers');
  await interaction.deferUpdate();
  const conversation = await read(interaction, kind, context);
  if (conversation === undefined) return;
  const last = conversation.turns.findIndex(({ question }) => question.id === newest);
  // Forgotten, so long ago that it is not known any more, or somebody else's own.
  if (last === -1) return await tell(interaction, 'spent');
  const turns = conversation.turns.slice(0, last + 1);
  await fill(
    interaction,
    toReply({ ...conversation, turns }, kind, { page, language: toLanguage(interaction.locale) }),
  );
}

/** A press on a button that saves everything there is. */
export async function saveHistory(
  interaction: ButtonInteraction,
  [channelId, wantedKind, wantedFormat]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const format = historyFormats.find((known) => known === wantedFormat);
  const kind = kinds.find((known) => known === wantedKind);
  if (format === undefined || kind === undefined) return await tell(interaction, 'spent');
  if (channelId !== interaction.channelId) return await tell(interaction, 'elsewhere');
  if (!mayRead(interaction, kind)) return await tell(interaction, 'only-readers');
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const conversation = await read(interaction, kind, context);
  if (conversation === undefined) return;
  const language = toLanguage(interaction.locale);
  if (conversation.turns.length === 0)
    return await fill(interaction, { content: catalogues[language].commands.history.empty });
  const most = Math.min(interaction.attachmentSizeLimit, discordSurface.uploadBytes);
  const file = toHistoryFile(conversation, { format, language, most });
  context.log.info('history-saved', { channelId, kind, format, turns: file.turns });
  await fill(interaction, toFileReply(file, conversation.turns.length - file.turns, language));
}

/** A direct message with the bot has one conversation, as for `/ask`. */
function kindOf({ options, context }: ChatInputCommandInteraction): Kind {
  return options.getBoolean(privateOptionName) === true && context !== InteractionContextType.BotDM ? 'own' : 'all';
}

/**
 * What one has asked for oneself, always; what others have said, as Discord has computed it for that member in that channel.
 * In direct messages and groups, whoever is there has read all of it.
 */
function mayRead({ guildId, memberPermissions }: HistoryInteraction, kind: Kind): boolean {
  const { ReadMessageHistory, ViewChannel } = PermissionFlagsBits;
  if (kind === 'own' || guildId === null) return true;
  return memberPermissions?.has([ViewChannel, ReadMessageHistory]) === true;
}

/** Undefined when it cannot be read: then that is said. */
async function read(
  interaction: HistoryInteraction,
  kind: Kind,
  { agent, log }: ControlsContext,
): Promise<Conversation | undefined> {
  const { channelId, user } = interaction;
  const own = kind === 'own' ? { isPrivate: true as const } : {};
  const key = conversationOf({ channelId, authorId: user.id, ...own });
  try {
    const [turns, summary] = await Promise.all([agent.history(key), agent.summary(key)]);
    return { channelId, turns, summary };
  } catch (error) {
    log.error('history-not-read', { channelId, error });
    await tell(interaction, 'not-read');
    return undefined;
  }
}

function toReply(
  { channelId, turns, summary }: Conversation,
  kind: Kind,
  options: { readonly page: number; readonly language: Language },
): InteractionEditReplyOptions {
  const { language } = options;
  const { history: texts } = catalogues[language].commands;
  const newest: Turn | undefined = turns.at(-1);
  if (newest === undefined) return { content: texts.empty, components: [] };
  const { content, page, pages } = toHistoryPage(turns, {
    ...options,
    isOwn: kind === 'own',
    hasSummary: summary !== undefined,
  });
  const labels = { back: texts.newer, on: texts.older };
  const toId = (other: number) => toLastingId('history', channelId, kind, newest.question.id, other);
  const save = [
    button(toLastingId('save', channelId, kind, 'markdown'), texts.toMarkdown),
    button(toLastingId('save', channelId, kind, 'json'), texts.toJson),
  ];
  return {
    content: withPlace(content, page, pages, language),
    components: [...toButtonRows(pageButtons({ page, pages, toId, labels }), 2), ...toButtonRows(save, 2)],
  };
}

function toFileReply(
  { name, data, turns }: HistoryFile,
  leftOut: number,
  language: Language,
): InteractionEditReplyOptions {
  const { history: texts } = catalogues[language].commands;
  const lines = [texts.saved(turns), ...(leftOut === 0 ? [] : [texts.leftOut(leftOut)])];
  return { content: lines.join('\n'), files: [new AttachmentBuilder(data, { name, description: lines.join(' ') })] };
}
