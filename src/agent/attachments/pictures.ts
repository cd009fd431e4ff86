/** Pictures as the model is shown them, and where their bytes are between two requests. */
import type { TurnStore } from '../store/turn-store.ts';
import type { AttachmentOutcome, FileReference, Turn } from '../turn.ts';

/** Data URLs by the keys of their files. What is not there is told of, and not shown. */
export type Pictures = ReadonlyMap<string, string>;

export const noPictures: Pictures = new Map();

export type PictureOutcome = Extract<AttachmentOutcome, { readonly type: 'image' }>;

export function isPicture(outcome: AttachmentOutcome): outcome is PictureOutcome {
  return outcome.type === 'image';
}

/** Those of the turn whose bytes are kept. */
export function picturesOf({ files = [] }: Pick<Turn, 'files'>): FileReference[] {
  return files.filter(isPicture).flatMap(({ file }) => (file.key === '' ? [] : [file]));
}

/** Of the turns' pictures, the newest that are within both bounds. */
export function newestPictures(turns: readonly Turn[], most: number, mostBytes: number): FileReference[] {
  let room = mostBytes;
  const newest = turns.flatMap(picturesOf).toReversed().slice(0, most);
  const end = newest.findIndex(({ bytes }) => {
    room -= bytes;
    return room < 0;
  });
  return end === -1 ? newest : newest.slice(0, end);
}

export function toDataUrl({ mimeType }: FileReference, data: Uint8Array): string {
  return `data:${mimeType};base64,${Buffer.from(data).toString('base64')}`;
}

/** Those of the files that the store has. Rejects when it cannot be read. */
export async function loadPictures(
  files: readonly FileReference[],
  store: Pick<TurnStore, 'loadFile'>,
): Promise<Pictures> {
  const loaded = await Promise.all(
    files.map(async (file) => {
      const data = await store.loadFile(file.key);
      return data === undefined ? [] : [[file.key, toDataUrl(file, data)] as const];
    }),
  );
  return new Map(loaded.flat());
}
