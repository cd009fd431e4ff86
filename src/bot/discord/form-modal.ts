/** A form of a tool server as a Discord dialog (modal), and what comes back of it. Pure. */
import {
  type APIComponentInLabel,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { Form, FormField } from '../../agent/form.ts';
import { cut } from '../../text.ts';
import type { Language } from '../channel/texts/catalogue.ts';
import { catalogues } from '../channel/texts/catalogues.ts';

/** Discord's limits. Source: https://discord.com/developers/docs/components/reference */
const mostFields = 5;
const mostOptions = 25;
const maxTitle = 45;
const maxText = 100;
const maxInput = 4000;
/** In place of a title that a tool server left empty. */
const unnamed = '–';

/** Whether everything that must be answered fits: what is optional or has a preset may be left out. */
export function canShow({ fields }: Form): boolean {
  const isNeeded = ({ isRequired, preset }: FormField) => isRequired && preset === undefined;
  return fields.length > 0 && fields.filter(isNeeded).length <= mostFields;
}

/** The fields that the dialog has: needed ones first where not all have room, in the order of the form. */
function shownFields({ fields }: Form): readonly FormField[] {
  if (fields.length <= mostFields) return fields;
  const byNeed = fields.toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
  const shown = new Set(byNeed.slice(0, mostFields));
  return fields.filter((field) => shown.has(field));
}

export function toModal(form: Form, customId: string, language: Language): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: toLabel(maxTitle, form.server),
    components: shownFields(form).map((field) => ({
      type: ComponentType.Label,
      label: toLabel(maxTitle, field.title, field.name),
      ...(field.description?.trim() ? { description: cut(field.description, maxText) } : {}),
      component: toInput(field, toFieldId(form.fields.indexOf(field)), language),
    })),
  };
}

/** The first of the texts in which anything is to be seen: Discord takes no other. */
function toLabel(length: number, ...texts: readonly string[]): string {
  return cut(texts.find((text) => text.trim() !== '') ?? unnamed, length);
}

export interface TextFieldOptions {
  readonly fieldId: string;
  readonly label: string;
  readonly description: string;
  readonly maxLength: number;
  /** What stands in it at first. */
  readonly value: string;
  /** Default: a line. */
  readonly style?: TextInputStyle;
  /** Default: it may be left empty. */
  readonly isRequired?: boolean;
}

export interface TextsDialog {
  readonly customId: string;
  readonly title: string;
  /** 1 to 5. */
  readonly fields: readonly TextFieldOptions[];
}

/** A dialog with texts in it. */
export function textsDialog({ customId, title, fields }: TextsDialog): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: toLabel(maxTitle, title),
    components: fields.map(
      ({ fieldId, label, description, style = TextInputStyle.Short, maxLength, value, isRequired = false }) => ({
        type: ComponentType.Label,
        label: toLabel(maxTitle, label),
        description: cut(description, maxText),
        component: {
          type: ComponentType.TextInput,
          custom_id: fieldId,
          style,
          required: isRequired,
          max_length: clamp(maxLength, 1),
          ...(value === '' ? {} : { value: value.slice(0, maxInput) }),
        },
      }),
    ),
  };
}

/** A dialog with one text in it that may be left empty. */
export function textDialog({
  customId,
  title,
  ...field
}: Omit<TextsDialog, 'fields'> & TextFieldOptions): APIModalInteractionResponseCallbackData {
  return textsDialog({ customId, title, fields: [field] });
}

/** A field of a dialog that was sent off: a text, or what was chosen. */
export interface FilledIn {
  readonly customId: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

/** @returns what was filled in, by the names of the form's fields. */
export function readModal(form: Form, filledIn: readonly FilledIn[]): Record<string, string> {
  const values = filledIn.flatMap(({ customId, value, values: chosen = [] }): [string, string][] => {
    const field = form.fields.find((_field, index) => toFieldId(index) === customId);
    if (field === undefined) return [];
    const options = optionsOf(field);
    return [[field.name, value ?? chosen.map((place) => options[Number(place)]?.value ?? '').join('\n')]];
  });
  return Object.fromEntries(values);
}

/** Names of fields, and values of choices, may be of any length and alike at their beginnings; Discord's are 1–100 characters. */
function toFieldId(index: number): string {
  return `field-${index}`;
}

function optionsOf(field: FormField): FormField['options'] {
  return field.kind === 'boolean' ? booleans : field.options;
}

function toInput(field: FormField, customId: string, language: Language): APIComponentInLabel {
  const { kind, isRequired, preset = '' } = field;
  const options = optionsOf(field);
  const titles =
    kind === 'boolean' ? yesOrNo(language) : options.map(({ title, value }) => toLabel(maxText, title, value));
  const presets = preset.split('\n');
  if (options.length > 0 && options.length <= mostOptions) {
    return {
      type: ComponentType.StringSelect,
      custom_id: customId,
      required: isRequired,
      min_values: isRequired ? 1 : 0,
      max_values: kind === 'choices' ? options.length : 1,
      options: options.map(({ value }, index) => ({
        value: String(index),
        label: titles[index] ?? value,
        default: presets.includes(value),
      })),
    };
  }
  const isText = kind === 'text';
  return {
    type: ComponentType.TextInput,
    custom_id: customId,
    style: isText && (field.maximum ?? 0) > 200 ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: isRequired,
    ...(preset === '' ? {} : { value: preset.slice(0, maxInput) }),
    ...(isText && field.minimum !== undefined ? { min_length: clamp(field.minimum, 0) } : {}),
    ...(isText && field.maximum !== undefined ? { max_length: clamp(field.maximum, 1) } : {}),
    ...(options.length > 0 ? { placeholder: cut(titles.join(', '), maxText) } : {}),
  };
}

const booleans: FormField['options'] = [
  { value: 'true', title: 'true' },
  { value: 'false', title: 'false' },
];

/** In the order of {@link booleans}. */
function yesOrNo(language: Language): readonly string[] {
  const { yes, no } = catalogues[language];
  return [yes, no];
}

function clamp(length: number, least: number): number {
  return Math.min(maxInput, Math.max(least, Math.floor(length)));
}

/** Why a field did not take its value, in the member's words. */
export function toInvalidText({ title, kind }: FormField, language: Language): string {
  const { invalidField, fieldKinds } = catalogues[language];
  // By functions: in a text, `$&` and the like would be taken for what was replaced.
  return invalidField.replace('{field}', () => cut(title, maxTitle)).replace('{kind}', () => fieldKinds[kind]);
}
