/** A form of a tool server as a Discord dialog (modal), and what comes back of it. Pure. */
import {
  type APIComponentInLabel,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { Form, FormField } from '../../agent/form.ts';
import { cut } from '../../text.ts';
import { catalogues, type Language } from '../channel/catalogue.ts';

/** Discord's limits. Source: https://discord.com/developers/docs/components/reference */
const mostFields = 5;
const mostOptions = 25;
const maxTitle = 45;
const maxText = 100;
const maxInput = 4000;

/** Whether everything that must be answered fits: what is optional or has a preset may be left out. */
export function isShowable({ fields }: Form): boolean {
  const isNeeded = ({ isRequired, preset }: FormField) => isRequired && preset === undefined;
  return fields.length > 0 && fields.filter(isNeeded).length <= mostFields;
}

/** The fields that the dialog has: needed ones first where not all have room, in the order of the form. */
function shownFields({ fields }: Form): readonly FormField[] {
  if (fields.length <= mostFields) return fields;
  const byNeed = fields.toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
  const kept = new Set(byNeed.slice(0, mostFields));
  return fields.filter((field) => kept.has(field));
}

export function toModal(form: Form, customId: string, language: Language): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: cut(form.server, maxTitle),
    components: shownFields(form).map((field) => ({
      type: ComponentType.Label,
      label: cut(field.title, maxTitle),
      ...(field.description === undefined ? {} : { description: cut(field.description, maxText) }),
      component: toInput(field, language),
    })),
  };
}

function toInput(field: FormField, language: Language): APIComponentInLabel {
  const { name, kind, isRequired, preset = '' } = field;
  const options = kind === 'boolean' ? yesOrNo(language) : field.options;
  const presets = preset.split('\n');
  if (options.length > 0 && options.length <= mostOptions) {
    return {
      type: ComponentType.StringSelect,
      custom_id: name,
      required: isRequired,
      min_values: isRequired ? 1 : 0,
      max_values: kind === 'choices' ? options.length : 1,
      options: options.map(({ value, title }) => ({
        value,
        label: cut(title, maxText),
        default: presets.includes(value),
      })),
    };
  }
  const isText = kind === 'text';
  return {
    type: ComponentType.TextInput,
    custom_id: name,
    style: isText && (field.maximum ?? 0) > 200 ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: isRequired,
    ...(preset === '' ? {} : { value: preset.slice(0, maxInput) }),
    ...(isText && field.minimum !== undefined ? { min_length: clamp(field.minimum, 0) } : {}),
    ...(isText && field.maximum !== undefined ? { max_length: clamp(field.maximum, 1) } : {}),
    ...(options.length > 0 ? { placeholder: cut(options.map(({ title }) => title).join(', '), maxText) } : {}),
  };
}

function yesOrNo(language: Language): FormField['options'] {
  const { yes, no } = catalogues[language];
  return [
    { value: 'true', title: yes },
    { value: 'false', title: no },
  ];
}

function clamp(length: number, least: number): number {
  return Math.min(maxInput, Math.max(least, Math.floor(length)));
}

/** Why a field did not take its value, in the member's words. */
export function toInvalidText({ title, kind }: FormField, language: Language): string {
  const { invalidField, fieldKinds } = catalogues[language];
  return invalidField.replace('{field}', () => cut(title, maxTitle)).replace('{kind}', fieldKinds[kind]);
}
