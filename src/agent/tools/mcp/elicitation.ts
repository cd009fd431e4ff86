/** A form as MCP describes it (elicitation, form mode) as a {@link FormRequest}: flat fields that people can fill in. */
import { z } from 'zod';
import type { FormField, FormRequest } from '../../form.ts';

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
    properties: z.record(z.string(), fieldSchema),
    required: z.array(z.string()).default([]),
  }),
});

/** Undefined for what is no form. */
export function toFormRequest(server: string, params: unknown): FormRequest | undefined {
  const parsed = formSchema.safeParse(params);
  if (!parsed.success) return undefined;
  const { message, requestedSchema } = parsed.data;
  const required = new Set(requestedSchema.required);
  const fields = Object.entries(requestedSchema.properties).map(([name, field]) =>
    toField(name, field, required.has(name)),
  );
  return { server, message, fields };
}

function toField(name: string, field: z.infer<typeof fieldSchema>, isRequired: boolean): FormField {
  const kind = toKind(field);
  const isText = kind === 'text';
  return {
    name,
    title: field.title ?? name,
    description: field.description,
    kind,
    options: toOptions(field),
    isRequired,
    preset: Array.isArray(field.default) ? field.default.join('\n') : field.default?.toString(),
    minimum: isText ? field.minLength : field.minimum,
    maximum: isText ? field.maxLength : field.maximum,
  };
}

function toKind(field: z.infer<typeof fieldSchema>): FormField['kind'] {
  if (field.type === 'array') return 'choices';
  if (field.enum !== undefined || field.oneOf !== undefined) return 'choice';
  return field.type === 'boolean' || field.type === 'number' || field.type === 'integer' ? field.type : 'text';
}

function toOptions({ enum: values, enumNames, oneOf, items }: z.infer<typeof fieldSchema>): FormField['options'] {
  const titled = oneOf ?? items?.anyOf;
  if (titled !== undefined) return titled.map((each) => ({ value: each.const, title: each.title ?? each.const }));
  return (values ?? items?.enum ?? []).map((value, place) => ({ value, title: enumNames?.[place] ?? value }));
}
