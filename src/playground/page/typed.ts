/** What the text so far is the beginning of. Pure. */
import type { Command } from '../wire.ts';
import type { World } from './state.ts';

export type Typed =
  /** A command's whole name and a space; `given` is what comes after. */
  | { readonly kind: 'command'; readonly command: Command; readonly given: string }
  | { readonly kind: 'command-start' | 'mention-start'; readonly start: string }
  | { readonly kind: 'words' };

export function readTyped(text: string, caret: number, world: World): Typed {
  const [, typedCommand, given = ''] = /^\/(\S+)\s(.*)$/s.exec(text) ?? [];
  const command = world.commands.find(({ kind, name }) => kind === 'slash' && name === typedCommand);
  if (command) return { kind: 'command', command, given };
  const [, commandStart] = /^\/(\S*)$/.exec(text) ?? [];
  if (commandStart !== undefined) return { kind: 'command-start', start: commandStart };
  const [, mentionStart] = /(?:^|\s)@([^\s@]*)$/.exec(text.slice(0, caret)) ?? [];
  return mentionStart === undefined ? { kind: 'words' } : { kind: 'mention-start', start: mentionStart };
}
