/** How much of what there is goes to the model with a turn, and what is left of it when the model has not taken so much. */
import type { Logger } from '../../log.ts';
import type { AttachmentReader } from '../attachments/attachment-reader.ts';
import { noPictures, type Pictures } from '../attachments/pictures.ts';
import type { ChannelHistory } from '../history/channel-history.ts';
import type { ModelError } from '../model/model-error.ts';
import type { Turn } from '../turn.ts';

export interface Sent {
  readonly history: ChannelHistory;
  /** Of the history. */
  readonly earlierPictures: Pictures;
  /** Of the turn's own question. */
  readonly pictures: Pictures;
  /** Characters of each text that came with the question. */
  readonly longestText: number;
}

/** A third of what was too much is tried. */
const keptPart = 3;
/** Texts are not cut to less. */
const shortestText = 1_000;
const tooLongAdvice = "Set HISTORY_MAX_TOKENS to less than the model's context window.";
const textTooLongAdvice = 'Set ATTACHMENT_MAX_CHARACTERS to less.';

interface SendLessOptions {
  readonly reader: Pick<AttachmentReader, 'leavePicturesOut'>;
  readonly log: Logger;
}

/** Undefined when the model has refused for another reason, or nothing is left to be spared. */
export async function sendLess(
  turn: Turn,
  sent: Sent,
  error: ModelError,
  { reader, log }: SendLessOptions,
): Promise<Sent | undefined> {
  const { pictureRefusal, isTooLong } = error;
  const turnId = turn.question.id;
  if (pictureRefusal !== undefined) {
    const hadOwn = await reader.leavePicturesOut(turn, pictureRefusal);
    if (!hadOwn && sent.earlierPictures.size === 0) return undefined;
    log.warn('pictures-refused', { turnId, reason: pictureRefusal, error });
    // Those of the history were taken when they were new.
    const keepsEarlier = hadOwn && pictureRefusal !== 'model';
    return { ...sent, pictures: noPictures, ...(keepsEarlier ? {} : { earlierPictures: noPictures }) };
  }
  if (!isTooLong) return undefined;
  const { turns } = sent.history;
  if (turns.length > 0) {
    // The model's window is smaller than what the history may be.
    const left = turns.slice(turns.length - Math.floor(turns.length / keptPart));
    log.warn('history-too-long', { turnId, turns: left.length, advice: tooLongAdvice });
    return { ...sent, history: { turns: left, summary: undefined } };
  }
  const longest = Math.min(sent.longestText, longestTextOf(turn));
  if (longest <= shortestText) return undefined;
  const longestText = Math.max(shortestText, Math.floor(longest / keptPart));
  log.warn('attachments-too-long', { turnId, characters: longestText, advice: textTooLongAdvice });
  return { ...sent, longestText };
}

function longestTextOf({ question, files = [] }: Turn): number {
  const texts = [...(question.quotes ?? []), ...files].map((part) => ('text' in part ? part.text.length : 0));
  return Math.max(0, ...texts);
}
