/** What is said of files that came with a question and were not read, or not to the end: one line for each reason. */
import { type AttachmentOutcome, leftOutReasons, type Turn } from '../../agent/turn.ts';
import { toShownLine } from '../../text.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';

const longestName = 60;
/** Further ones are counted. */
const mostNames = 3;

/** None until all of them are judged, so that the lines stand once and do not change. */
export function leftOutLines({ question, files = [] }: Turn, language: Language): string[] {
  const { attachments = [] } = question;
  if (!attachments.every((_, place) => files.some(({ attachment }) => attachment === place))) return [];
  const { leftOut, readInPart } = catalogues[language];
  const toLine = (sentence: string, isMeant: (file: AttachmentOutcome) => boolean): string[] => {
    // Of what has parts, its name stands once.
    const places = new Set(files.filter(isMeant).map(({ attachment }) => attachment));
    const names = [...places].map((place) => attachments[place]?.name ?? '');
    return names.length === 0 ? [] : [`⚠️ ${sentence.replace('{files}', () => toList(names, language))}`];
  };
  return [
    ...leftOutReasons.flatMap((reason) =>
      toLine(leftOut[reason], (file) => file.type === 'left-out' && file.reason === reason),
    ),
    ...toLine(readInPart, (file) => file.type === 'text' && file.isCut === true),
  ];
}

function toList(names: readonly string[], language: Language): string {
  const named = names.slice(0, mostNames).map((name) => `“${toShownLine(name, longestName)}”`);
  const more = names.length - named.length;
  return [...named, ...(more === 0 ? [] : [catalogues[language].andMore(more)])].join(', ');
}
