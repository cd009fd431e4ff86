/** What can be pressed below a message, as Discord's JSON. Pure. */
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import { isRecord } from '../../json.ts';
import type { ShownButton } from '../channel/shown-message.ts';

const styles = { good: ButtonStyle.Success, bad: ButtonStyle.Danger, plain: ButtonStyle.Secondary } as const;

/** Discord's limits for a message. Buttons come in pairs, and a row keeps pairs together. Source: https://discord.com/developers/docs/components/reference#action-row */
const mostRows = 5;
const buttonsPerRow = 4;

/** Those that find no room wait until others are gone. */
export function toRows(buttons: readonly ShownButton[]): APIActionRowComponent<APIButtonComponent>[] {
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  const perRow = buttons.length <= 3 ? 3 : buttons.length <= 2 * mostRows ? 2 : buttonsPerRow;
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

/** Of the buttons that stand below a message, in their order. */
export function toButtonIds(rows: unknown): readonly string[] {
  const buttons = (Array.isArray(rows) ? rows : []).flatMap((row: unknown) =>
    isRecord(row) && Array.isArray(row.components) ? row.components : [],
  );
  return buttons.flatMap((button: unknown) =>
    isRecord(button) && typeof button.custom_id === 'string' ? [button.custom_id] : [],
  );
}
