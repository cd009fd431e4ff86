/** Components of a message as Discord tells them: numbered where they came without an id, and with what a bot left out. */
import { ComponentType } from 'discord-api-types/v10';

/** What counts where a bot says nothing: https://docs.discord.com/developers/components/reference */
const select = { min_values: 1, max_values: 1 };
const defaults: ReadonlyMap<unknown, object> = new Map<unknown, object>([
  [ComponentType.StringSelect, select],
  [ComponentType.UserSelect, select],
  [ComponentType.RoleSelect, select],
  [ComponentType.MentionableSelect, select],
  [ComponentType.ChannelSelect, select],
  [ComponentType.Separator, { spacing: 1, divider: true }],
  [ComponentType.Container, { accent_color: null, spoiler: false }],
]);

/** @param components As the bot sent them. */
export function toApiComponents(components: readonly unknown[]): unknown[] {
  let nextId = 0;
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(visit);
    const entries = Object.entries(value).map(([key, child]) => [
      key,
      key === 'components' || key === 'accessory' ? visit(child) : child,
    ]);
    nextId += 1;
    const fields: Readonly<Record<string, unknown>> = Object.fromEntries(entries);
    return { id: nextId, ...defaults.get(fields.type), ...fields };
  };
  return components.map(visit);
}
