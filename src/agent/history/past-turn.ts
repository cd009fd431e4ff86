/** What of an ended turn later questions are sent: no more of it is stored in the history. */
import { cut } from '../../text.ts';
import { isPicture } from '../attachments/pictures.ts';
import type { AttachmentOutcome, ModelStep, Turn } from '../turn.ts';
import { longestEarlierText } from './prompt.ts';

/**
 * What the front end remembers is of no use once the turn is shown, of files no more than their beginning, and what results link to is
 * read in their own turn.
 */
export function toPast(turn: Turn): Turn {
  const { files, steps } = turn;
  return {
    ...turn,
    steps: steps.map(withoutLinks),
    ...(files === undefined ? {} : { files: files.map(toShort) }),
    delivery: null,
  };
}

function withoutLinks(step: ModelStep): ModelStep {
  if (step.results.every(({ links }) => links === undefined)) return step;
  return { ...step, results: step.results.map(({ links: _, ...result }) => result) };
}

function toShort(file: AttachmentOutcome): AttachmentOutcome {
  if (file.type !== 'text' || file.text.length <= longestEarlierText) return file;
  return { ...file, text: cut(file.text, longestEarlierText), isCut: true };
}

/** The turns, with only the newest pictures shown from now on. Those that nothing changes for are the same ones. */
export function keepPictures(turns: readonly Turn[], most: number): readonly Turn[] {
  let room = most;
  const kept = turns.toReversed().map((turn) => {
    const shown = turn.files?.filter((file) => isPicture(file) && file.file.key !== '').length ?? 0;
    const lost = Math.max(0, shown - room);
    room -= shown - lost;
    return lost === 0 ? turn : withoutPictures(turn, lost);
  });
  return kept.toReversed();
}

/** Without its first so many pictures: they are the oldest. */
function withoutPictures(turn: Turn, count: number): Turn {
  let left = count;
  const files = turn.files?.map((file): AttachmentOutcome => {
    if (!isPicture(file) || file.file.key === '' || left === 0) return file;
    left -= 1;
    return { ...file, file: { ...file.file, key: '' } };
  });
  return files === undefined ? turn : { ...turn, files };
}
