/** Ends a turn's stay among the unfinished ones: everything of it is shown. */

import { isPicture } from '../attachments/pictures.ts';
import type { History } from '../history/history.ts';
import { toSettledTurn } from '../store/settled-turn.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { FileReference, JsonValue, Turn } from '../turn.ts';
import type { TurnRunner } from './turn-runner.ts';
import type { TurnWriter } from './turn-writer.ts';
import type { UnsettledTurns } from './unsettled-turns.ts';

export interface SettleParts {
  readonly runner: Pick<TurnRunner, 'addToHistory'>;
  readonly history: Pick<History, 'keptPictures' | 'keepOut'>;
  readonly store: Pick<TurnStore, 'removeFile' | 'removeSettled' | 'saveSettled'>;
  readonly writer: Pick<TurnWriter, 'remove'>;
  readonly unsettled: UnsettledTurns;
}

/** As `Agent.settle`. The record goes before its files: it must not name what is not there. Files that a crash leaves are swept. */
export async function settle(
  turn: Turn,
  note: JsonValue,
  { runner, history, store, writer, unsettled }: SettleParts,
): Promise<void> {
  if (turn.end !== undefined)
    await Promise.all([runner.addToHistory(turn), store.saveSettled(toSettledTurn(turn, note))]);
  // Also of one without an end: an earlier process may have added it.
  if (await history.keepOut(turn)) await store.removeSettled(turn.question);
  const kept = turn.end === undefined ? [] : await history.keptPictures(turn);
  const files = filesOf(turn).filter(({ key }) => key !== '' && !kept.includes(key));
  await writer.remove(turn);
  unsettled.remove(turn);
  await Promise.all(files.map(({ key }) => store.removeFile(key)));
}

/** All whose bytes are kept beside the record. */
function filesOf({ steps, files = [] }: Turn): FileReference[] {
  const sent = files.filter(isPicture).map(({ file }) => file);
  return [...sent, ...steps.flatMap(({ results }) => results.flatMap((result) => result.files ?? []))];
}
