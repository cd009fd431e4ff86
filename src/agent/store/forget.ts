/** What is deleted of a channel when its members want it forgotten, and of a member who does. */
import { turnOfFileKey } from './file-key.ts';
import type { Histories } from './histories.ts';
import { type Forgotten, isOneOf } from './history-record.ts';
import type { Records } from './records.ts';
import type { SetAside } from './set-aside.ts';
import { parseJson } from './turn-record.ts';

export interface Forgetting {
  readonly turns: Records;
  readonly files: Records;
  readonly histories: Histories;
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
  await removeFilesOf(turnIds, { turns, files });
}

/**
 * Takes what people want forgotten out of a conversation, and first the files that came with it: cut off between the two, it finds the
 * turns again. A summary that may be of it goes, too.
 * @returns whether there was anything of theirs, as far as that is known.
 */
export async function forgetIn(
  conversation: string,
  forgotten: readonly Forgotten[],
  { turns, histories, files }: Pick<Forgetting, 'turns' | 'histories' | 'files'>,
): Promise<boolean> {
  return await histories.forget(conversation, forgotten, (turnIds) => removeFilesOf(turnIds, { turns, files }));
}

/** Those of turns that are still being answered stay: they are no past yet. */
async function removeFilesOf(
  turnIds: Iterable<string>,
  { turns, files }: Pick<Forgetting, 'turns' | 'files'>,
): Promise<void> {
  for (const turnId of turnIds) {
    for await (const page of files.keys(`${turnId}.`)) {
      for (const key of page) {
        if (turnOfFileKey(key) === turnId && !(await turns.has(turnId))) await files.remove(key);
      }
    }
  }
}

/**
 * Removes a person's turns that are not ended, or not settled, with their files: their questions are not answered any more.
 * Only while nobody answers with the store.
 * @returns of how many.
 */
export async function dropTurnsOf(
  forgotten: Forgotten,
  { turns, files }: Pick<Forgetting, 'turns' | 'files'>,
): Promise<number> {
  const dropped: string[] = [];
  const isTheirs = isOneOf([forgotten]);
  for (const [key, { text }] of await turns.list())
    if (text !== undefined && isTheirs(parseJson(text))) dropped.push(key);
  for (const turnId of dropped) await turns.remove(turnId);
  await removeFilesOf(dropped, { turns, files });
  return dropped.length;
}
