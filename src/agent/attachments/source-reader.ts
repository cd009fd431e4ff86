/** Reads what a member has chosen of a tool server, part by part: its messages, or its contents, within the bounds of one attachment. */
import { cut } from '../../text.ts';
import type { AgentLimits } from '../limits.ts';
import type { ContentHost } from '../tools/content-host.ts';
import type { SourcePart } from '../tools/source-content.ts';
import { SourceFailure } from '../tools/source-failure.ts';
import type { ServerSource } from '../turn.ts';
import { type ContentReader, leaveOut, type Outcome, type ReadingContext, toText } from './content-reader.ts';

export interface SourceReaderOptions {
  readonly content: Pick<ContentHost, 'read'>;
  readonly reader: ContentReader;
  readonly limits: AgentLimits;
}

export type PartOutcome = Outcome & { readonly role?: 'user' | 'assistant'; readonly part?: string };

/** Pictures of parts are numbered from here on, so that they have no number of an attachment. */
const firstPicture = 1_000;

/**
 * @param mostBytes Of all its files together.
 * @throws {SourceFailure}, what the store throws, or the signal's reason.
 */
export async function readSource(
  source: ServerSource,
  context: ReadingContext,
  mostBytes: number,
  { content, reader, limits }: SourceReaderOptions,
): Promise<PartOutcome[]> {
  const room = { textLength: limits.attachmentCharacters, fileBytes: mostBytes };
  const parts = await content.read(source, room, context.signal);
  // A prompt without a word asks nothing.
  if (parts.length === 0 && source.type === 'prompt') throw new SourceFailure('refused');
  if (parts.length === 0) return [leaveOut('unreadable')];
  const left = { characters: limits.attachmentCharacters, bytes: mostBytes, files: limits.attachments };
  const outcomes: PartOutcome[] = [];
  for (const [index, part] of parts.entries()) {
    const place = firstPicture * (context.place + 1) + index;
    const outcome = await toOutcome(part, { ...context, place }, left, reader);
    const { role, name } = part;
    outcomes.push({
      ...outcome,
      ...(role === undefined ? {} : { role }),
      ...(name === undefined ? {} : { part: name }),
    });
  }
  return outcomes;
}

interface Left {
  characters: number;
  bytes: number;
  files: number;
}

async function toOutcome(
  part: SourcePart,
  context: ReadingContext,
  left: Left,
  reader: ContentReader,
): Promise<Outcome> {
  if (part.type === 'left-out') return leaveOut(part.reason);
  if (part.type === 'text') return withinLeft(toText(part.text, false), left);
  if (left.files <= 0) return leaveOut('too-many');
  if (part.data.length > left.bytes) return leaveOut('too-large');
  left.files -= 1;
  left.bytes -= part.data.length;
  return withinLeft(await reader.read(part.data, context), left);
}

/** A text is cut to what is left for all of them. */
function withinLeft(outcome: Outcome, left: Left): Outcome {
  if (outcome.type !== 'text') return outcome;
  const { text, isCut = false } = outcome;
  if (text !== '' && left.characters <= 0) return leaveOut('too-large');
  const kept = cut(text, left.characters);
  left.characters -= kept.length;
  return toText(kept, isCut || kept.length < text.length);
}
