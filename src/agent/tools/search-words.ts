/**
 * The words that tools are searched by. Korean is cut into pairs of syllables, since its particles stand at the words without
 * a space; English loses its endings, so that «issues» and «issue», «created» and «create» are one word.
 */

/** Scripts that are written without spaces between what means something. */
const pairedRun = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const word = /[\p{L}\p{N}]+/gu;
const shortestWithEnding = 4;

/** In the order of the text, as often as they stand there. */
export function toSearchWords(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .replace(pairedRun, (run) => ` ${run} `);
  return [...plain.matchAll(word)].flatMap(([found]) => (isPaired(found) ? toPairs(found) : [toStem(found)]));
}

/** Whether it is a pair of syllables, which a syllable more or less would make another word. */
export function isPaired(found: string): boolean {
  return found.search(pairedRun) === 0;
}

function toPairs(run: string): string[] {
  const syllables = [...run];
  if (syllables.length < 2) return syllables;
  return syllables.slice(1).map((syllable, place) => `${syllables[place]}${syllable}`);
}

function toStem(found: string): string {
  if (found.length < shortestWithEnding) return found;
  return found.replace(/(?:ings?|ed|es|s|e)$/, '').replace(/y$/, 'i');
}
