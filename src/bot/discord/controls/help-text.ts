/** What `/help` says, by what holds for the member and the channel. Pure. */
import type { OfferedTool } from '../../../agent/offered-tool.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { CommandTexts, ExampleName } from '../../channel/texts/commands.ts';
import { toApprovers } from './approvers.ts';

/** Where it is asked for, and by whom. */
export interface HelpPlace {
  readonly isDirect: boolean;
  /** Whether the bot itself is there, and not only the app of the one who asks. */
  readonly isBotThere: boolean;
  readonly mayAsk: boolean;
  readonly mayForget: boolean;
  readonly mayBotWrite: boolean;
  readonly mayBotAttach: boolean;
  readonly mayBotReadHistory: boolean;
  readonly tools: readonly Pick<OfferedTool, 'name' | 'approval'>[];
  /** Roles that may approve calls besides the asker, as they are shown. */
  readonly approverRoles: readonly string[];
}

/** A line, where it holds. */
type Line = (place: HelpPlace, texts: CommandTexts, language: Language) => string | undefined;

const ways: readonly Line[] = [
  ({ isDirect }, { help }) => (isDirect ? help.direct : undefined),
  (place, { help }) => (isMentionable(place) ? help.mention : undefined),
  (place, { help }) => {
    if (!place.isBotThere) return help.commandWithoutBot;
    return place.isDirect || isMentionable(place) ? help.command : help.commandWithoutWriting;
  },
  (_place, { help }) => help.menu,
];

/** What can be done here, and what is missing for more. A new feature is a line here. */
const abilities: readonly Line[] = [
  ({ tools }, { help }) => (tools.length === 0 ? help.noTools : help.tools(tools.length)),
  approvalLine,
  (_place, { help }) => help.attachments,
  (place, { help }) => (place.mayBotAttach || !isMentionable(place) ? help.files : help.filesByCommandAlone),
  ({ isDirect }, { help }) => (isDirect ? help.memory : help.sharedMemory),
  ({ isDirect }, { help }) => (isDirect ? undefined : help.privately),
  (_place, { help }) => help.stop,
  (_place, { help }) => help.usage,
  ({ mayForget }, { help }) => (mayForget ? help.forget : undefined),
  (_place, { help }) => help.forgetMe,
  (place, { help }) => (isMentionable(place) && !place.mayBotReadHistory ? help.notWhileAway : undefined),
];

export function toHelpText(place: HelpPlace, language: Language): string {
  const { commands, replies } = catalogues[language];
  const { help } = commands;
  if (!place.mayAsk) return `${help.intro}\n\n⚠️ ${replies['not-allowed']}`;
  const list = (lines: readonly Line[]) =>
    lines.flatMap((line) => {
      const text = line(place, commands, language);
      return text === undefined ? [] : [`- ${text}`];
    });
  const parts = [
    [help.intro],
    [`**${help.ways}**`, ...list(ways)],
    [`**${help.abilities}**`, ...list(abilities)],
    [`**${help.examplesToPress}**`],
  ];
  return parts.map((part) => part.join('\n')).join('\n\n');
}

/** The tool that an example needs; undefined: none. In the order in which they are offered. */
const neededTools: Readonly<Record<ExampleName, string | undefined>> = {
  sum: 'add',
  chain: 'add',
  curves: 'plot',
  power: 'power',
  root: 'sqrt',
  abilities: undefined,
  abacus: undefined,
};

const mostExamples = 4;
/** With so many that show tools, the others are left out. */
const enoughWithTools = 2;

/** Those that can be answered with the tools that there are. */
export function examplesFor({ mayAsk, tools }: Pick<HelpPlace, 'mayAsk' | 'tools'>): ExampleName[] {
  if (!mayAsk) return [];
  const has = (wanted: string) => tools.some(({ name }) => name === wanted || name.endsWith(`_${wanted}`));
  const names = Object.keys(neededTools) as ExampleName[]; // The keys of that very object.
  const withTools = names.filter((name) => neededTools[name] !== undefined && has(neededTools[name]));
  const others = names.filter((name) => neededTools[name] === undefined);
  return (withTools.length >= enoughWithTools ? withTools : [...withTools, ...others]).slice(0, mostExamples);
}

/** Undefined for what is no example, or none any more. */
export function exampleText(language: string | undefined, name: string | undefined): string | undefined {
  if (language !== 'en' && language !== 'ko') return undefined;
  const { examples } = catalogues[language].commands.help;
  return Object.entries(examples).find(([known]) => known === name)?.[1];
}

function isMentionable({ isBotThere, isDirect, mayBotWrite }: HelpPlace): boolean {
  return isBotThere && !isDirect && mayBotWrite;
}

function approvalLine(
  { tools, approverRoles }: HelpPlace,
  { help }: CommandTexts,
  language: Language,
): string | undefined {
  const approvals = tools.map(({ approval }) => approval);
  const kind = (['anybody', 'others'] as const).find((each) => approvals.includes(each));
  if (kind === undefined) return undefined;
  const who = toApprovers(kind, approverRoles, language);
  return who === undefined ? help.approvalByNobody : help.approval.replace('{who}', () => who);
}
