/** `/history`: what was asked in the channel, in pages, and the conversation as a file. For those who can read the channel's messages. */
import {
  ApplicationCommandType,
  AttachmentBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type InteractionEditReplyOptions,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import type { Turn } from '../../../agent/turn.ts';
import { catalogues, type Language, toLanguage } from '../../channel/catalogue.ts';
import { discordSurface } from '../surface.ts';
import { type Command, type ControlsContext, fill, tell } from './control.ts';
import { type Conversation, historyFormats, toHistoryFile } from './history-file.ts';
import { toHistoryPage } from './history-text.ts';
import { toLastingId } from './lasting.ts';
import { button, pageButtons, readPage, toButtonRows, withPlace } from './pages.ts';

export const history: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'history',
    description: catalogues.en.commands.history.description,
    description_localizations: { ko: catalogues.ko.commands.history.description },
  },
  async run(interaction, context) {
    if (!mayRead(interaction)) return await tell(interaction, 'only-readers');
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const conversation = await read(interaction, context);
    if (conversation !== undefined) await fill(interaction, toReply(conversation, 0, toLanguage(interaction.locale)));
  },
};

/** A press on Newer or Older. The pages are those of the turns up to the newest one at the time of the command: what is asked meanwhile moves none. */
export async function turnHistoryPage(
  interaction: ButtonInteraction,
  [channelId, newest, value]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return await tell(interaction, 'spent');
  if (channelId !== interaction.channelId) return await tell(interaction, 'elsewhere');
  if (!mayRead(interaction)) return await tell(interaction, 'only-readers');
  await interaction.deferUpdate();
  const conversation = await read(interaction, context);
  if (conversation === undefined) return;
  const last = conversation.turns.findIndex(({ question }) => question.id === newest);
  // Forgotten, or so long ago that it is not known any more.
  if (last === -1) return await tell(interaction, 'spent');
  const turns = conversation.turns.slice(0, last + 1);
  await fill(interaction, toReply({ ...conversation, turns }, page, toLanguage(interaction.locale)));
}

/** A press on a button that saves everything there is. */
export async function saveHistory(
  interaction: ButtonInteraction,
  [channelId, wanted]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const format = historyFormats.find((known) => known === wanted);
  if (format === undefined) return await tell(interaction, 'spent');
  if (channelId !== interaction.channelId) return await tell(interaction, 'elsewhere');
  if (!mayRead(interaction)) return await tell(interaction, 'only-readers');
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const conversation = await read(interaction, context);
  if (conversation === undefined) return;
  const language = toLanguage(interaction.locale);
  const { commands } = catalogues[language];
  if (conversation.turns.length === 0) {
    await fill(interaction, { content: commands.history.empty });
    return;
  }
  const most = Math.min(interaction.attachmentSizeLimit, discordSurface.uploadBytes);
  const file = toHistoryFile(conversation, { format, language, most });
  context.log.info('history-saved', { channelId, format, turns: file.turns });
  const leftOut = conversation.turns.length - file.turns;
  const lines = [commands.history.saved(file.turns), ...(leftOut === 0 ? [] : [commands.history.leftOut(leftOut)])];
  await fill(interaction, {
    content: lines.join('\n'),
    files: [new AttachmentBuilder(file.data, { name: file.name, description: lines.join(' ') })],
  });
}

/** As Discord has computed it for that member in that channel. In direct messages and groups, whoever is there has read all of it. */
function mayRead({ guildId, memberPermissions }: ButtonInteraction | ChatInputCommandInteraction): boolean {
  const { ReadMessageHistory, ViewChannel } = PermissionFlagsBits;
  return guildId === null || memberPermissions?.has([ViewChannel, ReadMessageHistory]) === true;
}

/** Undefined when it cannot be read: then that is said. */
async function read(
  interaction: ButtonInteraction | ChatInputCommandInteraction,
  { agent, log }: ControlsContext,
): Promise<Conversation | undefined> {
  const { channelId } = interaction;
  try {
    const [turns, summary] = await Promise.all([agent.history(channelId), agent.summary(channelId)]);
    return { channelId, turns, summary };
  } catch (error) {
    log.error('history-not-read', { channelId, error });
    await tell(interaction, 'not-read');
    return undefined;
  }
}

function toReply(
  { channelId, turns, summary }: Conversation,
  wanted: number,
  language: Language,
): InteractionEditReplyOptions {
  const { commands } = catalogues[language];
  const newest: Turn | undefined = turns.at(-1);
  if (newest === undefined) return { content: commands.history.empty, components: [] };
  const { content, page, pages } = toHistoryPage(turns, { page: wanted, language, hasSummary: summary !== undefined });
  const labels = { back: commands.history.newer, on: commands.history.older };
  const toId = (other: number) => toLastingId('history', channelId, newest.question.id, other);
  const save = [
    button(toLastingId('save', channelId, 'markdown'), commands.history.toMarkdown),
    button(toLastingId('save', channelId, 'json'), commands.history.toJson),
  ];
  return {
    content: withPlace(content, page, pages, language),
    components: [...toButtonRows(pageButtons({ page, pages, toId, labels }), 2), ...toButtonRows(save, 2)],
  };
}
