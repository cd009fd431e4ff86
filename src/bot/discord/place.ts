/** The places where a turn can be written: a channel, or the response to a slash command. Requests only, no state of a turn. */
import { MessageFlags, type RawFile, type REST, Routes } from 'discord.js';
import type { ShownMessage } from '../channel/presenter.ts';
import { toRows } from './buttons.ts';
import { isReplyForbidden, isThreadArchived, toRequestFailure } from './failures.ts';

/** A message as Discord answered it. */
export interface StandingMessage {
  readonly id: string;
  readonly content: string;
}

export interface AttachedFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A place to write to. All but `lane` and `isCounted` are single requests; they reject as discord.js does. */
export interface Place {
  /** Names the place in the lanes of the request queue. */
  readonly lane: string;
  /** Whether its requests count toward Discord's 50 a second. */
  readonly isCounted: boolean;
  /** @param isFirst Whether nothing of the turn stands yet. @returns The message as it stands: what an earlier try has posted may say something else. */
  create(message: ShownMessage, isFirst: boolean, files: readonly AttachedFile[]): Promise<StandingMessage>;
  edit(messageId: string, message: ShownMessage): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** Shows the bot typing for 10 s. Absent where Discord shows that the bot is at work by itself. */
  readonly type?: () => Promise<void>;
  /**
   * Looks for the oldest message of the turn that is none of those known: what an unclear failure or a crash may have left
   * behind. Absent where a nonce makes that needless.
   */
  readonly find?: (knownIds: ReadonlySet<string>) => Promise<StandingMessage | undefined>;
  /** Looks for a message that may be of the turn, is none of those known, and says what it should. Undefined too where the bot cannot look. */
  findSaying(knownIds: ReadonlySet<string>, isIt: (content: string) => boolean): Promise<StandingMessage | undefined>;
}

/** Nobody is pinged by what the bot writes, save the asker by a reply. Source: https://discord.com/developers/docs/resources/message#allowed-mentions-object */
const pingNobody = { parse: [], replied_user: false } as const;
const pingAsker = { parse: [], replied_user: true } as const;

/** A channel, thread or DM. The nonce makes a create that is tried again, even after a crash, post nothing twice. */
export function channelPlace(rest: REST, channelId: string, questionId: string): Place {
  let mayReply = true;
  const post = async (
    { key, content, stage, buttons = [] }: ShownMessage,
    isReply: boolean,
    files: readonly AttachedFile[],
  ): Promise<StandingMessage> => {
    const body = {
      content,
      ...(buttons.length === 0 ? {} : { components: toRows(buttons) }),
      nonce: `${questionId}${key}`,
      enforce_nonce: true,
      allowed_mentions: isReply ? pingAsker : pingNobody,
      ...(isReply ? { message_reference: { message_id: questionId, fail_if_not_exists: false } } : {}),
      ...(isNotice(stage) ? { flags: MessageFlags.SuppressEmbeds } : {}),
    };
    return toMessage(await rest.post(Routes.channelMessages(channelId), { body, ...toUpload(files) }));
  };
  /** Who may write in a thread may open it. Source: https://discord.com/developers/docs/resources/channel#modify-channel-thread */
  const inOpenThread = async (change: () => Promise<unknown>): Promise<void> => {
    try {
      await change();
    } catch (error) {
      if (!isThreadArchived(error)) throw error;
      await rest.patch(Routes.channel(channelId), { body: { archived: false } });
      await change();
    }
  };
  return {
    lane: channelId,
    isCounted: true,
    async create(message, _isFirst, files) {
      try {
        return await post(message, message.isReply && mayReply, files);
      } catch (error) {
        if (!mayReply || !isReplyForbidden(error)) throw error;
        // Better an answer that is no reply than none.
        mayReply = false;
        return await post(message, false, files);
      }
    },
    async edit(messageId, message) {
      const body = { ...toChanges(message), allowed_mentions: message.isReply ? pingAsker : pingNobody };
      await inOpenThread(() => rest.patch(Routes.channelMessage(channelId, messageId), { body }));
    },
    async remove(messageId) {
      await inOpenThread(() => rest.delete(Routes.channelMessage(channelId, messageId)));
    },
    async type() {
      await rest.post(Routes.channelTyping(channelId));
    },
    async findSaying(knownIds, isIt) {
      const messages = await listAfter(rest, channelId, questionId);
      // Others' messages cannot say it by chance: Discord lets the bot remove only its own.
      return messages
        .filter(({ author }) => isRecord(author) && author.bot === true)
        .map(toMessage)
        .find(({ id, content }) => !knownIds.has(id) && isIt(content));
    },
  };
}

export interface InteractionPlaceOptions {
  readonly applicationId: string;
  readonly token: string;
  readonly channelId: string;
  readonly interactionId: string;
  /** Settles when Discord has the acknowledgement: nothing can be written before. Absent: long ago. */
  readonly acknowledged?: Promise<void> | undefined;
}

/**
 * The response to `/ask`: the first message fills the deferred response, the others are follow-ups. When the token has
 * expired (15 minutes), the turn goes on as ordinary messages in the channel.
 */
export function interactionPlace(
  rest: REST,
  { applicationId, token, channelId, interactionId, acknowledged }: InteractionPlaceOptions,
): Place {
  const channel = channelPlace(rest, channelId, interactionId);
  let isExpired = false;
  const webhook = { auth: false } as const;

  const unlessExpired = async <Result>(
    viaToken: () => Promise<Result>,
    viaChannel: () => Promise<Result>,
  ): Promise<Result> => {
    await acknowledged?.catch(() => undefined); // Whoever acknowledged it has logged that.
    if (!isExpired) {
      try {
        return await viaToken();
      } catch (error) {
        if (toRequestFailure(error) !== 'token-expired') throw error;
        isExpired = true;
      }
    }
    return await viaChannel();
  };

  return {
    lane: interactionId,
    isCounted: false,
    create(message, isFirst, files) {
      const { content, stage, buttons = [] } = message;
      const plain = {
        content,
        allowed_mentions: pingNobody,
        ...(buttons.length === 0 ? {} : { components: toRows(buttons) }),
      };
      const body = { ...plain, ...(isNotice(stage) ? { flags: MessageFlags.SuppressEmbeds } : {}) };
      const followUp = async () =>
        await rest.post(Routes.webhook(applicationId, token), {
          ...webhook,
          query: new URLSearchParams({ wait: 'true' }),
          body,
          ...toUpload(files),
        });
      const fill = async () => {
        try {
          return await rest.patch(Routes.webhookMessage(applicationId, token), {
            ...webhook,
            body: plain,
            ...toUpload(files),
          });
        } catch (error) {
          // Somebody deleted the "thinking" message: the answer is wanted all the same.
          if (toRequestFailure(error) !== 'message-gone') throw error;
          return await followUp();
        }
      };
      return unlessExpired(
        async () => toMessage(await (isFirst ? fill() : followUp())),
        () => channel.create({ ...message, isReply: false }, isFirst, files),
      );
    },
    edit(messageId, message) {
      const body = { ...toChanges(message), allowed_mentions: pingNobody };
      return unlessExpired(
        async () => {
          await rest.patch(Routes.webhookMessage(applicationId, token, messageId), { ...webhook, body });
        },
        () => channel.edit(messageId, { ...message, isReply: false }),
      );
    },
    remove(messageId) {
      return unlessExpired(
        async () => {
          await rest.delete(Routes.webhookMessage(applicationId, token, messageId), webhook);
        },
        () => channel.remove(messageId),
      );
    },
    async find(knownIds) {
      const messages = await listAfter(rest, channelId, interactionId);
      return messages
        .filter(({ interaction_metadata: origin }) => isRecord(origin) && origin.id === interactionId)
        .map(toMessage)
        .find(({ id }) => !knownIds.has(id));
    },
    findSaying: channel.findSaying,
  };
}

function isNotice(stage: ShownMessage['stage']): boolean {
  return stage === 'notice' || stage === 'progress';
}

/** Buttons are taken away where there are none any more; attachments stay. */
function toChanges({ content, stage, buttons = [] }: ShownMessage): object {
  return { content, ...(isNotice(stage) ? { components: toRows(buttons) } : {}) };
}

function toUpload(files: readonly AttachedFile[]): { files?: RawFile[] } {
  if (files.length === 0) return {};
  return { files: files.map(({ name, data }) => ({ name, data: Buffer.from(data) })) };
}

/** The first messages after that one, oldest first. */
async function listAfter(rest: REST, channelId: string, messageId: string): Promise<Record<string, unknown>[]> {
  const query = new URLSearchParams({ after: messageId, limit: '100' });
  const answer = await rest.get(Routes.channelMessages(channelId), { query });
  const messages: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return messages.filter(isRecord).sort((one, other) => (BigInt(String(one.id)) < BigInt(String(other.id)) ? -1 : 1));
}

function toMessage(answer: unknown): StandingMessage {
  if (isRecord(answer) && typeof answer.id === 'string')
    return { id: answer.id, content: String(answer.content ?? '') };
  throw new TypeError('Discord answered without a message');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
