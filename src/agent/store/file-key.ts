/** How a turn's files are named in the store. Whoever stores one and whoever looks for its turn both ask here, so that they agree. */

/**
 * @param place Of the call within the turn, `STEP.CALL`, both counted from 0.
 * @param index Of the file among those of the call, from 0.
 */
export function toFileKey(turnId: string, place: string, index: number): string {
  return `${turnId}.${place}.${index}`;
}

const sent = '.sent.';

/**
 * Of a picture that came with a question. Names the conversation, too, whose history may keep it for longer than the turn.
 * @param attachment Its place among those of the question, from 0.
 */
export function toPictureKey(turnId: string, conversation: string, attachment: number): string {
  return `${turnId}${sent}${conversation}.${attachment}`;
}

/** The conversation whose history may keep the file; undefined of all others. */
export function conversationOfFileKey(key: string): string | undefined {
  const start = key.indexOf(sent);
  return start === -1 ? undefined : key.slice(start + sent.length, key.lastIndexOf('.'));
}

/** The id of the turn that the file belongs to; undefined of a key that was not made here. */
export function turnOfFileKey(key: string): string | undefined {
  const start = key.indexOf(sent);
  if (start !== -1) return key.slice(0, start);
  const parts = key.split('.');
  const place = parts.splice(-3);
  return parts.length > 0 && place.every((part) => /^\d+$/.test(part)) ? parts.join('.') : undefined;
}
