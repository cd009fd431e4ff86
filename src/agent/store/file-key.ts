/** How a turn's files are named in the store. Whoever stores one and whoever looks for its turn both ask here, so that they agree. */

/**
 * @param place Of the call within the turn, `STEP.CALL`, both counted from 0.
 * @param index Of the file among those of the call, from 0.
 */
export function toFileKey(turnId: string, place: string, index: number): string {
  return `${turnId}.${place}.${index}`;
}

/** The id of the turn that the file belongs to; undefined of a key that was not made by {@link toFileKey}. */
export function turnOfFileKey(key: string): string | undefined {
  const parts = key.split('.');
  const place = parts.splice(-3);
  return parts.length > 0 && place.every((part) => /^\d+$/.test(part)) ? parts.join('.') : undefined;
}
