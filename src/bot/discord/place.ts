/** The places on Discord where a turn can be shown: a channel, or the response to a slash command. */
import { MessageFlags, type REST, Routes } from 'discord.js';
import { isRecord } from '../../json.ts';
import type { AttachedFile, OpenPlace, Place, StandingMessage } from '../channel/place.ts';
import type { ShownMessage } from '../channel/shown-message.ts';
import { readAddress } from './address.ts';
import { toButtonIds } from './buttons.ts';
import { asPlace, isReplyForbidden, isThreadArchived, toRequestFailure } from './failures.ts';
import { pingAsker, toAllowedMentions, toBody, toChanges, toFlags, toUpload } from './message-body.ts';
import { QuestionThread } from './question-thread.ts';
import { discordSurface } from './surface.ts';

export interface PlacesOptions {
  readonly rest: REST;
  /** The bot's user id; undefined before the log-in. */
  readonly botId: () => string | undefined;
}

/** Opens places by what is remembered with their turns. */
export function createPlaces({ rest, botId }: PlacesOptions): OpenPlace {
  return ({ id, channelId, originalId, text = '' }, delivery, acknowledged) => {
    const { interaction, isUserInstalled, isPrivate = false, isCommand, threadOf } = readAddress(delivery);
    const messageId = originalId ?? id;
    const repliesTo = isCommand ? undefined : messageId;
    const isAgain = originalId !== undefined;
    const thread =
      threadOf === undefined ? undefined : new QuestionThread({ rest, parentId: threadOf, messageId, text });
    const channel = new ChannelPlace({ rest, botId, channelId, questionId: id, repliesTo, isAgain, thread });
    return interaction === undefined
      ? channel
      : new InteractionPlace({
          ...interaction,
          rest,
          channel,
          channelId,
          interactionId: id,
          acknowledged,
          isPrivate,
          mostMessages: isUserInstalled ? mostMessagesOfUserApp : undefined,
        });
  };
}

interface ChannelPlaceOptions extends PlacesOptions {
  readonly channelId: string;
  readonly questionId: string;
  /** The message that asks. Undefined where a command does, which cannot be seen there. */
  readonly repliesTo: string | undefined;
  /** Whether messages of another turn are written over. */
  readonly isAgain: boolean;
  /** The channel is this thread, which may have to be opened first. Its own beginning cannot be replied to. */
  readonly thread: QuestionThread | undefined;
}

/** A channel, thread or DM. The nonce makes a create that is tried again, even after a crash, post nothing twice. */
class ChannelPlace implements Place {
  readonly surface = discordSurface;
  readonly isCounted = true;
  readonly quotesQuestion: boolean;
  readonly #options: ChannelPlaceOptions;
  #mayReply: boolean;

  constructor(options: ChannelPlaceOptions) {
    this.#options = options;
    this.quotesQuestion = options.repliesTo === undefined;
    this.#mayReply = !this.quotesQuestion && options.thread === undefined;
  }

  get lane(): string {
    return this.#options.channelId;
  }

  /** Where it is written: where the thread cannot be opened, the channel that the question stands in. */
  async #there(): Promise<string> {
    const { channelId, thread } = this.#options;
    if (thread === undefined || (await thread.open())) return channelId;
    this.#mayReply = true;
    return thread.parentId;
  }

  create(message: ShownMessage, _isFirst: boolean, files: readonly AttachedFile[]): Promise<StandingMessage> {
    return asPlace(async () => {
      // Which may let it be a reply.
      await this.#there();
      try {
        return await this.#post(message, message.isReply && this.#mayReply, files);
      } catch (error) {
        if (!this.#mayReply || !isReplyForbidden(error)) throw error;
        // Better an answer that is no reply than none.
        this.#mayReply = false;
        return await this.#post(message, false, files);
      }
    });
  }

  async edit(messageId: string, message: ShownMessage): Promise<void> {
    const { rest, isAgain } = this.#options;
    await asPlace(async () => {
      const channelId = await this.#there();
      const isReply = message.isReply && this.#mayReply;
      const flags = isAgain ? { flags: toFlags(message) } : {};
      const body = {
        ...toChanges(message),
        ...flags,
        allowed_mentions: isReply ? pingAsker : toAllowedMentions(message),
      };
      await this.#inOpenThread(channelId, () => rest.patch(Routes.channelMessage(channelId, messageId), { body }));
    });
  }

  async remove(messageId: string): Promise<void> {
    const { rest } = this.#options;
    await asPlace(async () => {
      const channelId = await this.#there();
      await this.#inOpenThread(channelId, () => rest.delete(Routes.channelMessage(channelId, messageId)));
    });
  }

  async type(): Promise<void> {
    const { rest } = this.#options;
    await asPlace(async () => rest.post(Routes.channelTyping(await this.#there())));
  }

  async findSaying(
    knownIds: ReadonlySet<string>,
    isIt: (content: string) => boolean,
  ): Promise<StandingMessage | undefined> {
    const { rest, botId, questionId } = this.#options;
    const messages = await asPlace(async () => listAfter(rest, await this.#there(), questionId));
    return messages
      .filter(({ author }) => isRecord(author) && author.id === botId())
      .map(toMessage)
      .find(({ id, content }) => !knownIds.has(id) && isIt(content));
  }

  async #post(message: ShownMessage, isReply: boolean, files: readonly AttachedFile[]): Promise<StandingMessage> {
    const { rest, questionId, repliesTo } = this.#options;
    const body = {
      ...toBody(message, files),
      nonce: `${questionId}${message.key}`,
      enforce_nonce: true,
      allowed_mentions: isReply ? pingAsker : toAllowedMentions(message),
      ...(isReply ? { message_reference: { message_id: repliesTo, fail_if_not_exists: false } } : {}),
    };
    return toMessage(await rest.post(Routes.channelMessages(await this.#there()), { body, ...toUpload(files) }));
  }

  /** Who may write in a thread may open it. Source: https://discord.com/developers/docs/resources/channel#modify-channel-thread */
  async #inOpenThread(channelId: string, change: () => Promise<unknown>): Promise<void> {
    const { rest } = this.#options;
    try {
      await change();
    } catch (error) {
      if (!isThreadArchived(error)) throw error;
      await rest.patch(Routes.channel(channelId), { body: { archived: false } });
      await change();
    }
  }
}

interface InteractionPlaceOptions {
  readonly rest: REST;
  readonly applicationId: string;
  readonly token: string;
  /** The message below which it was pressed. Absent: it was a command. */
  readonly pressedId?: string;
  /** Where the turn goes on when the token has expired. */
  readonly channel: ChannelPlace;
  readonly channelId: string;
  readonly interactionId: string;
  /** Settles when Discord has the acknowledgement: nothing can be written before. Absent: long ago. */
  readonly acknowledged: Promise<void> | undefined;
  /** Whether only the asker sees it. */
  readonly isPrivate: boolean;
  readonly mostMessages: number | undefined;
}

/** The response and five follow-ups. Source: https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages */
const mostMessagesOfUserApp = 6;

/**
 * The response to `/ask`: the first message fills the deferred response, the others are follow-ups. When the token has
 * expired (15 minutes), the turn goes on as ordinary messages in the channel, unless only the asker may see it.
 */
class InteractionPlace implements Place {
  readonly surface = discordSurface;
  readonly quotesQuestion = true;
  readonly mostMessages?: number;
  readonly #options: InteractionPlaceOptions;
  #isExpired = false;

  constructor(options: InteractionPlaceOptions) {
    this.#options = options;
    if (options.mostMessages !== undefined) this.mostMessages = options.mostMessages;
  }

  get lane(): string {
    return this.#isExpired ? this.#options.channel.lane : this.#options.interactionId;
  }

  /** Discord does not count what goes through an interaction's token. */
  get isCounted(): boolean {
    return this.#isExpired;
  }

  async create(message: ShownMessage, isFirst: boolean, files: readonly AttachedFile[]): Promise<StandingMessage> {
    if (this.#isExpired) return this.#options.channel.create({ ...message, isReply: false }, isFirst, files);
    return toMessage(
      await this.#viaToken(() => (isFirst ? this.#fill(message, files) : this.#followUp(message, files))),
    );
  }

  async edit(messageId: string, message: ShownMessage): Promise<void> {
    const { rest, applicationId, token, pressedId, channel } = this.#options;
    if (this.#isExpired) return channel.edit(messageId, { ...message, isReply: false });
    const body = { ...toChanges(message), allowed_mentions: toAllowedMentions(message) };
    const route = Routes.webhookMessage(applicationId, token, messageId === pressedId ? '@original' : messageId);
    await this.#viaToken(() => rest.patch(route, { auth: false, body }));
  }

  async remove(messageId: string): Promise<void> {
    const { rest, applicationId, token, channel } = this.#options;
    if (this.#isExpired) return channel.remove(messageId);
    await this.#viaToken(() => rest.delete(Routes.webhookMessage(applicationId, token, messageId), { auth: false }));
  }

  async find(knownIds: ReadonlySet<string>): Promise<StandingMessage | undefined> {
    const { rest, channelId, interactionId, isPrivate } = this.#options;
    // Discord lists no message that one member alone sees.
    if (isPrivate) return undefined;
    const messages = await asPlace(() => listAfter(rest, channelId, interactionId));
    return messages
      .filter(({ interaction_metadata: origin }) => isRecord(origin) && origin.id === interactionId)
      .map(toMessage)
      .find(({ id }) => !knownIds.has(id));
  }

  async findSaying(
    knownIds: ReadonlySet<string>,
    isIt: (content: string) => boolean,
  ): Promise<StandingMessage | undefined> {
    if (this.#options.isPrivate) return undefined;
    return this.#options.channel.findSaying(knownIds, isIt);
  }

  async #fill(message: ShownMessage, files: readonly AttachedFile[]): Promise<unknown> {
    const { rest, applicationId, token } = this.#options;
    const { flags: _cannotBeSet, ...body } = toBody(message, files);
    try {
      return await rest.patch(Routes.webhookMessage(applicationId, token), {
        auth: false,
        body: { ...body, allowed_mentions: toAllowedMentions(message) },
        ...toUpload(files),
      });
    } catch (error) {
      // Somebody deleted the "thinking" message: the answer is wanted all the same.
      if (toRequestFailure(error).type !== 'message-gone') throw error;
      return await this.#followUp(message, files);
    }
  }

  async #followUp(message: ShownMessage, files: readonly AttachedFile[]): Promise<unknown> {
    const { rest, applicationId, token, isPrivate } = this.#options;
    const { flags = 0, ...body } = toBody(message, files);
    return await rest.post(Routes.webhook(applicationId, token), {
      auth: false,
      query: new URLSearchParams({ wait: 'true' }),
      body: {
        ...body,
        flags: isPrivate ? flags | MessageFlags.Ephemeral : flags,
        allowed_mentions: toAllowedMentions(message),
      },
      ...toUpload(files),
    });
  }

  async #viaToken<Result>(request: () => Promise<Result>): Promise<Result> {
    const { acknowledged, isPrivate } = this.#options;
    await acknowledged?.catch(() => undefined); // Whoever acknowledged it has logged that.
    return asPlace(
      async () => {
        try {
          return await request();
        } catch (error) {
          if (!isPrivate) this.#isExpired ||= toRequestFailure(error).type === 'token-expired';
          throw error;
        }
      },
      // What only the asker may see cannot go on in the channel.
      { type: isPrivate ? 'place-gone' : 'moved' },
    );
  }
}

/** The first messages after that one, oldest first. */
async function listAfter(
  rest: REST,
  channelId: string,
  messageId: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const query = new URLSearchParams({ after: messageId, limit: '100' });
  const answer = await rest.get(Routes.channelMessages(channelId), { query });
  const messages: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return messages.filter(isRecord).sort((one, other) => (BigInt(String(one.id)) < BigInt(String(other.id)) ? -1 : 1));
}

function toMessage(answer: unknown): StandingMessage {
  if (isRecord(answer) && typeof answer.id === 'string')
    return { id: answer.id, content: String(answer.content ?? ''), buttonIds: toButtonIds(answer.components) };
  throw new TypeError('Discord answered without a message');
}
