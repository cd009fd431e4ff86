/** What a question brings along beside its own words: files, and the messages that it points at. Pure. */
import { type Attachment as DiscordAttachment, type Message, MessageType } from 'discord.js';
import type { Attachment, Question, QuotedMessage } from '../../agent/turn.ts';
import { cut, toShownLine } from '../../text.ts';
import { type Readable, textOf, toAuthorName } from './message-text.ts';

/** As parts of a question: what there is none of is left out. */
export type BroughtAlong = Pick<Question, 'quotes' | 'attachments'>;

/** Four messages full of files; what is too much is said where they are read. */
const mostAttachments = 40;
const longestName = 200;
/** Discord's own are much shorter. */
const longestAddress = 4000;
/** What a member with every privilege can write at once. */
const longestQuote = 4000;
/** Enough to tell which of its answers is meant: the model has them. */
const longestOwnQuote = 300;

/** Collects quotes and the files that came with them. */
class Bundle {
  readonly #quotes: QuotedMessage[] = [];
  readonly #attachments: Attachment[] = [];

  add(quote: QuotedMessage, files: Iterable<DiscordAttachment> = []): void {
    const place = this.#quotes.push(quote) - 1;
    this.addFiles(files, place);
  }

  addFiles(files: Iterable<DiscordAttachment>, quote?: number): void {
    for (const file of files) {
      if (this.#attachments.length === mostAttachments) return;
      this.#attachments.push({ ...toAttachment(file), ...(quote === undefined ? {} : { quote }) });
    }
  }

  toParts(): BroughtAlong {
    return {
      ...(this.#quotes.length === 0 ? {} : { quotes: this.#quotes }),
      ...(this.#attachments.length === 0 ? {} : { attachments: this.#attachments }),
    };
  }
}

export interface PointingOptions {
  readonly botId: string;
  /** The message that it replies to; undefined when Discord does not say, as when it was deleted. */
  readonly repliedTo: Message | undefined;
  /** The question before, whose answer the model has just given: a reply to that needs no quote. */
  readonly questionBefore: string | undefined;
}

/** Of a message that is a question. */
export function broughtAlongBy(message: Message, { botId, repliedTo, questionBefore }: PointingOptions): BroughtAlong {
  const bundle = new Bundle();
  bundle.addFiles(message.attachments.values());
  addForwarded(bundle, message);
  if (message.type !== MessageType.Reply) return bundle.toParts();
  if (repliedTo === undefined) bundle.add({ relation: 'replied-to', text: '', isHidden: true });
  // What Discord itself says, such as that somebody has joined, has no words to quote.
  else if (repliedTo.system === true) return bundle.toParts();
  else if (repliedTo.author.id !== botId) addQuoted(bundle, repliedTo, 'replied-to');
  else if (questionBefore === undefined || answeredBy(repliedTo) !== questionBefore) addOwn(bundle, repliedTo);
  return bundle.toParts();
}

/** Of a message that somebody picked in its menu. */
export function broughtAlongByChosen(message: Message): BroughtAlong {
  const bundle = new Bundle();
  addQuoted(bundle, message, 'chosen');
  return bundle.toParts();
}

/** Of a command with files. */
export function broughtAlongByOptions(files: readonly DiscordAttachment[]): BroughtAlong {
  const bundle = new Bundle();
  bundle.addFiles(files);
  return bundle.toParts();
}

/** What others call whoever wrote it, and what it says, in at most so many characters. */
export function quote(message: Message, relation: QuotedMessage['relation'], length = longestQuote): QuotedMessage {
  const text = cut(textOf(message), length);
  return {
    relation,
    authorName: toAuthorName(message.member?.displayName ?? message.author.displayName),
    text,
    // Of the message that was picked, Discord hides nothing.
    ...(text === '' && relation !== 'chosen' && isHidden(message) ? { isHidden: true as const } : {}),
  };
}

/** A forward says nothing itself: what it sends on stands in its place. */
function addQuoted(bundle: Bundle, message: Message, relation: 'replied-to' | 'chosen'): void {
  if (message.messageSnapshots.size === 0 || textOf(message) !== '' || message.attachments.size > 0)
    bundle.add(quote(message, relation), message.attachments.values());
  addForwarded(bundle, message);
}

function addOwn(bundle: Bundle, message: Message): void {
  const own = quote(message, 'replied-to', longestOwnQuote);
  if (own.text !== '') bundle.add(own);
}

/** Discord does not say who wrote what is sent on. */
function addForwarded(bundle: Bundle, { messageSnapshots }: Message): void {
  for (const snapshot of messageSnapshots.values()) {
    const text = cut(textOf(snapshot), longestQuote);
    const isSilent = text === '' && isHidden(snapshot);
    bundle.add(
      { relation: 'forwarded', text, ...(isSilent ? { isHidden: true as const } : {}) },
      snapshot.attachments.values(),
    );
  }
}

/** Nobody can write a message of nothing: what looks like one is hidden from the bot. */
function isHidden({ content, attachments, embeds, components, stickers, poll }: Readable): boolean {
  const parts = [attachments.size, embeds.length, components.length, stickers.size];
  return content === '' && poll === null && parts.every((count) => count === 0);
}

/** The question that one of the bot's messages answers, where it says so. */
function answeredBy({ reference, interactionMetadata }: Message): string | undefined {
  return reference?.messageId ?? interactionMetadata?.id;
}

function toAttachment({ name, size, url }: DiscordAttachment): Attachment {
  return {
    name: toShownLine(String(name ?? ''), longestName) || '?',
    bytes: Number.isFinite(size) ? size : 0,
    // From nowhere nothing can be fetched; that is found where it is tried.
    url: typeof url === 'string' && url.length <= longestAddress ? url : '',
  };
}
