/**
 * Text in a picture: how wide it is, and where it must be cut. Korean, Latin, Greek, Cyrillic, kana and Chinese characters are
 * drawn in one font, emoji in another; what neither has becomes a box, since the renderer would drop the whole text for it.
 */
import type { Font } from './font.ts';

/** A stretch of text in one font, fit to be drawn. */
export interface Run {
  readonly text: string;
  readonly family: string;
}

/** What a reader takes for one character. */
interface Letter extends Run {
  /** In parts of the font size. */
  readonly advance: number;
}

/** Both fonts have it or neither needs it. */
const box = '□';
const ellipsis = '…';
/** No line of a picture has room for more. */
const mostLetters = 300;

const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });

export class Lettering {
  readonly #text: Font;
  readonly #emoji: Font;

  constructor(text: Font, emoji: Font) {
    this.#text = text;
    this.#emoji = emoji;
  }

  get family(): string {
    return this.#text.family;
  }

  width(text: string, size: number): number {
    return size * sum(this.#lettersOf(text));
  }

  /** The text, with an ellipsis in place of what is too much for the width, in runs of one font each. */
  fit(text: string, size: number, width: number): readonly Run[] {
    const letters = this.#lettersOf(text);
    return toRuns(size * sum(letters) <= width ? letters : this.#cut(letters, width / size));
  }

  #cut(letters: readonly Letter[], room: number): readonly Letter[] {
    const end = this.#lettersOf(ellipsis);
    let left = room - sum(end);
    const kept = letters.findIndex(({ advance }) => {
      left -= advance;
      return left < 0;
    });
    const start = letters.slice(0, kept < 0 ? letters.length : kept);
    return [...start.slice(0, start.findLastIndex(({ text }) => text !== ' ') + 1), ...end];
  }

  #lettersOf(text: string): Letter[] {
    const letters: Letter[] = [];
    for (const { segment } of segmenter.segment(text.toWellFormed().normalize('NFC'))) {
      if (letters.length >= mostLetters) break;
      const letter = this.#toLetter(segment);
      if (letter !== undefined) letters.push(letter);
    }
    return letters;
  }

  #toLetter(segment: string): Letter | undefined {
    if (/^\s/u.test(segment)) return this.#inText(' ');
    // Characters without a form of their own, such as the joiners within an emoji.
    const visible = segment.replace(/\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Variation_Selector}/gu, '');
    if (visible === '') return undefined;
    return this.#inText(visible) ?? this.#inEmoji(visible) ?? this.#inText(box);
  }

  #inText(segment: string): Letter | undefined {
    const advances = Array.from(segment, (character) => this.#text.advance(character.codePointAt(0) ?? 0));
    const known = advances.filter((advance) => advance !== undefined);
    if (known.length < advances.length) return undefined;
    return { text: segment, family: this.#text.family, advance: known.reduce((total, each) => total + each, 0) };
  }

  /** Of a family only the first member, of a flag the letters, of a hand no colour: the renderer draws no more than one of them. */
  #inEmoji(segment: string): Letter | undefined {
    const [first = 0, ...rest] = Array.from(segment, (character) => character.codePointAt(0) ?? 0);
    if (isFlagLetter(first)) return this.#inText(String.fromCodePoint(...[first, ...rest].map(toLatin)));
    const advance = this.#emoji.advance(first);
    return advance === undefined
      ? undefined
      : { text: String.fromCodePoint(first), family: this.#emoji.family, advance };
  }
}

const firstFlagLetter = 0x1f1e6;

function isFlagLetter(codePoint: number): boolean {
  return codePoint >= firstFlagLetter && codePoint < firstFlagLetter + 26;
}

function toLatin(codePoint: number): number {
  return isFlagLetter(codePoint) ? codePoint - firstFlagLetter + 0x41 : codePoint;
}

function sum(letters: readonly Letter[]): number {
  return letters.reduce((total, { advance }) => total + advance, 0);
}

function toRuns(letters: readonly Letter[]): Run[] {
  const runs: Run[] = [];
  for (const { text, family } of letters) {
    const last = runs.at(-1);
    if (last?.family === family) runs[runs.length - 1] = { text: last.text + text, family };
    else runs.push({ text, family });
  }
  return runs;
}
