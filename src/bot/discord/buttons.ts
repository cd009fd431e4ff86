/** What can be pressed below a message, as Discord's JSON. Pure. */
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { ShownButton } from '../channel/shown-message.ts';

const styles = { good: ButtonStyle.Success, bad: ButtonStyle.Danger, plain: ButtonStyle.Secondary } as const;

/** Discord's limits for a message. Buttons come in pairs, and a row keeps pairs together. Source: https://discord.com/developers/docs/components/reference#action-row */
const mostRows = 5;
const buttonsPerRow = 4;

/** Those that find no room wait until others are gone. */
export function toRows(buttons: readonly ShownButton[]): APIActionRowComponent<APIButtonComponent>[] {
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  const perRow = buttons.length <= 2 * mostRows ? 2 : buttonsPerRow;
  for (let first = 0; first < buttons.length && rows.length < mostRows; first += perRow) {
    const components = buttons.slice(first, first + perRow).map(
      ({ id, label, style }): APIButtonComponent => ({
        type: ComponentType.Button,
        custom_id: id,
        label,
        style: styles[style],
      }),
    );
    rows.push({ type: ComponentType.ActionRow, components });
  }
  return rows;
}
