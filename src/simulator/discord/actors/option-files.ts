/** Files that a member picks for the options of a command: sent before it, named in it by their ids. */

import type { SimulatedAttachment, SimulatedFile } from '../face/message.ts';
import type { JsonObject } from '../payload/json.ts';
import { toApiAttachment } from '../payload/message-payload.ts';
import { storeOptionFile } from '../world/attachments.ts';
import type { World } from '../world/state.ts';

/** By the name of the option. */
export type GivenOptions = Readonly<Record<string, string | SimulatedFile>>;

/** @returns the options with the ids of files in their places. */
export function storeGivenFiles(
  world: World,
  given: GivenOptions,
): { readonly texts: Readonly<Record<string, string>>; readonly files: readonly SimulatedAttachment[] } {
  const files: SimulatedAttachment[] = [];
  const texts = Object.entries(given).map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    const file = storeOptionFile(world, value);
    files.push(file);
    return [name, file.id];
  });
  return { texts: Object.fromEntries(texts), files };
}

export function toResolved(files: readonly SimulatedAttachment[]): JsonObject {
  return Object.fromEntries(files.map((file) => [file.id, { ...toApiAttachment(file), ephemeral: true }]));
}
