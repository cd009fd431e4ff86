/** A message that should stand, as the body of a request to Discord. Pure. */
import { MessageFlags, type RawFile } from 'discord.js';
import { cut } from '../../text.ts';
import type { AttachedFile } from '../channel/place.ts';
import type { ShownMessage, Stage } from '../channel/shown-message.ts';
import { toRows } from './buttons.ts';

/** Nobody is pinged by what the bot writes, save the asker by a reply. Source: https://discord.com/developers/docs/resources/message#allowed-mentions-object */
export const pingNobody = { parse: [], replied_user: false } as const;
export const pingAsker = { parse: [], replied_user: true } as const;

/** Whom the message may ping: nobody, or the one whom it names. */
export function toAllowedMentions({ mentions }: ShownMessage): object {
  return mentions === undefined ? pingNobody : { parse: [], users: [mentions] };
}

/** Of an attachment's description. Source: https://discord.com/developers/docs/resources/message#attachment-object */
const maxDescription = 1024;

/** For creating it. @param files that go up with it: on the edit that fills a response, what is not named would not stand. */
export function toBody({ content, stage, buttons = [] }: ShownMessage, files: readonly AttachedFile[] = []) {
  return {
    content,
    ...(buttons.length === 0 ? {} : { components: toRows(buttons) }),
    ...(isNotice(stage) ? { flags: MessageFlags.SuppressEmbeds } : {}),
    ...(files.length === 0 ? {} : { attachments: files.map(toAttachment) }),
  };
}

/** For editing it, whatever it was. Buttons are taken away where there are none any more; attachments stay. */
export function toChanges({ content, buttons = [] }: ShownMessage): object {
  return { content, components: toRows(buttons) };
}

export function toUpload(files: readonly AttachedFile[]): { files?: RawFile[] } {
  if (files.length === 0) return {};
  return { files: files.map(({ name, data }) => ({ name, data: Buffer.from(data) })) };
}

/** What is said of an uploaded file, which is named by its number. */
function toAttachment({ name, description }: AttachedFile, index: number) {
  const said = description?.trim();
  return { id: String(index), filename: name, ...(said ? { description: cut(said, maxDescription) } : {}) };
}

/** For editing what was another message: an answer may show previews of its links, a notice does not. */
export function toFlags({ stage }: ShownMessage): number {
  return isNotice(stage) ? MessageFlags.SuppressEmbeds : 0;
}

function isNotice(stage: Stage): boolean {
  return stage === 'notice' || stage === 'progress';
}
