/** The pages of `/servers`: all tool servers of a guild, and one of them. What servers say of themselves is data. Pure. */
import type { APIButtonComponent, APIComponentInContainer } from 'discord.js';
import type { GuildServerState, GuildServers } from '../../../agent/guild-server.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ServersTexts } from '../../channel/texts/servers.ts';
import { toLastingId } from '../controls/lasting.ts';
import { button, pageButtons, toButtonRows } from '../controls/pages.ts';
import { line, mostOptions, select, text } from '../controls/panel.ts';
import { toPlainText } from '../plain-text.ts';

export interface ServersPageOptions {
  readonly servers: readonly GuildServerState[];
  readonly bounds: Pick<GuildServers, 'hosts' | 'most'>;
  readonly language: Language;
  /** What was done a moment ago, in a line. */
  readonly note?: string | undefined;
}

const longestHosts = 500;
const longestAddress = 200;
/** What Discord takes as the value of a choice. */
const longestValue = 100;
const buttonsPerRow = 3;

export const idOf = (action: string, ...rest: readonly (string | number)[]) => toLastingId('servers', action, ...rest);

export function toServersOverview({ servers, bounds, language, note }: ServersPageOptions): APIComponentInContainer[] {
  const texts = catalogues[language].servers;
  const hosts = bounds.hosts.includes('*') ? texts.anyHost : toPlainText(bounds.hosts.join(', '), longestHosts);
  const intro = texts.intro.replace('{most}', String(bounds.most)).replace('{hosts}', () => hosts);
  const lines = servers.map((server) => `- **${server.name}** – ${stateOf(server, texts)}`);
  const choices = servers.map((server) => ({
    value: server.name,
    label: server.name,
    means: stateOf(server, texts),
    isChosen: false,
  }));
  return [
    text(`## ${texts.title}\n${intro}`),
    ...noteOf(note),
    line(),
    text(lines.length === 0 ? texts.none : lines.join('\n')),
    ...(choices.length === 0 ? [] : [select(choices, { customId: idOf('open'), placeholder: texts.choose })]),
    ...toButtonRows([button(idOf('add'), texts.add, servers.length >= bounds.most)], 1),
  ];
}

/**
 * @param server One of `servers`.
 * @param view Which of the pages of its tools, from 0; and whether it is asked if the server is to be removed.
 */
export function toServerPage(
  server: GuildServerState,
  { language, note }: ServersPageOptions,
  { page = 0, isLeaving = false }: { readonly page?: number; readonly isLeaving?: boolean } = {},
): APIComponentInContainer[] {
  const texts = catalogues[language].servers;
  const { name, address, hasSecret, revision, era } = server;
  const facts = [
    `## ${name}`,
    stateOf(server, texts),
    `${texts.address}: \`${address.replaceAll('`', '').slice(0, longestAddress)}\`${hasSecret ? ` · ${texts.secret}` : ''}`,
    ...(revision === undefined || era === undefined
      ? []
      : [texts.eras[era].replace('{revision}', () => toPlainText(revision, longestValue))]),
    ...(server.missing === 0 ? [] : [texts.missing(server.missing)]),
  ];
  return [
    text(facts.join('\n')),
    ...noteOf(note),
    line(),
    ...toApproval(server, texts),
    ...toTools(server, page, language),
    line(),
    ...(isLeaving ? [text(texts.removeWarning)] : []),
    ...toButtonRows(
      [
        button(idOf('all'), texts.back),
        button(idOf('probe', name), texts.probe),
        isLeaving ? button(idOf('gone', name), texts.reallyRemove) : button(idOf('remove', name), texts.remove),
      ],
      buttonsPerRow,
    ),
  ];
}

function stateOf({ isUp, tools, server }: GuildServerState, texts: ServersTexts): string {
  const off = tools.filter(({ isOff }) => isOff).length;
  return `${isUp ? texts.up : texts.down}, ${texts.tools(tools.length, off)} (${server})`;
}

function noteOf(note: string | undefined): APIComponentInContainer[] {
  return note === undefined ? [] : [text(note)];
}

function toApproval({ name, approval, isApprovalFixed }: GuildServerState, texts: ServersTexts) {
  if (isApprovalFixed) return [text(`-# ${texts.approvalFixed}`)];
  const choices = (['destructive', 'always'] as const).map((value) => ({
    value,
    ...texts.approvals[value],
    isChosen: value === approval,
  }));
  return [
    text(`**${texts.approval}**`),
    select(choices, { customId: idOf('approval', name), placeholder: texts.approval }),
  ];
}

function toTools({ name, tools }: GuildServerState, wanted: number, language: Language): APIComponentInContainer[] {
  const texts = catalogues[language].servers;
  const nameable = tools.filter((tool) => tool.name !== '' && tool.name.length <= longestValue);
  if (nameable.length === 0) return [];
  const pages = Math.ceil(nameable.length / mostOptions);
  const page = Math.min(wanted, pages - 1);
  const shown = nameable.slice(page * mostOptions, (page + 1) * mostOptions);
  const labels = catalogues[language].commands.pages;
  const turning: APIButtonComponent[] = pageButtons({
    page,
    pages,
    toId: (other) => idOf('page', name, other),
    labels: { back: labels.previous, on: labels.next },
  });
  const choices = shown.map((tool) => ({ value: tool.name, label: tool.name, isChosen: tool.isOff }));
  return [
    text(`**${texts.toolsOff}**`),
    select(choices, { customId: idOf('off', name, page), placeholder: texts.toolsOff, isMany: true }),
    ...toButtonRows(turning, 2),
  ];
}
