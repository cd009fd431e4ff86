/**
 * What a tool server wants of the asker while it runs a call, free of MCP: a form of flat fields, text in, typed values out; or a
 * page that they open in their own browser.
 */

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
  /** None where there is an address. */
  readonly fields: readonly FormField[];
  /** The page to open instead. Accepted, the asker has been there, or is about to go. Absent: it is to be filled in. */
  readonly address?: PageAddress;
}

/** An address that a tool server gave: to be shown whole, and to be fetched by nobody but the asker's browser. */
export interface PageAddress {
  /** Of at most 1,000 ASCII characters, without spaces, quotes and backticks: as a browser would open it. */
  readonly url: string;
  /** Whose page it is, in ASCII: what looks like other letters is not. */
  readonly host: string;
}

/** A form as it is asked for: it has an id once it is open. */
export type FormRequest = Omit<Form, 'id' | 'callId'>;

/** What the server is told: the values by field name, in their types. */
export type FormReply =
  | {
      readonly action: 'accept';
      /** Absent where there was nothing to fill in. */
      readonly content?: Readonly<Record<string, string | number | boolean | string[]>>;
    }
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
  { fields, address }: Pick<Form, 'fields' | 'address'>,
  answer: FormAnswer,
): { readonly type: 'read'; readonly reply: FormReply } | { readonly type: 'invalid'; readonly field: FormField } {
  if (answer.action !== 'accept') return { type: 'read', reply: answer };
  if (address !== undefined) return { type: 'read', reply: { action: 'accept' } };
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
