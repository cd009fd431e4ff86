/** What stands in a message of components of the second kind, read from what a bot sent: Discord's JSON, of which a page is told nothing else. */
import { ComponentType } from 'discord-api-types/v10';
import * as z from 'zod/mini';
import { toButton, toButtonRow } from './buttons.ts';
import type { MenuOption, PanelPart } from './wire.ts';

/** What can be picked besides a bot's own options: in the guild of the message. */
export interface Pickable {
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly channels: readonly { readonly id: string; readonly name: string }[];
}

const textSchema = z.object({ type: z.literal(ComponentType.TextDisplay), content: z.string() });
const lineSchema = z.object({ type: z.literal(ComponentType.Separator) });
const sectionSchema = z.object({
  type: z.literal(ComponentType.Section),
  components: z.array(textSchema),
  accessory: z.unknown(),
});
const containerSchema = z.object({ type: z.literal(ComponentType.Container), components: z.array(z.unknown()) });

const menu = {
  custom_id: z.string(),
  placeholder: z._default(z.string(), ''),
  min_values: z._default(z.number(), 1),
  max_values: z._default(z.number(), 1),
  disabled: z._default(z.boolean(), false),
};
const presets = { default_values: z._default(z.array(z.object({ id: z.string() })), []) };
const menuSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal(ComponentType.StringSelect),
    ...menu,
    options: z.array(
      z.object({
        value: z.string(),
        label: z.string(),
        description: z._default(z.string(), ''),
        default: z._default(z.boolean(), false),
      }),
    ),
  }),
  z.object({ type: z.literal(ComponentType.RoleSelect), ...menu, ...presets }),
  z.object({ type: z.literal(ComponentType.ChannelSelect), ...menu, ...presets }),
]);
type Menu = z.infer<typeof menuSchema>;

const rowSchema = z.object({ type: z.literal(ComponentType.ActionRow), components: z.array(z.unknown()) });

/** In their order. Whatever else a bot can send (pictures, files, menus of people) is left out: Jupan sends none. */
export function toPanel(components: readonly unknown[], pickable: Pickable): PanelPart[] {
  return components.flatMap((component): PanelPart[] => {
    const container = containerSchema.safeParse(component);
    if (container.success) return toPanel(container.data.components, pickable);
    const text = textSchema.safeParse(component);
    if (text.success) return [{ type: 'text', content: text.data.content, button: null }];
    if (lineSchema.safeParse(component).success) return [{ type: 'line' }];
    const section = sectionSchema.safeParse(component);
    if (section.success) {
      const content = section.data.components.map((each) => each.content).join('\n');
      return [{ type: 'text', content, button: toButton(section.data.accessory)[0] ?? null }];
    }
    const row = rowSchema.safeParse(component);
    if (!row.success) return [];
    const menus = row.data.components.flatMap((each) => toMenu(each, pickable));
    if (menus.length > 0) return menus;
    const buttons = toButtonRow(component);
    return buttons.length === 0 ? [] : [{ type: 'buttons', buttons }];
  });
}

function toMenu(component: unknown, pickable: Pickable): PanelPart[] {
  const { data } = menuSchema.safeParse(component);
  if (data === undefined) return [];
  return [
    {
      type: 'menu',
      customId: data.custom_id,
      placeholder: data.placeholder,
      least: data.min_values,
      most: data.max_values,
      isDisabled: data.disabled,
      options: toOptions(data, pickable),
    },
  ];
}

function toOptions(data: Menu, { roles, channels }: Pickable): MenuOption[] {
  if (data.type === ComponentType.StringSelect) {
    return data.options.map(({ value, label, description, default: isChosen }) => ({
      value,
      label,
      description,
      isChosen,
    }));
  }
  const [all, sign] = data.type === ComponentType.RoleSelect ? [roles, '@'] : [channels, '#'];
  const chosen = data.default_values.map(({ id }) => id);
  return all.map(({ id, name }) => ({
    value: id,
    label: name.startsWith(sign) ? name : `${sign}${name}`,
    description: '',
    isChosen: chosen.includes(id),
  }));
}
