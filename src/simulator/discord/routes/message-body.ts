/** Reads what a bot writes into a message: the fields that this simulator keeps, each checked as Discord does. */

import { isRecord } from '../../../json.ts';
import type { SimulatedAttachment } from '../face/message.ts';
import type { JsonObject } from '../payload/json.ts';
import { emptyMessage, invalidForm } from '../rest/api-error.ts';
import type { UploadedFile } from '../rest/router.ts';
import { storeFile } from '../world/attachments.ts';
import type { AllowedMentions } from '../world/mentions.ts';
import { messageFlags } from '../world/posting.ts';
import type { Channel, World } from '../world/state.ts';
import { requireGoodComponents } from './message-components.ts';

/** Discord's limits for a bot. */
const maxContentLength = 2000;
const maxNonceLength = 25;
const maxDescriptionLength = 1024;
/** Flags a bot may set: no embeds, only for the asker, no push, components of the second kind. */
const writableFlags = messageFlags.suppressEmbeds | messageFlags.ephemeral | (1 << 12) | messageFlags.componentsV2;

export interface MessageBody {
  /** Undefined when the body leaves it out; an explicit null empties it. */
  readonly content: string | undefined;
  readonly flags: number;
  /** Undefined when the body leaves the flags out. */
  readonly suppressesEmbeds: boolean | undefined;
  readonly nonce: string | undefined;
  readonly enforcesNonce: boolean;
  readonly allowedMentions: AllowedMentions | undefined;
  readonly embeds: readonly unknown[] | undefined;
  readonly components: readonly unknown[] | undefined;
  /** Ids of present attachments to keep on an edit, and descriptions of new ones by number. */
  readonly attachments: readonly JsonObject[] | undefined;
  readonly reference:
    | { readonly messageId: string; readonly channelId?: string; readonly isNeeded: boolean }
    | undefined;
}

export function readMessageBody(body: unknown): MessageBody {
  const fields = toRecord(body, 'body');
  const content = readContent(fields.content);
  const nonce = readNonce(fields.nonce);
  const flags = fields.flags ?? 0;
  if (typeof flags !== 'number') throw invalidForm('flags', 'NUMBER_TYPE_COERCE', 'Value is not a number.');
  return {
    content,
    flags: flags & writableFlags,
    suppressesEmbeds: fields.flags === undefined ? undefined : (flags & messageFlags.suppressEmbeds) !== 0,
    nonce,
    enforcesNonce: fields.enforce_nonce === true,
    allowedMentions: readAllowedMentions(fields.allowed_mentions),
    embeds: readList(fields.embeds, 'embeds')?.map((embed) => ({ type: 'rich', ...toRecord(embed, 'embeds') })),
    components: readList(fields.components, 'components'),
    attachments: readList(fields.attachments, 'attachments')?.map(readAttachment),
    reference: readReference(fields.message_reference),
  };
}

/** What a message is to be after it was written or changed. */
type Composed = Pick<MessageBody, 'content' | 'embeds' | 'components' | 'flags'>;

/** Throws Discord's refusal of a message whose parts do not go together. Once a message is of the second kind, it stays that. */
export function requireComposed({ content = '', embeds = [], components = [], flags }: Composed): void {
  const isSecondKind = (flags & messageFlags.componentsV2) !== 0;
  if (isSecondKind && (content !== '' || embeds.length > 0)) {
    const message = 'The "content" and "embeds" fields cannot be used when using MessageFlags.IS_COMPONENTS_V2';
    throw invalidForm('content', 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
  }
  requireGoodComponents(components, isSecondKind);
}

/** Throws Discord's refusal of a message that nobody would see anything of. */
export function requireContent(body: MessageBody, files: readonly UploadedFile[]): void {
  const hasContent = body.content !== undefined && body.content !== '';
  requireComposed(body);
  const hasMore = (body.embeds?.length ?? 0) + (body.components?.length ?? 0) + files.length > 0;
  if (!hasContent && !hasMore) throw emptyMessage();
}

/** Keeps uploaded files, so that they can be fetched. */
export function storeFiles(
  world: World,
  channel: Channel,
  body: MessageBody,
  files: readonly UploadedFile[],
): SimulatedAttachment[] {
  return files.map(({ index, filename, contentType, data }) => {
    const description = body.attachments?.find((item) => String(item.id) === String(index))?.description;
    const described = { filename, contentType, ...(typeof description === 'string' && { description }) };
    return storeFile(world, channel, described, data);
  });
}

function readContent(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return '';
  if (typeof value !== 'string') throw invalidForm('content', 'STRING_TYPE_CONVERT', 'Could not interpret as string.');
  if (value.length > maxContentLength) {
    throw invalidForm('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${maxContentLength} or fewer in length.`);
  }
  // Discord takes spaces off both ends.
  return value.trim();
}

function readAttachment(item: unknown, index: number): JsonObject {
  const attachment = toRecord(item, 'attachments');
  const { description } = attachment;
  if (typeof description !== 'string' || [...description].length <= maxDescriptionLength) return attachment;
  const message = `Must be ${maxDescriptionLength} or fewer in length.`;
  throw invalidForm(`attachments.${index}.description`, 'BASE_TYPE_MAX_LENGTH', message);
}

function readNonce(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const nonce = String(value);
  if (nonce.length <= maxNonceLength) return nonce;
  throw invalidForm('nonce', 'NONCE_TYPE_TOO_LONG', `Must be ${maxNonceLength} or fewer in length.`);
}

function readAllowedMentions(value: unknown): AllowedMentions | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = toRecord(value, 'allowed_mentions');
  const list = (key: string) => (readList(fields[key], `allowed_mentions.${key}`) ?? []).map(String);
  const mentions = { parse: list('parse'), users: list('users'), roles: list('roles') };
  for (const kind of ['users', 'roles'] as const) {
    if (mentions.parse.includes(kind) && mentions[kind].length > 0) {
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      throw invalidForm('allowed_mentions', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
    }
  }
  return { ...mentions, repliedUser: fields.replied_user === true };
}

function readReference(value: unknown): MessageBody['reference'] {
  if (value === undefined || value === null) return undefined;
  const fields = toRecord(value, 'message_reference');
  const channelId = fields.channel_id;
  return {
    messageId: String(fields.message_id),
    ...(typeof channelId === 'string' && { channelId }),
    isNeeded: fields.fail_if_not_exists !== false,
  };
}

function readList(value: unknown, path: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw invalidForm(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
}

function toRecord(value: unknown, path: string): JsonObject {
  if (isRecord(value)) return value;
  throw invalidForm(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
}
