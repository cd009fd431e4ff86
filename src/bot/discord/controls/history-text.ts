/** What `/history` shows of a channel's turns, the newest first. Pure. */
import type { Turn, TurnEnd } from '../../../agent/turn.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import { toPlainText } from '../plain-text.ts';

const turnsPerPage = 6;
const maxName = 40;
const maxQuestion = 180;

export interface HistoryPage {
  readonly content: string;
  readonly page: number;
  readonly pages: number;
}

export interface HistoryOptions {
  /** From 0, which has the newest. A later one than there is becomes the last. */
  readonly page: number;
  readonly language: Language;
  /** Whether one member has asked them for themselves. */
  readonly isOwn: boolean;
  /** Whether a summary is left of what was said before these turns. */
  readonly hasSummary: boolean;
}

/** @param turns Oldest first; not empty. */
export function toHistoryPage(
  turns: readonly Turn[],
  { page: wanted, language, isOwn, hasSummary }: HistoryOptions,
): HistoryPage {
  const texts = catalogues[language].commands.history;
  const pages = Math.ceil(turns.length / turnsPerPage);
  const page = Math.min(wanted, pages - 1);
  const shown = turns.toReversed().slice(page * turnsPerPage, (page + 1) * turnsPerPage);
  const isOldest = page === pages - 1;
  const parts = [
    `**${isOwn ? texts.countOwn(turns.length) : texts.count(turns.length)}**`,
    ...shown.map((turn) => toEntry(turn, language)),
    ...(isOldest && hasSummary ? [texts.summary] : []),
  ];
  return { content: parts.join('\n'), page, pages };
}

/** Who asked, when, how it came out, and below it how the question begins. Discord shows the time as the reader's own. */
function toEntry({ question: { authorName, askedAt, text }, end }: Turn, language: Language): string {
  const time = `<t:${Math.floor(askedAt / 1000)}:f>`;
  const outcome = end === undefined ? '' : ` – ${toOutcome(end, language)}`;
  return `**${toPlainText(authorName, maxName)}** ${time}${outcome}\n> ${toPlainText(text, maxQuestion)}`;
}

export function toOutcome(end: TurnEnd, language: Language): string {
  return catalogues[language].commands.history.outcomes[end.type === 'failed' ? end.code : end.type];
}
