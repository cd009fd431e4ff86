/** A prompt of a tool server is used: by its own command, or by `/prompt` and the dialog for its arguments. A question like any other. */
import type { AutocompleteInteraction, ChatInputCommandInteraction, ModalSubmitInteraction } from 'discord.js';
import type { AgentContent } from '../../../agent/agent.ts';
import { toContentId } from '../../../agent/offered-content.ts';
import { cut, toOneLine, toShownLine } from '../../../text.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { mayAsk, toAsker } from '../access.ts';
import type { AskingInteraction } from '../ask-command.ts';
import { type AskOptions, ask } from '../asking.ts';
import { type Suggestion, tell, tellText } from '../controls/control.ts';
import { toCommandName } from './command-name.ts';
import { type ChosenPrompt, type ContentCommands, promptCommandName, promptOptionName } from './content-commands.ts';
import type { PromptCommand } from './prompt-commands.ts';
import { readPromptDialog, toPromptDialog } from './prompt-dialog.ts';
import { toSuggestion } from './suggestion.ts';

/** Discord's limit of what is suggested. */
const mostSuggestions = 25;
/** Of a value in the line that says what was chosen; the server is given all of it. */
const longestShownValue = 200;
const longestShown = 1_500;

/** By its own command. */
export async function usePrompt(
  interaction: ChatInputCommandInteraction,
  { command, subcommand, server, prompt, options }: PromptCommand,
  asking: AskOptions,
): Promise<void> {
  const given = [...options].flatMap(([option, argument]) => {
    const value = interaction.options.getString(option);
    return value === null ? [] : [{ option, argument, value }];
  });
  const line = toLine(`/${command} ${subcommand}`, given);
  const args = Object.fromEntries(given.map(({ argument, value }) => [argument, value]));
  await askByPrompt(interaction, { server, prompt }, { line, args }, asking);
}

/** By `/prompt`: what takes arguments opens a dialog for them. */
export async function choosePrompt(
  interaction: ChatInputCommandInteraction,
  content: ContentCommands,
  asking: AskOptions,
): Promise<void> {
  if (!mayAsk(asking.access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const chosen = content.findPrompt(interaction.options.getString(promptOptionName, true));
  if (chosen === undefined) return await tellNoPrompt(interaction);
  if (chosen.prompt.arguments.length === 0)
    return await askByPrompt(interaction, chosen, { line: toLine(nameOf(chosen), []), args: {} }, asking);
  await interaction.showModal(toPromptDialog(chosen, toLanguage(interaction.locale)));
}

/** The dialog was sent off. */
export async function askByDialog(
  interaction: ModalSubmitInteraction,
  content: ContentCommands,
  asking: AskOptions,
): Promise<void> {
  if (!mayAsk(asking.access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const { promptId, valuesOf } = readPromptDialog(interaction);
  const chosen = content.findPrompt(promptId);
  if (chosen === undefined) return await tellNoPrompt(interaction);
  const values = valuesOf(chosen.prompt);
  const missing = chosen.prompt.arguments.filter(({ name, isRequired }) => isRequired && !values.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `\`${toShownLine(name, 40).replaceAll('`', "'")}\``).join(', ');
    const { missingArguments } = catalogues[toLanguage(interaction.locale)].commands.content;
    return await tellText(
      interaction,
      cut(
        missingArguments.replace('{names}', () => names),
        longestShown,
      ),
    );
  }
  const given = [...values].map(([argument, value]) => ({ option: toCommandName(argument), value }));
  const line = toLine(nameOf(chosen), given);
  await askByPrompt(interaction, chosen, { line, args: Object.fromEntries(values) }, asking);
}

/** What the server suggests for the argument that is being typed. */
export async function suggestArgument(
  { options: typing }: AutocompleteInteraction,
  { server, prompt, options }: PromptCommand,
  agent: AgentContent,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const focused = typing.getFocused(true);
  const argument = options.get(focused.name);
  if (argument === undefined) return [];
  const given = [...options].flatMap(([option, name]) => {
    const value = option === focused.name ? null : typing.getString(option);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  const asked = { argument, typed: focused.value, given: Object.fromEntries(given) };
  const values = await agent.suggest(server, { of: { type: 'prompt', name: prompt.name }, ...asked }, signal);
  return values.flatMap((value) => toSuggestion(value) ?? []).slice(0, mostSuggestions);
}

/** The prompts of all servers that have what is typed in their names. */
export function suggestPrompts(typed: string, content: ContentCommands): Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  return content.prompts
    .filter(({ server, prompt }) => `${prompt.name}\n${prompt.title}\n${server}`.toLowerCase().includes(wanted))
    .slice(0, mostSuggestions)
    .flatMap(({ server, prompt }) => {
      const { name, title } = prompt;
      return toSuggestion(`${title || name} – ${server}`, toContentId(server, name)) ?? [];
    });
}

export async function tellNoPrompt(interaction: AskingInteraction): Promise<void> {
  await tellText(interaction, catalogues[toLanguage(interaction.locale)].commands.content.noSuchPrompt);
}

interface Given {
  readonly line: string;
  readonly args: Readonly<Record<string, string>>;
}

async function askByPrompt(
  interaction: AskingInteraction,
  { server, prompt }: ChosenPrompt,
  { line, args }: Given,
  asking: AskOptions,
): Promise<void> {
  const source = { type: 'prompt', server, name: prompt.name, arguments: args } as const;
  const name = toShownLine(prompt.title || prompt.name, 200) || '?';
  const broughtAlong = { attachments: [{ name, bytes: 0, url: '', source }] };
  await ask(interaction, { words: line, written: Object.values(args).join('\n'), broughtAlong }, asking);
}

/** In names that can have no effect in a message. */
function nameOf({ server, prompt }: ChosenPrompt): string {
  return `/${promptCommandName} ${toCommandName(server)} ${toCommandName(prompt.name)}`;
}

/** What was chosen, as members see it. */
function toLine(name: string, given: readonly { readonly option: string; readonly value: string }[]): string {
  const values = given.map(({ option, value }) => `${option}: ${cut(toOneLine(value), longestShownValue)}`);
  return cut([name, ...values].join(' '), longestShown);
}
