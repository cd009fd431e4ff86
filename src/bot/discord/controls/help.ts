/** `/help`: what the bot can do here, with buttons that ask an example. */
import {
  ApplicationCommandType,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  InteractionContextType,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import type { OfferedTool } from '../../../agent/offered-tool.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { mayAsk, toAsker } from '../access.ts';
import { ask, isBotThere } from '../asking.ts';
import { approverRoles } from './approvers.ts';
import { type Command, type ControlsContext, fill, guildOf, tell } from './control.ts';
import { examplesFor, exampleText, type HelpPlace, toHelpText } from './help-text.ts';
import { toLastingId } from './lasting.ts';
import { button, toButtonRows } from './pages.ts';

/** How long it waits for tool servers that are not connected. */
const toolsWithinMs = 3_000;
const examplesPerRow = 2;

export const help: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'help',
    description: catalogues.en.commands.help.description,
    description_localizations: { ko: catalogues.ko.commands.help.description },
  },
  async run(interaction, context) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const servers = await context.agent.tools(AbortSignal.timeout(toolsWithinMs), {
      personId: interaction.user.id,
      guildId: guildOf(interaction),
    });
    const tools = servers.filter(({ isUp }) => isUp).flatMap((server) => server.tools);
    const place = placeOf(interaction, tools, context);
    const language = toLanguage(interaction.locale);
    const examples = examplesFor(place).map((name) => exampleButton(language, name));
    await fill(interaction, {
      content: toHelpText(place, language),
      components: toButtonRows(examples, examplesPerRow),
    });
  },
};

/** A press on an example asks it, as `/ask` would. */
export async function askExample(
  interaction: ButtonInteraction,
  [language, name]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const text = exampleText(language, name);
  if (text === undefined) return await tell(interaction, 'spent');
  const { channelId, user } = interaction;
  // Pressed twice: the question is on its way.
  if (context.answering.isAsked({ channelId, authorId: user.id, text }))
    return await tell(interaction, 'asked-already');
  await ask(
    interaction,
    { words: text },
    {
      ...context,
      whenPrepared: (take) => take(context),
      // Only a command can be.
      isPrivate: async () => false,
    },
  );
}

function exampleButton(language: Language, name: Parameters<typeof exampleText>[1] & string) {
  return button(toLastingId('example', language, name), exampleText(language, name) ?? name);
}

function placeOf(
  interaction: ChatInputCommandInteraction,
  tools: readonly OfferedTool[],
  { access, approverRoleIds }: ControlsContext,
): HelpPlace {
  const { appPermissions, channel, context, guildId, memberPermissions } = interaction;
  const { AttachFiles, ManageMessages, ReadMessageHistory, SendMessages, SendMessagesInThreads, ViewChannel } =
    PermissionFlagsBits;
  const writing = channel?.isThread() === true ? SendMessagesInThreads : SendMessages;
  return {
    isDirect: context === InteractionContextType.BotDM,
    isBotThere: isBotThere(interaction),
    mayAsk: mayAsk(access, toAsker(interaction)),
    mayForget: guildId === null || memberPermissions?.has(ManageMessages) === true,
    mayBotWrite: appPermissions.has([ViewChannel, writing]),
    mayBotAttach: appPermissions.has(AttachFiles),
    mayBotReadHistory: appPermissions.has(ReadMessageHistory),
    tools,
    approverRoles: approverRoles(interaction, approverRoleIds),
  };
}
