/** What is deleted of a channel when its members want it forgotten. */
import { turnOfFileKey } from './file-key.ts';
import type { Histories } from './histories.ts';
import type { Records } from './records.ts';
import type { SetAside } from './set-aside.ts';

export interface Forgetting {
  readonly turns: Records;
  readonly histories: Histories;
  readonly files: Records;
  readonly setAside: SetAside;
}

/**
 * Removes the history with its notes, what was set aside of the channel, and files of its ended turns that were left behind.
 * Turns that are still being answered stay, with their files: they are no past yet.
 */
export async function forgetChannel(
  channelId: string,
  { turns, histories, files, setAside }: Forgetting,
): Promise<void> {
  const { turns: ended } = await histories.read(channelId);
  await histories.remove(channelId);
  const turnIds = new Set(ended.map(({ question }) => question.id));
  for (const turnId of await setAside.forget(channelId)) turnIds.add(turnId);
  if (turnIds.size === 0) return;
  for (const turnId of turnIds) {
    for await (const page of files.keys(`${turnId}.`)) {
      for (const key of page) {
        if (turnOfFileKey(key) === turnId && !(await turns.has(turnId))) await files.remove(key);
      }
    }
  }
}
