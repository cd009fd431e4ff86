/** What the press of a button means, as its name on the wire: the name holds all of it, so that buttons work after a restart. */

const actions = [
  'approve',
  'deny',
  'fill',
  'open',
  'opened',
  'decline',
  'connect',
  'stop',
  'again',
  'why',
  'extend',
  'always',
  'always-here',
  'always-asker',
] as const;

export interface ButtonPress {
  readonly action: (typeof actions)[number];
  readonly turnId: string;
  /** The place of a call in its turn (`step.call`), the id of a form, or which login of those that are wanted. Empty where the whole turn is meant. */
  readonly target: string;
}

/** At most 100 characters. */
export function toButtonId({ action, turnId, target }: ButtonPress): string {
  return target === '' ? `${action}:${turnId}` : `${action}:${turnId}:${target}`;
}

/** Undefined for what is no button of ours. */
export function readButtonId(id: string): ButtonPress | undefined {
  const [name, turnId, target = '', ...more] = id.split(':');
  const action = actions.find((known) => known === name);
  return action === undefined || !turnId || more.length > 0 ? undefined : { action, turnId, target };
}
