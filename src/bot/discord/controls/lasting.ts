/**
 * Buttons that belong to no turn, such as examples and pages: their names on the wire hold all that a press needs. So they work
 * after a restart, whichever process made them, and each press is checked anew.
 */

const controls = [
  'example',
  'tools',
  'history',
  'save',
  'approvals',
  'end',
  'settings',
  'accept',
  'paste',
  'login',
  'unlink',
  'servers',
] as const;
export type LastingControl = (typeof controls)[number];

export interface LastingButton {
  readonly control: LastingControl;
  /** Its own to read; what they say may be of an earlier version, or made up. */
  readonly values: readonly string[];
}

/** Discord's limit. Source: https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id */
const longest = 100;

/** @param values Without colons. @throws {RangeError} when they are too long for a button. */
export function toLastingId(control: LastingControl, ...values: readonly (string | number)[]): string {
  const id = [control, ...values].join(':');
  if (id.length > longest) throw new RangeError(`A button named ${id} could not be shown.`);
  return id;
}

/** Undefined for what is no such button. */
export function readLastingId(id: string): LastingButton | undefined {
  const [name, ...values] = id.split(':');
  const control = controls.find((known) => known === name);
  return control === undefined ? undefined : { control, values };
}
