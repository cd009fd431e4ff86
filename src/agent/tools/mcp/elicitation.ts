/** A form as MCP describes it (elicitation, form mode) as a {@link FormRequest}: flat fields that people can fill in. */
import { z } from 'zod';
import { cut } from '../../../text.ts';
import type { FormField, FormOption, FormRequest } from '../../form.ts';

// Lenient on purpose: what an odd field has is shown as far as it can be.
const option = z.object({ const: z.string(), title: z.string().optional() });
const fieldSchema = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
  enumNames: z.array(z.string()).optional(),
  oneOf: z.array(option).optional(),
  items: z.object({ enum: z.array(z.string()).optional(), anyOf: z.array(option).optional() }).optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const formSchema = z.object({
  message: z.string(),
  requestedSchema: z.object({
    properties: z.record(z.string(), z.unknown()),
    required: z.array(z.string()).default([]),
  }),
});

/** A form with more is none that anybody would fill in. */
const mostFields = 50;
const mostOptions = 200;
const longestSent = 1_000;
/** In characters; what is longer is cut. */
const longestMessage = 2_000;
const longestDescription = 500;
const longestTitle = 200;
/** A preset that is longer is none. */
const longestPreset = 4_000;
/** Of the names that front ends use: what is longer gets one of ours. */
const longestName = 100;

/** Undefined for what is no form, or too much of one. */
export function toFormRequest(server: string, params: unknown): FormRequest | undefined {
  const form = formSchema.safeParse(params);
  if (!form.success) return undefined;
  const { message, requestedSchema } = form.data;
  const names = Object.keys(requestedSchema.properties);
  if (names.length > mostFields) return undefined;
  const required = new Set(requestedSchema.required);
  const shortNames = toShortNames(names);
  const fields: FormField[] = [];
  for (const [place, sentAs] of names.entries()) {
    const field = fieldSchema.safeParse(requestedSchema.properties[sentAs]);
    if (!field.success || sentAs.length > longestSent) return undefined;
    const options = toOptions(field.data);
    if (options.length > mostOptions || options.some((each) => (each.sentAs ?? each.value).length > longestSent))
      return undefined;
    const name = shortNames[place] ?? sentAs;
    fields.push({
      ...toField(name, sentAs, field.data, options, required.has(sentAs)),
      ...(name === sentAs ? {} : { sentAs }),
    });
  }
  return { server, message: cut(message, longestMessage), fields };
}

function toField(
  name: string,
  sentAs: string,
  field: z.infer<typeof fieldSchema>,
  options: readonly FormOption[],
  isRequired: boolean,
): FormField {
  const kind = toKind(field);
  const isText = kind === 'text';
  return {
    name,
    title: cut(field.title ?? sentAs, longestTitle),
    description: field.description === undefined ? undefined : cut(field.description, longestDescription),
    kind,
    options,
    isRequired,
    preset: toPreset(field.default, options),
    minimum: isText ? field.minLength : field.minimum,
    maximum: isText ? field.maxLength : field.maximum,
  };
}

function toKind(field: z.infer<typeof fieldSchema>): FormField['kind'] {
  if (field.type === 'array') return 'choices';
  if (field.enum !== undefined || field.oneOf !== undefined) return 'choice';
  return field.type === 'boolean' || field.type === 'number' || field.type === 'integer' ? field.type : 'text';
}

function toOptions({ enum: values, enumNames, oneOf, items }: z.infer<typeof fieldSchema>): FormOption[] {
  const titled =
    oneOf ??
    items?.anyOf ??
    (values ?? items?.enum ?? []).map((value, place) => ({ const: value, title: enumNames?.[place] }));
  const names = toShortNames(titled.map((each) => each.const));
  return titled.map(({ const: sentAs, title = sentAs }, place) => {
    const value = names[place] ?? sentAs;
    return { value, title: cut(title, longestTitle), ...(value === sentAs ? {} : { sentAs }) };
  });
}

function toPreset(given: z.infer<typeof fieldSchema>['default'], options: readonly FormOption[]): string | undefined {
  if (given === undefined) return undefined;
  const values = (Array.isArray(given) ? given.slice(0, mostOptions) : [given]).map(
    (value) => options.find(({ sentAs }) => sentAs === value)?.value ?? value.toString(),
  );
  const preset = values.join('\n');
  return preset.length > longestPreset ? undefined : preset;
}

/** The names themselves where they are short and of one line; else their numbers, marked so that they are none of the others. */
function toShortNames(names: readonly string[]): string[] {
  const isShort = (name: string) => name !== '' && name.length <= longestName && !/[\n\r]/.test(name);
  const taken = new Set(names);
  return names.map((name, place) => {
    if (isShort(name)) return name;
    let short = `#${place + 1}`;
    while (taken.has(short)) short = `#${short}`;
    return short;
  });
}
