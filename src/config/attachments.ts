/** How much of what comes with a question is read: pictures, texts, PDFs. */
import type { Settings } from './settings.ts';

export interface AttachmentsConfig {
  /** Files of one question. 0: none is read. */
  readonly most: number;
  readonly bytesEach: number;
  readonly bytesInAll: number;
  /** Of the text of each. */
  readonly charactersEach: number;
}

const mebibyte = 1024 * 1024;
/** All of it is in memory at once, and goes out as base64 with every request of the turn. */
const mostBytes = 100 * mebibyte;

export function readAttachments(settings: Settings): AttachmentsConfig {
  return {
    most: settings.integer('ATTACHMENTS_MAX', 0, 100) ?? 8,
    bytesEach: settings.integer('ATTACHMENT_MAX_BYTES', 1, mostBytes) ?? 10 * mebibyte,
    bytesInAll: settings.integer('ATTACHMENTS_MAX_BYTES', 1, mostBytes) ?? 20 * mebibyte,
    charactersEach: settings.integer('ATTACHMENT_MAX_CHARACTERS', 100, 1_000_000) ?? 20_000,
  };
}
