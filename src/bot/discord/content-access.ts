/** Where the bot may read what does not mention it, and what of that is for it: by the settings, and by what Discord grants. */
import type { Channel, Message } from 'discord.js';
import type { ListeningConfig } from '../../config/types.ts';

export class ContentAccess {
  readonly #config: ListeningConfig;
  #isGranted: boolean;

  constructor(config: ListeningConfig) {
    this.#config = config;
    this.#isGranted = config.readsContent;
  }

  /** Whether Discord is asked for what members write, and has not refused it. */
  get isGranted(): boolean {
    return this.#isGranted;
  }

  /** Whether what was read before may be hidden now. */
  get isRefused(): boolean {
    return this.#config.readsContent && !this.#isGranted;
  }

  refuse(): void {
    this.#isGranted = false;
  }

  /** Whether every message is for the bot: in the channels named for it, and in threads that it has opened. What members say to each other there is not. */
  isForBot(message: Message, botId: string): boolean {
    if (!this.mayRead(message.channel) || speaksToOthers(message, botId)) return false;
    const { channel } = message;
    const isOwn = channel.isThread() && channel.ownerId === botId;
    return isOwn || idsOf(channel).some((id) => this.#config.answerChannelIds.includes(id));
  }

  /** Whether what does not mention the bot may be read there. */
  mayRead(channel: Channel): boolean {
    return this.#isGranted && !idsOf(channel).some((id) => this.#config.ignoreChannelIds.includes(id));
  }
}

/** A thread is a part of the channel that it hangs under. */
function idsOf(channel: Channel): readonly string[] {
  const parentId = channel.isThread() ? channel.parentId : null;
  return parentId === null ? [channel.id] : [channel.id, parentId];
}

function speaksToOthers({ mentions, author }: Message, botId: string): boolean {
  const isOther = (id: string | undefined) => id !== undefined && id !== botId && id !== author.id;
  return (
    mentions.everyone ||
    mentions.roles.size > 0 ||
    mentions.users.some(({ id }) => isOther(id)) ||
    isOther(mentions.repliedUser?.id)
  );
}
