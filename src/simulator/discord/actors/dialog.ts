/** Dialogs (modals): what Discord takes from the bot, what a member sees of it, and what is sent off. */
import { ComponentType, TextInputStyle } from 'discord-api-types/v10';
import type { SimulatedDialog, SimulatedField } from '../face/dialog.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { invalidForm } from '../rest/api-error.ts';

/** Discord's limit of labelled inputs. */
const mostFields = 5;
/** Discord's limit of a text field. */
const maxTextLength = 4000;

/** @throws Discord's refusal of a dialog without inputs, with too many, or with two of one name. */
export function requireDialog(body: unknown): JsonObject {
  const dialog = fieldsOf(body);
  const { fields } = toDialog(dialog);
  if (fields.length < 1 || fields.length > mostFields)
    throw invalidForm('data.components', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${mostFields} in length.`);
  if (new Set(fields.map(({ customId }) => customId)).size < fields.length)
    throw invalidForm('data.components', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  return dialog;
}

export function toDialog({ custom_id, title, components }: JsonObject): SimulatedDialog {
  const labels: readonly unknown[] = Array.isArray(components) ? components : [];
  return {
    customId: String(custom_id),
    title: String(title),
    fields: labels.map((label) => toField(fieldsOf(label))),
  };
}

function toField({ label, description, component }: JsonObject): SimulatedField {
  const input = fieldsOf(component);
  const options: readonly unknown[] = Array.isArray(input.options) ? input.options : [];
  return {
    customId: String(input.custom_id),
    label: String(label),
    ...(typeof description === 'string' && { description }),
    isRequired: input.required !== false,
    options: options.map((option) => {
      const { value = '', label: text = '', default: isPreset } = fieldsOf(option);
      return { value: String(value), label: String(text), isPreset: isPreset === true };
    }),
    allowsSeveral: Number(input.max_values ?? 1) > 1,
    isLong: input.style === TextInputStyle.Paragraph,
    minLength: Number(input.min_length ?? 0),
    maxLength: Number(input.max_length ?? maxTextLength),
    value: String(input.value ?? ''),
    placeholder: String(input.placeholder ?? ''),
  };
}

/** The submitted components, as a member's client sends them. @throws {Error} when a required field is empty. */
export function toSubmitted(dialog: JsonObject, values: Readonly<Record<string, string>>): JsonObject[] {
  return toDialog(dialog).fields.map((field, place) => {
    const typed = values[field.customId] ?? '';
    if (typed === '' && field.isRequired) throw new Error(`The field ${field.label} is empty.`);
    const own = { id: 2 * place + 2, custom_id: field.customId };
    const component =
      field.options.length > 0
        ? { ...own, type: ComponentType.StringSelect, values: typed === '' ? [] : typed.split('\n') }
        : { ...own, type: ComponentType.TextInput, value: typed };
    return { type: ComponentType.Label, id: 2 * place + 1, component };
  });
}
