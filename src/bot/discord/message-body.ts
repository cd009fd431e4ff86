/** A message that should stand, as the body of a request to Discord. Pure. */
import { MessageFlags, type RawFile } from 'discord.js';
import type { AttachedFile } from '../channel/place.ts';
import type { ShownMessage, Stage } from '../channel/shown-message.ts';
import { toRows } from './buttons.ts';

/** Nobody is pinged by what the bot writes, save the asker by a reply. Source: https://discord.com/developers/docs/resources/message#allowed-mentions-object */
export const pingNobody = { parse: [], replied_user: false } as const;
export const pingAsker = { parse: [], replied_user: true } as const;

/** For creating it. @param files that go up with it. */
export function toBody({ content, stage, buttons = [] }: ShownMessage, files: readonly AttachedFile[] = []) {
  return {
    content,
    ...toDescriptions(files),
    ...(buttons.length === 0 ? {} : { components: toRows(buttons) }),
    ...(isNotice(stage) ? { flags: MessageFlags.SuppressEmbeds } : {}),
  };
}

/** For editing it. Buttons are taken away where there are none any more; attachments stay. */
export function toChanges({ content, stage, buttons = [] }: ShownMessage): object {
  return { content, ...(isNotice(stage) ? { components: toRows(buttons) } : {}) };
}

export function toUpload(files: readonly AttachedFile[]): { files?: RawFile[] } {
  if (files.length === 0) return {};
  return { files: files.map(({ name, data }) => ({ name, data: Buffer.from(data) })) };
}

/** Where one is described all are named: on the edit that fills a response, what is not named would not stand. */
function toDescriptions(files: readonly AttachedFile[]): { attachments?: readonly object[] } {
  if (files.every(({ description }) => description === undefined)) return {};
  return {
    attachments: files.map(({ name, description }, index) => ({
      id: String(index),
      filename: name,
      ...(description === undefined ? {} : { description }),
    })),
  };
}

function isNotice(stage: Stage): boolean {
  return stage === 'notice' || stage === 'progress';
}
