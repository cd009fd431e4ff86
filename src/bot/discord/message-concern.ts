/** Whether a message of a server can concern the bot, by what Discord tells: most do not, and cost no more than this look. */
import { type Client, GatewayDispatchEvents } from 'discord.js';
import { isRecord } from '../../json.ts';
import { passOver, wrapEvents } from './event-handling.ts';

export interface ConcernOptions {
  readonly botId: string;
  /** Whether messages matter that do not mention the bot. */
  readonly readsAll: boolean;
}

/** Keeps from discord.js what nothing comes of, whoever is told. To be called once with the client, before it logs in. */
export function leaveOthersOut(client: Client, readsAll: boolean): void {
  wrapEvents(client, (handle) => (packet, shard) => {
    const { t: name, d: data } = isRecord(packet) ? packet : {};
    const botId = client.user?.id;
    const isLeftOut = botId !== undefined && isRecord(data) && isOfOthers(name, data, { botId, readsAll });
    return isLeftOut ? passOver(client, handle) : handle(packet, shard);
  });
}

/** @param message The data of MESSAGE_CREATE. When in doubt, it does. */
export function mayConcern(message: Readonly<Record<string, unknown>>, { botId, readsAll }: ConcernOptions): boolean {
  if (!isByMember(message)) return false;
  const { mentions, mention_roles: roles, content } = message;
  const isMentioned = Array.isArray(mentions) && mentions.some((user) => isRecord(user) && user.id === botId);
  const mayMeanIt =
    (Array.isArray(roles) && roles.length > 0) || (typeof content === 'string' && content.includes('<@'));
  return readsAll || isMentioned || mayMeanIt;
}

function isOfOthers(name: unknown, message: Readonly<Record<string, unknown>>, options: ConcernOptions): boolean {
  if (typeof message.guild_id !== 'string') return false;
  if (name === GatewayDispatchEvents.MessageCreate) return !mayConcern(message, options);
  const { edited_timestamp: editedAt = null } = message;
  // A preview that Discord adds is no edit.
  return name === GatewayDispatchEvents.MessageUpdate && (editedAt === null || !isByMember(message));
}

function isByMember({ author, webhook_id: webhookId }: Readonly<Record<string, unknown>>): boolean {
  return !(isRecord(author) && author.bot === true) && (webhookId === null || webhookId === undefined);
}
