/** A form that a tool server wants the asker to fill in while it runs a call, free of MCP: flat fields, text in, typed values out. */

export interface FormField {
  /** Of 1 to 100 characters; unique within the form. */
  readonly name: string;
  /** What the server calls it, where that is another name. */
  readonly sentAs?: string;
  /** For people; the name where the server gives none. */
  readonly title: string;
  readonly description: string | undefined;
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'choices';
  /** Of `choice` and `choices`. */
  readonly options: readonly FormOption[];
  readonly isRequired: boolean;
  /** As text, `true` or `false` for a boolean, one a line for `choices`. Undefined: none. */
  readonly preset: string | undefined;
  /** Of the text's length, or of the number itself. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

export interface FormOption {
  /** Of 1 to 100 characters, on one line; unique within the field. */
  readonly value: string;
  readonly title: string;
  /** What the server is told, where that is another value. */
  readonly sentAs?: string;
}

export interface Form {
  /** Short, of letters, digits and `.`; the same when the call is made again after a crash and asks again. */
  readonly id: string;
  readonly callId: string;
  /** Who asks. */
  readonly server: string;
  /** What for, in the server's words: data, to be shown as such. */
  readonly message: string;
  readonly fields: readonly FormField[];
}

/** A form as it is asked for: it has an id once it is open. */
export type FormRequest = Omit<Form, 'id' | 'callId'>;

/** What the server is told: the values by field name, in their types. */
export type FormReply =
  | { readonly action: 'accept'; readonly content: Readonly<Record<string, string | number | boolean | string[]>> }
  | { readonly action: 'decline' | 'cancel' };

/** Values as people type them, by field name; fields that were left empty are not there. */
export type FormAnswer =
  | { readonly action: 'accept'; readonly values: Readonly<Record<string, string>> }
  | { readonly action: 'decline' | 'cancel' };

/** `gone`: nobody waits for it any more. `invalid`: the field does not take its value, and the form stays open. */
export type FormOutcome =
  | { readonly type: 'taken' }
  | { readonly type: 'gone' }
  | { readonly type: 'invalid'; readonly field: FormField };

/** Checks what was typed against the form, and gives the values their types. Fields that were left empty take their preset. */
export function readAnswer(
  { fields }: Pick<Form, 'fields'>,
  answer: FormAnswer,
): { readonly type: 'read'; readonly reply: FormReply } | { readonly type: 'invalid'; readonly field: FormField } {
  if (answer.action !== 'accept') return { type: 'read', reply: answer };
  const content: [string, string | number | boolean | string[]][] = [];
  for (const field of fields) {
    const given = Object.hasOwn(answer.values, field.name) ? answer.values[field.name] : undefined;
    const typed = given?.trim() || (field.preset ?? '');
    if (typed === '' && !field.isRequired) continue;
    const value = readValue(field, typed);
    if (value === undefined) return { type: 'invalid', field };
    content.push([field.sentAs ?? field.name, value]);
  }
  return { type: 'read', reply: { action: 'accept', content: Object.fromEntries(content) } };
}

const yes = new Set(['true', 'yes', 'y', 'on', '1', '예', '네', '응']);
const no = new Set(['false', 'no', 'n', 'off', '0', '아니요', '아니오']);

function readValue(field: FormField, typed: string): string | number | boolean | string[] | undefined {
  switch (field.kind) {
    case 'text':
      return typed !== '' && isWithin(typed.length, field) ? typed : undefined;
    case 'number':
    case 'integer': {
      const value = typed === '' ? Number.NaN : Number(typed);
      const isOfKind = field.kind === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value);
      return isOfKind && isWithin(value, field) ? value : undefined;
    }
    case 'boolean':
      return yes.has(typed.toLowerCase()) ? true : no.has(typed.toLowerCase()) ? false : undefined;
    case 'choice':
      return optionOf(field, typed);
    case 'choices': {
      const chosen = typed
        .split(/[\n,]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
      const values = chosen.map((part) => optionOf(field, part));
      return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
    }
  }
}

function isWithin(
  size: number,
  { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: FormField,
): boolean {
  return size >= minimum && size <= maximum;
}

/** By its value or by the title that people see. */
function optionOf({ options }: FormField, typed: string): string | undefined {
  const wanted = typed.toLowerCase();
  const option = options.find(({ value, title }) => value.toLowerCase() === wanted || title.toLowerCase() === wanted);
  return option?.sentAs ?? option?.value;
}
