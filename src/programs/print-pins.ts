/** What tool servers say otherwise than before, for whoever runs the bot. */
import type { ChangedTools } from '../agent/pins/changed-tools.ts';
import { readPinned, toChanged } from '../agent/pins/pinned-server.ts';
import type { TurnStore } from '../agent/store/turn-store.ts';
import { toVisible } from '../text.ts';

export async function listChanged(store: Pick<TurnStore, 'listPins'>): Promise<ChangedTools[]> {
  return [...(await store.listPins())].flatMap(([key, stored]) => toChanged(key, readPinned('', stored)) ?? []);
}

export function toPinsText(changed: readonly ChangedTools[]): string {
  if (changed.length === 0) return 'Every tool says what it said when it was first used.';
  return changed
    .map(({ server, serverKey, changeId, changes }) =>
      [
        `${toVisible(server)}: accept ${serverKey}:${changeId}`,
        ...changes.flatMap(({ tool, lines }) => [`# ${toVisible(tool)}`, ...lines.map(toVisible)]),
      ].join('\n'),
    )
    .join('\n\n');
}
