/** The thread that a question's message begins, for its answer and what is asked after it. */
import { type Message, PermissionFlagsBits, type REST, Routes } from 'discord.js';
import { toShownLine } from '../../text.ts';
import { isThreadRefused, isThreadThere } from './failures.ts';

export interface QuestionThreadOptions {
  readonly rest: REST;
  /** The channel that the message stands in. */
  readonly parentId: string;
  /** The thread has the same id. Source: https://discord.com/developers/docs/resources/channel#start-thread-from-message */
  readonly messageId: string;
  /** What is asked: the thread is named by it. */
  readonly text: string;
}

const longestName = 100;

/** Whether the bot could open one there, by what Discord has told of the channel. */
export function mayOpenThread({ channel, client }: Message): boolean {
  if (!('threads' in channel) || client.user === null) return false;
  const { CreatePublicThreads, SendMessagesInThreads } = PermissionFlagsBits;
  return channel.permissionsFor(client.user)?.has([CreatePublicThreads, SendMessagesInThreads]) === true;
}

export class QuestionThread {
  readonly parentId: string;
  readonly #options: QuestionThreadOptions;
  #isOpen: boolean | undefined;

  constructor(options: QuestionThreadOptions) {
    this.#options = options;
    this.parentId = options.parentId;
  }

  /** Opens it, once; an earlier process may have. @returns false where Discord lets the bot open none. Rejects with what may pass. */
  async open(): Promise<boolean> {
    if (this.#isOpen !== undefined) return this.#isOpen;
    const { rest, parentId, messageId, text } = this.#options;
    const body = { name: toShownLine(text, longestName) || '…' };
    try {
      await rest.post(Routes.threads(parentId, messageId), { body });
      this.#isOpen = true;
    } catch (error) {
      if (isThreadThere(error)) this.#isOpen = true;
      else if (isThreadRefused(error)) this.#isOpen = false;
      else throw error;
    }
    return this.#isOpen;
  }
}
