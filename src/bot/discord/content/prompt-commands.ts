/** Prompts of tool servers as slash commands: a server is a command, each of its prompts a subcommand, each argument an option. Pure. */
import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { OfferedPrompt, ServerContent } from '../../../agent/offered-content.ts';
import { toShownLine } from '../../../text.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ContentTexts } from '../../channel/texts/content.ts';
import { toUniqueNames } from './command-name.ts';

/** Sources: https://discord.com/developers/docs/interactions/application-commands#registering-a-command, #application-command-object-application-command-structure */
const mostCommands = 100;
const mostSubcommands = 25;
const mostOptions = 25;
const longestDescription = 100;
/** Of all names and descriptions of a command, each in its longest language: 8000, less what a frame may grow by. */
const longestCommand = 7_800;

/** A prompt that is a command. */
export interface PromptCommand {
  /** As it is typed, without the slash. */
  readonly command: string;
  readonly subcommand: string;
  readonly server: string;
  readonly prompt: OfferedPrompt;
  /** Names of its options with the arguments that they are. */
  readonly options: ReadonlyMap<string, string>;
}

export interface PromptCommands {
  readonly definitions: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[];
  readonly prompts: readonly PromptCommand[];
  /** How many prompts found no room. */
  readonly left: number;
}

/** @param others Names of the commands that there are besides. */
export function toPromptCommands(content: readonly ServerContent[], others: readonly string[]): PromptCommands {
  const servers = content.filter(({ prompts }) => prompts.length > 0);
  const names = toUniqueNames(
    servers.map(({ server }) => server),
    others,
  );
  const groups = servers.slice(0, Math.max(0, mostCommands - others.length)).flatMap((server, place) => {
    const group = toGroup(names[place] ?? '', server);
    return group.prompts.length === 0 ? [] : [group];
  });
  const prompts = groups.flatMap((group) => group.prompts);
  const all = servers.reduce((sum, server) => sum + server.prompts.length, 0);
  return { definitions: groups.map(({ definition }) => definition), prompts, left: all - prompts.length };
}

interface Group {
  readonly definition: RESTPostAPIChatInputApplicationCommandsJSONBody;
  readonly prompts: readonly PromptCommand[];
}

function toGroup(command: string, { server, prompts, completes }: ServerContent): Group {
  const description = inFrame('groupDescription', toShownLine(server, 60));
  const names = toUniqueNames(prompts.map(({ name }) => name));
  let room = longestCommand - command.length - longestDescription;
  const fitting: PromptCommand[] = [];
  const options: APIApplicationCommandSubcommandOption[] = [];
  for (const [place, prompt] of prompts.entries()) {
    if (options.length === mostSubcommands) break;
    if (prompt.arguments.length > mostOptions) continue;
    const { option, byName } = toSubcommand(names[place] ?? '', prompt, completes);
    const size = sizeOf(option);
    if (size > room) continue;
    room -= size;
    options.push(option);
    fitting.push({ command, subcommand: option.name, server, prompt, options: byName });
  }
  const definition = { type: ApplicationCommandType.ChatInput, name: command, ...description, options } as const;
  return { definition, prompts: fitting };
}

function toSubcommand(name: string, prompt: OfferedPrompt, completes: boolean) {
  // Discord wants those that must be given first.
  const sorted = prompt.arguments.toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
  const names = toUniqueNames(sorted.map((argument) => argument.name));
  const options = sorted.map(
    (argument, place): APIApplicationCommandBasicOption => ({
      type: ApplicationCommandOptionType.String,
      name: names[place] ?? '',
      ...described(argument.description || withName(argument.name, names[place]), 'argumentDescription'),
      ...(argument.isRequired ? { required: true } : {}),
      ...(completes ? { autocomplete: true } : {}),
    }),
  );
  const option: APIApplicationCommandSubcommandOption = {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    ...described(prompt.description || prompt.title || withName(prompt.name, name), 'promptDescription'),
    options,
  };
  return { option, byName: new Map(sorted.map((argument, place) => [names[place] ?? '', argument.name])) };
}

/** The name itself says something only where the one that is typed is another. */
function withName(name: string, typed: string | undefined): string {
  return name === typed ? '' : name;
}

/** The server's own words in every language, or ours where it has none. */
function described(text: string, otherwise: 'promptDescription' | 'argumentDescription') {
  const line = toShownLine(text, longestDescription).trim();
  return line === '' ? inFrame(otherwise) : { description: line };
}

function inFrame(text: keyof ContentTexts, server = '') {
  const say = (language: 'en' | 'ko') =>
    catalogues[language].commands.content[text].replace('{server}', () => server).slice(0, longestDescription);
  return { description: say('en'), description_localizations: { ko: say('ko') } };
}

/** As Discord counts it, or more. */
function sizeOf(option: APIApplicationCommandSubcommandOption | APIApplicationCommandBasicOption): number {
  const parts = 'options' in option ? (option.options ?? []) : [];
  const localized = Object.values(option.description_localizations ?? {}).map((text) => text?.length ?? 0);
  const own = option.name.length + Math.max(option.description.length, ...localized);
  return parts.reduce((sum, part) => sum + sizeOf(part), own);
}
