/** What the text so far is the beginning of. Pure. */
import type { Command } from '../wire.ts';
import type { World } from './state.ts';

export type Typed =
  /** A command's whole name and a space; `given` is what comes after. */
  | { readonly kind: 'command'; readonly command: Command; readonly given: string }
  | { readonly kind: 'command-start' | 'mention-start'; readonly start: string }
  | { readonly kind: 'words' };

export function readTyped(text: string, caret: number, world: World): Typed {
  const start = text.startsWith('/') ? text.slice(1) : undefined;
  const slash = world.commands.filter(({ kind }) => kind === 'slash');
  // A subcommand's name has a space.
  const command = slash.find(({ name }) => start?.startsWith(name) === true && /^\s/.test(start.slice(name.length)));
  if (start !== undefined && command) return { kind: 'command', command, given: start.slice(command.name.length + 1) };
  if (start !== undefined && (!/\s/.test(start) || slash.some(({ name }) => name.startsWith(start.toLowerCase()))))
    return { kind: 'command-start', start };
  const [, mentionStart] = /(?:^|\s)@([^\s@]*)$/.exec(text.slice(0, caret)) ?? [];
  return mentionStart === undefined ? { kind: 'words' } : { kind: 'mention-start', start: mentionStart };
}
