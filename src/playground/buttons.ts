/** The buttons of a message, read from the components that a bot sent: Discord's JSON, of which a page is told nothing else. */
import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import * as z from 'zod/mini';
import type { Button } from './wire.ts';

const rowSchema = z.object({ type: z.literal(ComponentType.ActionRow), components: z.array(z.unknown()) });

const buttonSchema = z.object({
  type: z.literal(ComponentType.Button),
  custom_id: z.string(),
  label: z._default(z.string(), ''),
  style: z.number(),
  disabled: z._default(z.boolean(), false),
});

const linkSchema = z.object({
  type: z.literal(ComponentType.Button),
  style: z.literal(ButtonStyle.Link),
  label: z._default(z.string(), ''),
  url: z.url({ protocol: /^https?$/ }),
});

const styles: Readonly<Record<number, Exclude<Button['style'], 'link'>>> = {
  [ButtonStyle.Primary]: 'primary',
  [ButtonStyle.Secondary]: 'secondary',
  [ButtonStyle.Success]: 'success',
  [ButtonStyle.Danger]: 'danger',
};

/** Row by row. Whatever else a bot can send is left out. */
export function toButtons(components: readonly unknown[]): Button[][] {
  return components.map(toButtonRow).filter((buttons) => buttons.length > 0);
}

/** Empty for what is no row of buttons. */
export function toButtonRow(component: unknown): Button[] {
  const row = rowSchema.safeParse(component);
  return row.success ? row.data.components.flatMap(toButton) : [];
}

/** None for what is none. */
export function toButton(component: unknown): Button[] {
  const link = linkSchema.safeParse(component);
  if (link.success) return [{ label: link.data.label, style: 'link', address: link.data.url }];
  const { data } = buttonSchema.safeParse(component);
  const style = data && styles[data.style];
  return style ? [{ customId: data.custom_id, label: data.label, style, isDisabled: data.disabled }] : [];
}
