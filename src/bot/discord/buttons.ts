/** What can be pressed below a message: its name on the wire, and Discord's JSON for it. Pure. */
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { ShownButton } from '../channel/presenter.ts';

const actions = ['approve', 'deny', 'fill', 'decline'] as const;

/** What a press means. The name holds all of it, so that buttons work after a restart. */
export interface ButtonPress {
  readonly action: (typeof actions)[number];
  readonly turnId: string;
  /** The place of a call in its turn (`step.call`), or the id of a form. */
  readonly target: string;
}

/** At most 100 characters. */
export function toButtonId({ action, turnId, target }: ButtonPress): string {
  return `${action}:${turnId}:${target}`;
}

/** Undefined for what is no button of ours. */
export function readButtonId(id: string): ButtonPress | undefined {
  const [name, turnId, target, ...more] = id.split(':');
  const action = actions.find((known) => known === name);
  return action === undefined || !turnId || !target || more.length > 0 ? undefined : { action, turnId, target };
}

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
