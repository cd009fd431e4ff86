/** `/approvals`: which calls are made without asking, as far as they are the member's to know, and the buttons that end that. */
import {
  ApplicationCommandType,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type InteractionEditReplyOptions,
  MessageFlags,
} from 'discord.js';
import type { Grant } from '../../../agent/agent.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { isModerator } from '../access.ts';
import { pingNobody } from '../message-body.ts';
import { toPlainText } from '../plain-text.ts';
import { discordSurface } from '../surface.ts';
import { type Command, type ControlsContext, fill, tell, tellText } from './control.ts';
import { toLastingId } from './lasting.ts';
import { button, pageButtons, readPage, toButtonRows, withPlace } from './pages.ts';

const perPage = 5;
const maxTool = 80;
const mostNamed = 5;

export const approvals: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'approvals',
    description: catalogues.en.approvals.list.description,
    description_localizations: { ko: catalogues.ko.approvals.list.description },
  },
  async run(interaction, context) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await show(interaction, 0, context);
  },
};

/** A press on a button below the list shows another page. */
export async function turnApprovalsPage(
  interaction: ButtonInteraction,
  [value]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return await tell(interaction, 'spent');
  await interaction.deferUpdate();
  await show(interaction, page, context);
}

export async function endApproval(
  interaction: ButtonInteraction,
  [id = '']: readonly string[],
  context: ControlsContext,
): Promise<void> {
  await interaction.deferUpdate();
  const { ended, notYours } = catalogues[toLanguage(interaction.locale)].approvals.list;
  try {
    const grant = (await context.agent.grants()).find((each) => each.id === id);
    if (grant === undefined) return await tell(interaction, 'settled');
    if (!mayEnd(interaction, grant, context)) return await tellText(interaction, notYours);
    await context.agent.endGrant(id, interaction.user.id);
  } catch (error) {
    context.log.error('grant-not-ended', { error });
    return await tell(interaction, 'not-kept');
  }
  await show(interaction, 0, context);
  await tellText(interaction, ended);
}

async function show(
  interaction: ButtonInteraction | ChatInputCommandInteraction,
  page: number,
  context: ControlsContext,
): Promise<void> {
  const language = toLanguage(interaction.locale);
  const message = await context.agent.grants().then(
    (grants) => {
      const known = grants.filter((grant) => mayKnow(interaction, grant, context));
      return toList(known, page, language);
    },
    (error: unknown): InteractionEditReplyOptions => {
      context.log.error('grants-not-read', { error });
      return { content: catalogues[language].replies['not-read'], components: [] };
    },
  );
  await fill(interaction, message);
}

/** The list may have become shorter since the button was made: then its last page is shown. */
function toList(grants: readonly Grant[], wanted: number, language: Language): InteractionEditReplyOptions {
  const { list, buttons: labels } = catalogues[language].approvals;
  if (grants.length === 0) return { content: list.none, components: [], allowedMentions: pingNobody };
  const pages = Math.ceil(grants.length / perPage);
  const page = Math.min(wanted, pages - 1);
  const shown = grants.slice(page * perPage, (page + 1) * perPage);
  const numberOf = (place: number) => String(page * perPage + place + 1);
  const lines = shown.map((grant, place) => toLine(grant, numberOf(place), language));
  const ends = shown.map(({ id }, place) =>
    button(
      toLastingId('end', id),
      labels.end.replace('{number}', () => numberOf(place)),
    ),
  );
  const { previous: back, next: on } = catalogues[language].commands.pages;
  const toId = (other: number) => toLastingId('approvals', other);
  const turning = pageButtons({ page, pages, toId, labels: { back, on } });
  return {
    content: withPlace([`**${list.heading}**`, ...lines].join('\n'), page, pages, language),
    components: [...toButtonRows(ends, perPage), ...toButtonRows(turning, 2)],
    allowedMentions: pingNobody,
  };
}

function toLine(grant: Grant, number: string, language: Language): string {
  const { line, here, asker } = catalogues[language].approvals.list;
  const { scope, targetId, server, tool, by, until } = grant;
  const where =
    scope === 'here'
      ? here.replace('{place}', () => `<#${targetId}>`)
      : asker.replace('{person}', () => `<@${targetId}>`);
  const named = by.slice(0, mostNamed).map((id) => `<@${id}>`);
  return line
    .replace('{number}', () => number)
    .replace('{tool}', () => toPlainText(`${server}: ${tool}`, maxTool).replaceAll(/[\\`]/g, ''))
    .replace('{where}', () => where)
    .replace('{who}', () => (by.length > mostNamed ? [...named, '…'] : named).join(', '))
    .replace('{until}', () => discordSurface.toTime(until));
}

/** One's own, those of the channel, and for moderators all of their server. */
function mayKnow(interaction: BaseInteraction, grant: Grant, context: ControlsContext): boolean {
  const isOfChannel = grant.scope === 'here' && grant.targetId === interaction.channelId;
  return isOfChannel || mayEnd(interaction, grant, context);
}

function mayEnd(
  interaction: BaseInteraction,
  { scope, targetId, by, guildId }: Grant,
  context: ControlsContext,
): boolean {
  const { id } = interaction.user;
  if (by.includes(id) || (scope === 'asker' && targetId === id)) return true;
  const isOfServer = guildId !== undefined && guildId === interaction.guildId;
  return isOfServer && isModerator(interaction, context.approverRoleIds);
}
