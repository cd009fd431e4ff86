/** Files come in: with messages of members and of the bot, and with commands. */

import type { SimulatedAttachment, SimulatedFile } from '../face/message.ts';
import { maxFileBytes } from '../limits.ts';
import type { Channel, World } from './state.ts';

/** Of one message. */
const mostFiles = 10;

export function storeFile(
  world: World,
  { id: channelId }: Pick<Channel, 'id'>,
  described: Pick<SimulatedAttachment, 'filename' | 'contentType' | 'description'>,
  data: Uint8Array,
): SimulatedAttachment {
  const file = { ...described, id: world.snowflakes.next() };
  return world.files.add(file, data, () => world.originUrl + world.cdn.addressOf('attachments', channelId, file));
}

/** A file that came with a command, of which no message tells. */
export function storeOptionFile(world: World, file: SimulatedFile): SimulatedAttachment {
  requireFiles([file]);
  const described = { ...toDescribed(file), id: world.snowflakes.next() };
  const urlOf = () => world.originUrl + world.cdn.addressOf('ephemeral-attachments', world.applicationId, described);
  return world.files.add(described, file.data, urlOf);
}

/** @throws {RangeError} when a member's client would not send them. */
export function storeMemberFiles(
  world: World,
  channel: Pick<Channel, 'id'>,
  files: readonly SimulatedFile[],
): SimulatedAttachment[] {
  requireFiles(files);
  return files.map((file) => storeFile(world, channel, toDescribed(file), file.data));
}

function toDescribed({ name, contentType = 'application/octet-stream', description }: SimulatedFile) {
  return { filename: name, contentType, ...(description !== undefined && { description }) };
}

function requireFiles(files: readonly SimulatedFile[]): void {
  if (files.length > mostFiles) throw new RangeError(`A message has at most ${mostFiles} files, not ${files.length}.`);
  const large = files.find(({ data }) => data.length > maxFileBytes);
  if (large !== undefined) throw new RangeError(`${large.name} is larger than ${maxFileBytes} bytes.`);
}
