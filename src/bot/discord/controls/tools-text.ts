/** What `/tools` says: the tools by server in pages, or all about one. What servers say is data: one line each, cut, without effect. Pure. */
import { type OfferedTool, type ServerTools, type ToolArgument, toArguments } from '../../../agent/offered-tool.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ToolsTexts } from '../../channel/texts/commands.ts';
import { toPlainText } from '../plain-text.ts';
import { discordSurface } from '../surface.ts';
import { toApprovers } from './approvers.ts';
import { maxPlace, toPages } from './pages.ts';

/** A line shows at most this much of each. */
const maxServer = 60;
const maxDescription = 140;
const maxName = 64;
const maxChoices = 200;
/** All about one tool shows more. */
const maxWholeDescription = 700;

export interface ToolsOptions {
  readonly language: Language;
  /** Roles that may approve, as they are shown. */
  readonly approverRoles: readonly string[];
}

/** The pages of the list; one at least. */
export function toToolPages(servers: readonly ServerTools[], { language, approverRoles }: ToolsOptions): string[] {
  const { tools: texts } = catalogues[language].commands;
  if (servers.length === 0) return [texts.none];
  const sections = servers.map((server) => toSection(server, texts));
  const meanings = toMeanings(servers, { language, approverRoles });
  const room = discordSurface.messageLength - meanings.length - maxPlace;
  return toPages(sections, room).map((page) => page + meanings);
}

function toSection({ server, isUp, tools, missing }: ServerTools, texts: ToolsTexts) {
  const state = isUp ? texts.count(tools.length) : texts.unreachable;
  const lines = tools.map((tool) => toToolLine(tool, texts));
  return {
    heading: `**${toPlainText(server, maxServer)}** – ${state}`,
    lines: missing === 0 ? lines : [...lines, `- ${texts.missing(missing)}`],
  };
}

function toToolLine({ name, description, approval }: OfferedTool, texts: ToolsTexts): string {
  const mark = approval === 'nobody' ? '' : ` (${markOf(approval, texts)})`;
  const words = toPlainText(firstSentence(description), maxDescription);
  return `- \`${name}\`${mark}${words === '' ? '' : ` ${words}`}`;
}

/** A list tells what each is for; how to call it is the model's to read. */
function firstSentence(text: string): string {
  const end = /[.!?]\s(?=[\p{Lu}\p{Lo}])/u.exec(text)?.index;
  return end === undefined ? text : text.slice(0, end + 1);
}

function markOf(approval: Exclude<OfferedTool['approval'], 'nobody'>, texts: ToolsTexts): string {
  return approval === 'others' ? texts.needsOthers : texts.needsApproval;
}

/** What the words behind the names mean; empty where there are none. */
function toMeanings(servers: readonly ServerTools[], { language, approverRoles }: ToolsOptions): string {
  const { tools: texts } = catalogues[language].commands;
  const used = new Set(servers.flatMap(({ tools }) => tools.map(({ approval }) => approval)));
  const lines = (['anybody', 'others'] as const)
    .filter((approval) => used.has(approval))
    .map((approval) => {
      const who = toApprovers(approval, approverRoles, language);
      const meaning = who === undefined ? texts.markByNobody : texts.markMeaning.replace('{who}', () => who);
      return meaning.replace('{mark}', () => markOf(approval, texts));
    });
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
}

export interface ToolDetails {
  readonly content: string;
  /** Where not all is shown: the whole of what the server says. */
  readonly file?: { readonly name: string; readonly text: string };
}

export function toToolDetails(
  server: string,
  tool: OfferedTool,
  { language, approverRoles }: ToolsOptions,
): ToolDetails {
  const { tools: texts } = catalogues[language].commands;
  const name = `${tool.name}.json`;
  const words = toPlainText(tool.description, maxWholeDescription);
  const head = [
    `**${toPlainText(tool.name, maxName)}** – ${toPlainText(server, maxServer)}`,
    ...(words === '' ? [] : [words]),
  ].join('\n');
  const end = toApprovalLine(tool, { language, approverRoles });
  const all = toArguments(tool.schema);
  const lines = all.map((argument) => toArgumentLine(argument, texts));
  const more = (count: number) => `- ${texts.moreArguments(count).replace('{file}', () => `\`${name}\``)}`;
  const heading = all.length === 0 ? texts.noArguments : `**${texts.arguments}**`;
  // With the breaks between them.
  const taken = [head, heading, end, more(all.length)].join('\n\n').length;
  const shown = takeThatFit(lines, discordSurface.messageLength - taken);
  const rest = shown.length < lines.length ? [more(lines.length - shown.length)] : [];
  const content = [head, [heading, ...shown, ...rest].join('\n'), end].join('\n\n');
  // What is cut ends so; that the server itself may have written it makes no difference worth knowing.
  if (rest.length === 0 && !content.includes('…')) return { content };
  const { description, schema } = tool;
  return { content, file: { name, text: JSON.stringify({ name: tool.name, description, schema }, null, 2) } };
}

function toApprovalLine({ approval }: OfferedTool, { language, approverRoles }: ToolsOptions): string {
  const { tools: texts } = catalogues[language].commands;
  if (approval === 'nobody') return texts.noApproval;
  const who = toApprovers(approval, approverRoles, language);
  return who === undefined ? texts.approvalByNobody : texts.approval.replace('{who}', () => who);
}

function toArgumentLine({ name, kind, choices, isRequired, description }: ToolArgument, texts: ToolsTexts): string {
  const chosen = choices.length === 0 ? '' : ` ${toPlainText(choices.join(', '), maxChoices)}`;
  const need = isRequired ? texts.required : texts.optional;
  const words = toPlainText(description, maxDescription);
  const line = `- **${toPlainText(name, maxName)}** – ${texts.kinds[kind]}${chosen}, ${need}`;
  return words === '' ? line : `${line}: ${words}`;
}

/** As many of the first lines as have so many characters, breaks included. */
function takeThatFit(lines: readonly string[], room: number): string[] {
  const shown: string[] = [];
  let left = room;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    shown.push(line);
  }
  return shown;
}
