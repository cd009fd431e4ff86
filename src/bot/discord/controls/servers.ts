/**
 * `/servers`: a panel in which members with Manage Server add tool servers for their own server, where the operator lets them. Who
 * may is asked again with each press. What is typed into the dialog may be secret: it is in no message and in no log.
 */
import {
  type AnySelectMenuInteraction,
  ApplicationCommandType,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  InteractionContextType,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
} from 'discord.js';
import type { GuildServers } from '../../../agent/guild-server.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import type { ServersTexts } from '../../channel/texts/servers.ts';
import { textsDialog } from '../form-modal.ts';
import { idOf, type ServersPageOptions, toServerPage, toServersOverview } from '../servers/pages.ts';
import { type Command, type ControlsContext, fill, tell, tellText, unlessAway } from './control.ts';
import { isManager } from './manager.ts';
import { readPage } from './pages.ts';
import { toPanel } from './panel.ts';

type Used = ButtonInteraction | AnySelectMenuInteraction | ModalSubmitInteraction;
type Anybody = Used | ChatInputCommandInteraction;

/** How long it waits for servers that are not connected, and for one that is tried. */
const listWithinMs = 3_000;
const tryWithinMs = 20_000;
/** Of what is typed. */
const maxTyped = { name: 20, address: 500, header: 2_000 } as const;
const fieldNames = ['name', 'address', 'header'] as const;

export const servers: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'servers',
    description: catalogues.en.servers.description,
    description_localizations: { ko: catalogues.ko.servers.description },
    // Whom Discord shows it; who may is decided here.
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
    contexts: [InteractionContextType.Guild],
  },
  async run(interaction, context) {
    const place = placeFor(interaction, context);
    if (typeof place === 'string') return await tellText(interaction, place);
    // The store may take longer than Discord waits.
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await unlessAway(interaction, context, async () => {
      await fill(interaction, toPanel(toServersOverview(await pageOptions(place))));
    });
  },
};

/** A press, a choice or a dialog of the panel. What its name says may be of an earlier version, or made up. */
export async function useServers(
  interaction: Used,
  [action = '', name = '', detail]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const place = placeFor(interaction, context);
  if (typeof place === 'string') return await tellText(interaction, place);
  if (action === 'add' && 'showModal' in interaction) return await interaction.showModal(toDialog(place.language));
  const values = 'values' in interaction ? interaction.values : [];
  const wanted = action === 'open' ? (values[0] ?? '') : name;
  const view = { page: readPage(detail) ?? 0, isLeaving: action === 'remove' };
  const deed = deedOf(interaction, action, wanted, place);
  if (deed === undefined) return await tell(interaction, 'spent');
  await interaction.deferUpdate();
  await unlessAway(interaction, context, async () => {
    const note = await deed();
    const options = { ...(await pageOptions(place)), note };
    const shown = options.servers.find((server) => server.name === wanted);
    await interaction.editReply(toPanel(shown ? toServerPage(shown, options, view) : toServersOverview(options)));
  });
}

/** Where it is used, and by whom. */
interface ServersPlace {
  readonly stored: GuildServers;
  readonly guildId: string;
  readonly by: string;
  readonly language: Language;
}

/** Or why it cannot be used there, in the member's words. */
function placeFor(interaction: Anybody, { agent }: ControlsContext): ServersPlace | string {
  const language = toLanguage(interaction.locale);
  const texts = catalogues[language].servers;
  const { guildId, user } = interaction;
  if (agent.guildServers === undefined) return texts.off;
  if (guildId === null) return texts.onlyInServers;
  if (!isManager(interaction)) return texts.onlyManagers;
  return { stored: agent.guildServers, guildId, by: user.id, language };
}

/** What is to be done before the panel is shown anew; it resolves with a line about it. Undefined: there is no such action. */
function deedOf(
  interaction: Used,
  action: string,
  name: string,
  { stored, guildId, by, language }: ServersPlace,
): (() => Promise<string | undefined>) | undefined {
  const texts = catalogues[language].servers;
  const unlessGone = (isThere: boolean, said?: string) => (isThere ? said : named(texts.gone, name));
  switch (action) {
    case 'all':
    case 'open':
    case 'page':
    case 'remove':
      return async () => undefined;
    case 'gone':
      return async () => unlessGone(await stored.remove(guildId, name, by), named(texts.removed, name));
    case 'probe':
      return async () => toProbeLine(name, await stored.probe(guildId, name, tryWithin()), texts);
    case 'new':
      return interaction.isModalSubmit() ? () => add(interaction, { stored, guildId, by, language }) : undefined;
    case 'off': {
      if (!interaction.isStringSelectMenu()) return undefined;
      const change = { shown: interaction.component.options.map(({ value }) => value), off: interaction.values };
      return async () => unlessGone(await stored.switchTools(guildId, name, change, by));
    }
    case 'approval': {
      if (!interaction.isStringSelectMenu()) return undefined;
      const approval = interaction.values[0] === 'always' ? 'always' : 'destructive';
      return async () => unlessGone(await stored.setApproval(guildId, name, approval, by));
    }
    default:
      return undefined;
  }
}

async function add(
  interaction: ModalSubmitInteraction,
  { stored, guildId, by, language }: ServersPlace,
): Promise<string> {
  const texts = catalogues[language].servers;
  const typed = (field: (typeof fieldNames)[number]) => interaction.fields.getTextInputValue(field);
  const server = { name: typed('name'), address: typed('address'), header: typed('header') };
  const outcome = await stored.add(guildId, server, by, tryWithin());
  if (outcome.type === 'refused') return `⚠️ ${texts.problems[outcome.problem]}`;
  return named(texts.added, server.name.trim().toLowerCase());
}

function toProbeLine(name: string, outcome: Awaited<ReturnType<GuildServers['probe']>>, texts: ServersTexts): string {
  if (outcome.type === 'gone') return named(texts.gone, name);
  if (outcome.type === 'down') return `⚠️ ${texts.problems[outcome.problem]}`;
  const { connectMs, latencyMs } = outcome;
  return named(texts.probed, name).replace('{connect}', String(connectMs)).replace('{latency}', String(latencyMs));
}

/** @param name Of a server, or made up. */
function named(sentence: string, name: string): string {
  return sentence.replace('{name}', () => name.replace(/[^a-z0-9-]/g, '').slice(0, maxTyped.name));
}

function tryWithin(): AbortSignal {
  return AbortSignal.timeout(tryWithinMs);
}

async function pageOptions({ stored, guildId, language }: ServersPlace): Promise<ServersPageOptions> {
  return { servers: await stored.list(guildId, AbortSignal.timeout(listWithinMs)), bounds: stored, language };
}

function toDialog(language: Language) {
  const { dialogTitle, fields } = catalogues[language].servers;
  return textsDialog({
    customId: idOf('new'),
    title: dialogTitle,
    fields: fieldNames.map((fieldId) => ({
      fieldId,
      label: fields[fieldId].label,
      description: fields[fieldId].means,
      maxLength: maxTyped[fieldId],
      isRequired: fieldId !== 'header',
      value: '',
    })),
  });
}
