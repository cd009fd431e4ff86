/** The dialog for a prompt's arguments: a field for each, or, where they are too many for a dialog, one field with a line for each. */
import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import { type OfferedPrompt, type PromptArgument, toContentId } from '../../../agent/offered-content.ts';
import { cut, toShownLine } from '../../../text.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ChosenPrompt } from './content-commands.ts';

const dialogPrefix = 'prompt:';
const fieldPrefix = 'argument';
const linesFieldId = 'arguments';

/** Sources: https://discord.com/developers/docs/components/reference#text-input, #label */
const mostFields = 5;
const longestTitle = 45;
const longestLabel = 45;
const longestDescription = 100;
const longestValue = 4_000;
/** Of an argument's name in a line of its own. */
const longestName = 80;

export function isPromptDialog({ customId }: ModalSubmitInteraction): boolean {
  return customId.startsWith(dialogPrefix);
}

export function toPromptDialog(
  { server, prompt }: ChosenPrompt,
  language: Language,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `${dialogPrefix}${toContentId(server, prompt.name)}`,
    title: toShownLine(prompt.title || prompt.name, longestTitle) || '?',
    components:
      prompt.arguments.length <= mostFields ? prompt.arguments.map(toField) : [toLinesField(prompt, language)],
  };
}

function toField({ name, description, isRequired }: PromptArgument, place: number) {
  const about = toShownLine(description, longestDescription);
  return {
    type: ComponentType.Label,
    label: toShownLine(name, longestLabel) || '?',
    ...(about === '' ? {} : { description: about }),
    component: {
      type: ComponentType.TextInput,
      custom_id: `${fieldPrefix}${place}`,
      style: TextInputStyle.Paragraph,
      required: isRequired,
      max_length: longestValue,
    },
  } as const;
}

/** Those that must be given stand first. */
function toLinesField(prompt: OfferedPrompt, language: Language) {
  const sorted = prompt.arguments.toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
  const value = sorted.map((argument) => `${toLineName(argument)} = `).join('\n');
  return {
    type: ComponentType.Label,
    label: catalogues[language].commands.content.argumentsLabel,
    component: {
      type: ComponentType.TextInput,
      custom_id: linesFieldId,
      style: TextInputStyle.Paragraph,
      required: false,
      max_length: longestValue,
      value: cut(value, longestValue),
    },
  } as const;
}

function toLineName({ name }: PromptArgument): string {
  return toShownLine(name, longestName);
}

/** What was filled in, by the arguments' own names: of an empty field nothing. */
export function readPromptDialog({ customId, fields }: ModalSubmitInteraction) {
  const textOf = (id: string) => {
    const field = fields.fields.get(id);
    return field !== undefined && 'value' in field ? String(field.value ?? '').trim() : '';
  };
  return {
    promptId: customId.slice(dialogPrefix.length),
    valuesOf: (prompt: OfferedPrompt): Map<string, string> => {
      if (prompt.arguments.length > mostFields) return readLines(textOf(linesFieldId), prompt);
      const values = prompt.arguments.map(({ name }, place) => [name, textOf(`${fieldPrefix}${place}`)] as const);
      return new Map(values.filter(([, value]) => value !== ''));
    },
  };
}

/** A line that begins with no argument's name goes on with the one before. */
function readLines(text: string, { arguments: all }: OfferedPrompt): Map<string, string> {
  const byLineName = new Map(all.map((argument) => [toLineName(argument), argument.name]));
  const lines = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split('\n')) {
    const end = line.indexOf('=');
    const name = byLineName.get(line.slice(0, Math.max(0, end)).trim());
    if (name === undefined) current?.push(line);
    else {
      current = [line.slice(end + 1)];
      lines.set(name, current);
    }
  }
  const values = [...lines].map(([name, parts]) => [name, parts.join('\n').trim()] as const);
  return new Map(values.filter(([, value]) => value !== ''));
}
