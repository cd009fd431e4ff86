/**
 * What was said in each channel since its last question, as far as the bot may read and is to give along; and which its last
 * questions were. In memory alone: what this process has not been told of is not known.
 */
import type { Message } from 'discord.js';
import type { QuotedMessage } from '../../agent/turn.ts';
import { quote } from './brought-along.ts';
import { compareIds } from './snowflakes.ts';

export interface RecentTalkOptions {
  /** Messages that are given along with a question; 0: none are kept. */
  readonly most: number;
  /** Over all channels; those that were silent longest are forgotten. Default 20 000. */
  readonly mostEntries?: number;
}

/** Something said, or a question: what was said before a question is no news after it. */
interface Entry {
  readonly id: string;
  readonly said?: QuotedMessage;
}

/** Characters that are kept of one message: many are given along. */
const longestText = 500;
/** Of one channel: enough for those that are asked side by side. */
const mostQuestions = 10;

export class RecentTalk {
  readonly #most: number;
  readonly #mostEntries: number;
  /** Ascending by id; the channel that was silent longest first. */
  readonly #channels = new Map<string, Entry[]>();
  #count = 0;

  constructor({ most, mostEntries = 20_000 }: RecentTalkOptions) {
    this.#most = most;
    this.#mostEntries = mostEntries;
  }

  noteQuestion({ id, channelId }: { readonly id: string; readonly channelId: string }): void {
    this.#put(channelId, { id });
  }

  /** What a member said that is no question, or what they made of it. */
  noteTalk(message: Message): void {
    if (this.#most === 0) return;
    const said = quote(message, 'recent', longestText);
    const names = [...message.attachments.values()].map(({ name }) => `[file: ${name}]`);
    const text = [said.text, ...names].filter((part) => part !== '').join(' ');
    if (text === '') this.forget(message);
    else this.#put(message.channelId, { id: message.id, said: { ...said, text } });
  }

  /** A message that was deleted is said to nobody any more. */
  forget({ id, channelId }: { readonly id: string; readonly channelId: string }): void {
    const entries = this.#channels.get(channelId);
    const place = entries?.findIndex((entry) => entry.id === id) ?? -1;
    if (place === -1) return;
    entries?.splice(place, 1);
    this.#count -= 1;
  }

  has({ id, channelId }: { readonly id: string; readonly channelId: string }): boolean {
    return this.#channels.get(channelId)?.some((entry) => entry.id === id) === true;
  }

  /** What was said in the channel between that question and the one before it, oldest first. */
  before({ id, channelId }: { readonly id: string; readonly channelId: string }): readonly QuotedMessage[] {
    const earlier = this.#before(channelId, id);
    const since = earlier.slice(earlier.findLastIndex(({ said }) => said === undefined) + 1);
    return since.flatMap(({ said }) => said ?? []).slice(-this.#most);
  }

  /** Id of the question before that message in its channel, where it is known. */
  questionBefore({ id, channelId }: { readonly id: string; readonly channelId: string }): string | undefined {
    return this.#before(channelId, id).findLast(({ said }) => said === undefined)?.id;
  }

  #before(channelId: string, id: string): readonly Entry[] {
    return (this.#channels.get(channelId) ?? []).filter((entry) => compareIds(entry, { id }) < 0);
  }

  #put(channelId: string, entry: Entry): void {
    this.forget({ id: entry.id, channelId });
    const entries = this.#channels.get(channelId) ?? [];
    // Most come at the end; what catch-up reads comes where it belongs.
    const place = entries.findLastIndex((other) => compareIds(other, entry) < 0) + 1;
    entries.splice(place, 0, entry);
    this.#count += 1;
    this.#channels.delete(channelId);
    this.#channels.set(channelId, entries);
    while (entries.length > this.#most + mostQuestions) this.#drop(entries);
    for (const [silentId, silent] of this.#channels) {
      if (this.#count <= this.#mostEntries) break;
      this.#count -= silent.length;
      this.#channels.delete(silentId);
    }
  }

  #drop(entries: Entry[]): void {
    entries.shift();
    this.#count -= 1;
  }
}
