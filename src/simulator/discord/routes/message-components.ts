/**
 * The components of a message, held against what Discord refuses beyond the shapes that its schema knows.
 * Sources: https://docs.discord.com/developers/components/reference and …/components/using-message-components
 */
import { ComponentType } from 'discord-api-types/v10';
import { fieldsOf } from '../payload/json.ts';
import { invalidForm } from '../rest/api-error.ts';

/** Rows of a message without the flag for components of the second kind. */
const mostRows = 5;
const buttonsPerRow = 5;
/** Of the second kind, nested ones counted, and characters of all texts together. */
const mostComponents = 40;
const mostCharacters = 4000;

/** @throws Discord's refusal. */
export function requireGoodComponents(components: readonly unknown[], isSecondKind: boolean): void {
  const all = components.flatMap(withNested);
  const names = all.flatMap(({ custom_id: name }) => (typeof name === 'string' ? [name] : []));
  // What can be pressed is told apart by its name alone.
  if (new Set(names).size < names.length)
    throw refuse('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  for (const row of all.filter(({ type }) => type === ComponentType.ActionRow)) requireGoodRow(row);
  if (isSecondKind) requireGoodLayout(all);
  else requireRows(components.map(fieldsOf));
}

function requireGoodLayout(all: readonly Fields[]): void {
  if (all.length > mostComponents)
    throw refuse('BASE_TYPE_BAD_LENGTH', `Must be ${mostComponents} or fewer components in total.`);
  const texts = all.filter(({ type }) => type === ComponentType.TextDisplay);
  const characters = texts.reduce((sum, { content }) => sum + String(content).length, 0);
  if (characters > mostCharacters)
    throw refuse('COMPONENT_TEXT_TOO_LONG', `Must be ${mostCharacters} or fewer characters of text in total.`);
}

function requireRows(rows: readonly Fields[]): void {
  if (rows.length > mostRows) throw refuse('BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${mostRows} in length.`);
  if (rows.some(({ type }) => type !== ComponentType.ActionRow))
    throw refuse('COMPONENT_TYPE_INVALID', 'Needs MessageFlags.IS_COMPONENTS_V2.');
}

/** Some buttons, or one select. */
function requireGoodRow({ components }: Fields): void {
  const inner = (Array.isArray(components) ? components : []).map(fieldsOf);
  const buttons = inner.filter(({ type }) => type === ComponentType.Button).length;
  const isGood = buttons === inner.length ? buttons >= 1 && buttons <= buttonsPerRow : inner.length === 1;
  if (!isGood) throw refuse('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
}

type Fields = ReturnType<typeof fieldsOf>;

/** The component and everything in it. */
export function withNested(component: unknown): Fields[] {
  const fields = fieldsOf(component);
  const inner: readonly unknown[] = Array.isArray(fields.components) ? fields.components : [];
  const accessory = fields.accessory === undefined ? [] : [fields.accessory];
  return [fields, ...[...inner, ...accessory].flatMap(withNested)];
}

function refuse(code: string, message: string) {
  return invalidForm('components', code, message);
}
