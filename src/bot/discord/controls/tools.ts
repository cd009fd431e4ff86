/** `/tools`: the tools that the bot can use, by server, or all about one. No model is asked. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  AttachmentBuilder,
  type BaseInteraction,
  type ButtonInteraction,
  type InteractionEditReplyOptions,
  MessageFlags,
} from 'discord.js';
import type { ServerTools } from '../../../agent/offered-tool.ts';
import { cut } from '../../../text.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { approverRoles } from './approvers.ts';
import { type Command, type ControlsContext, fill, guildOf, tell } from './control.ts';
import { toLastingId } from './lasting.ts';
import { pageButtons, readPage, toButtonRows, withPlace } from './pages.ts';
import { type ToolsOptions, toToolDetails, toToolPages } from './tools-text.ts';

const toolOptionName = 'tool';
/** How long it waits for tool servers that are not connected; while somebody types, Discord itself waits for 3 s. */
const toolsWithinMs = 3_000;
const suggestWithinMs = 1_000;
/** Discord's limit of what is suggested, and of the length of each. Source: https://discord.com/developers/docs/interactions/application-commands#autocomplete */
const mostSuggestions = 25;
const maxSuggestion = 100;

export const tools: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'tools',
    description: catalogues.en.commands.tools.description,
    description_localizations: { ko: catalogues.ko.commands.tools.description },
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: toolOptionName,
        description: catalogues.en.commands.tools.toolDescription,
        description_localizations: { ko: catalogues.ko.commands.tools.toolDescription },
        autocomplete: true,
        max_length: maxSuggestion,
      },
    ],
  },
  async run(interaction, context) {
    const wanted = interaction.options.getString(toolOptionName)?.trim() ?? '';
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const servers = await context.agent.tools(AbortSignal.timeout(toolsWithinMs), {
      personId: interaction.user.id,
      guildId: guildOf(interaction),
    });
    const options = optionsOf(interaction, context);
    await fill(interaction, wanted === '' ? toListReply(servers, 0, options) : toToolReply(servers, wanted, options));
  },
  async suggest(interaction, { agent }) {
    const typed = interaction.options.getFocused().trim();
    return findTools(
      await agent.tools(AbortSignal.timeout(suggestWithinMs), {
        personId: interaction.user.id,
        guildId: guildOf(interaction),
      }),
      typed,
    );
  },
};

/** A press on a button below the list shows another page. */
export async function turnToolsPage(
  interaction: ButtonInteraction,
  [value]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return await tell(interaction, 'spent');
  await interaction.deferUpdate();
  const servers = await context.agent.tools(AbortSignal.timeout(toolsWithinMs), {
    personId: interaction.user.id,
    guildId: guildOf(interaction),
  });
  await fill(interaction, toListReply(servers, page, optionsOf(interaction, context)));
}

/** The list may have become shorter since the button was made: then its last page is shown. */
function toListReply(
  servers: readonly ServerTools[],
  wanted: number,
  options: ToolsOptions,
): InteractionEditReplyOptions {
  const pages = toToolPages(servers, options);
  const page = Math.min(wanted, pages.length - 1);
  const texts = catalogues[options.language].commands.pages;
  const toId = (other: number) => toLastingId('tools', other);
  const labels = { back: texts.previous, on: texts.next };
  return {
    content: withPlace(pages[page] ?? '', page, pages.length, options.language),
    components: toButtonRows(pageButtons({ page, pages: pages.length, toId, labels }), 2),
  };
}

function toToolReply(
  servers: readonly ServerTools[],
  wanted: string,
  options: ToolsOptions,
): InteractionEditReplyOptions {
  const all = servers.flatMap(({ server, tools: some }) => some.map((tool) => ({ server, tool })));
  const found =
    all.find(({ tool }) => tool.name === wanted) ??
    all.find(({ tool }) => tool.name.toLowerCase() === wanted.toLowerCase());
  if (found === undefined) return { content: catalogues[options.language].replies['no-such-tool'] };
  const { content, file } = toToolDetails(found.server, found.tool, options);
  return {
    content,
    files: file === undefined ? [] : [new AttachmentBuilder(Buffer.from(file.text), { name: file.name })],
  };
}

/** Those that begin with what is typed before those that have it somewhere. */
function findTools(servers: readonly ServerTools[], typed: string) {
  const wanted = typed.toLowerCase();
  const all = servers.flatMap(({ server, tools: some }) => some.map(({ name }) => ({ server, name })));
  const rank = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return all
    .filter(({ server, name }) => `${name}\n${server}`.toLowerCase().includes(wanted))
    .toSorted((one, other) => rank(one.name) - rank(other.name))
    .slice(0, mostSuggestions)
    .map(({ server, name }) => ({ name: cut(`${name} – ${server}`, maxSuggestion), value: name }));
}

function optionsOf(
  interaction: Pick<BaseInteraction, 'guild' | 'locale'>,
  { approverRoleIds }: ControlsContext,
): ToolsOptions {
  return {
    language: toLanguage(interaction.locale),
    approverRoles: approverRoles(interaction, approverRoleIds),
  };
}
