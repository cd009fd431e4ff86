/** What the bot makes of every message that it is told of: a question, talk that may be given along with the next one, or nothing. */
import type { Channel, Message } from 'discord.js';
import type { Question } from '../../agent/turn.ts';
import type { ListeningConfig } from '../../config/types.ts';
import type { AskedQuestion, Change } from '../channel/pending-questions.ts';
import { ContentAccess } from './content-access.ts';
import { isByMember, toAskedQuestion } from './question.ts';
import { RecentTalk } from './recent-talk.ts';
import { ReferencedMessages } from './referenced.ts';

/** A message or a command, in its channel. */
interface Place {
  readonly id: string;
  readonly channelId: string;
}

export class Listening {
  readonly content: ContentAccess;
  readonly #referenced = new ReferencedMessages();
  readonly #talk: RecentTalk;

  constructor(config: ListeningConfig) {
    this.content = new ContentAccess(config);
    this.#talk = new RecentTalk({ most: config.recentMessages });
  }

  /** To be called with every message that discord.js reads, before anybody is told of it. */
  noteRead(message: Message): void {
    this.#referenced.note(message);
  }

  /** What the message asks; undefined: nothing. What it says besides is noted. To be asked first in the moment in which Discord tells of it. */
  hear(message: Message): AskedQuestion | undefined {
    const asked = this.read(message);
    if (asked === undefined) this.#noteTalk(message);
    else if (asked.text !== '') this.#talk.noteQuestion(message);
    return asked;
  }

  /** As {@link hear}, for a message that was changed. @returns undefined where Discord does not tell any more what it says. */
  hearAgain(message: Message): Change | undefined {
    if (this.#talk.has(message)) this.#noteTalk(message);
    return this.look(message);
  }

  /** What a message that was a question is now; undefined as above. */
  look(message: Message): Change | undefined {
    return this.read(message) ?? (this.content.isRefused && message.content === '' ? undefined : 'deleted');
  }

  read(message: Message): AskedQuestion | undefined {
    const botId = message.client.user.id;
    return toAskedQuestion(message, {
      botId,
      repliedTo: this.#referenced.of(message),
      questionBefore: this.#talk.questionBefore(message),
      isForBot: this.content.isForBot(message, botId),
    });
  }

  /** A question that came another way. */
  noteQuestion(question: Place): void {
    this.#talk.noteQuestion(question);
  }

  /** A message was deleted. */
  forget(message: Place): void {
    this.#talk.forget(message);
  }

  /** The question, with what was said before it for those who may read that. */
  withTalk(question: Question): Question {
    const recent = question.withoutHistory === true ? [] : this.#talk.before(question);
    return recent.length === 0 ? question : { ...question, quotes: [...(question.quotes ?? []), ...recent] };
  }

  #noteTalk(message: Message): void {
    const channel: Channel = message.channel;
    if (isByMember(message) && !channel.isDMBased() && this.content.mayRead(channel)) this.#talk.noteTalk(message);
  }
}
