/** A question in the form that its author has given it before its turn has begun. Pure. */
import type { Attachment, Question, QuotedMessage } from '../../agent/turn.ts';
import type { AskedQuestion } from './pending-questions.ts';

/** @returns undefined when nothing of it has changed. */
export function amendQuestion(question: Question, asked: AskedQuestion): Question | undefined {
  const { quotes: earlier = [], attachments: _, ...rest } = question;
  const quotes: QuotedMessage[] = [];
  const attachments: Attachment[] = [];
  for (const [place, quote] of (asked.quotes ?? []).entries()) {
    // The platform need not tell of it again: an edit does not change what a question points at.
    const known = quote.isHidden === true ? findKnown(question, quote) : undefined;
    quotes.push(known?.quote ?? quote);
    const files = known?.attachments ?? filesOf(asked, place);
    attachments.push(...files.map((file) => ({ ...file, quote: place })));
  }
  // What was said before it stays what it was.
  quotes.push(...earlier.filter(({ relation }) => relation === 'recent'));
  attachments.unshift(...filesOf(asked, undefined));
  const amended = {
    ...rest,
    text: asked.text,
    ...(quotes.length === 0 ? {} : { quotes }),
    ...(attachments.length === 0 ? {} : { attachments }),
  };
  return isSame(question, amended) ? undefined : amended;
}

function findKnown(question: Question, { relation }: QuotedMessage) {
  const place = (question.quotes ?? []).findIndex((quote) => quote.relation === relation && quote.isHidden !== true);
  const quote = question.quotes?.[place];
  return quote === undefined ? undefined : { quote, attachments: filesOf(question, place) };
}

function filesOf({ attachments = [] }: Pick<Question, 'attachments'>, quote: number | undefined): Attachment[] {
  return attachments.filter((attachment) => attachment.quote === quote);
}

function isSame(one: Question, other: Question): boolean {
  const parts = ({ text, quotes = [], attachments = [] }: Question) => JSON.stringify([text, quotes, attachments]);
  return parts(one) === parts(other);
}
