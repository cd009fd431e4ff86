/** Every sentence that members read is there in every language, and is another one in each. */
import { describe, expect, test } from 'vitest';
import type { Language } from '../../../src/bot/channel/texts/catalogue.ts';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { isRecord } from '../../../src/json.ts';

/** What is the same in every language, by its place in the catalogue: nothing but names, each in its own letters, and placeholders. */
const sameEverywhere: readonly string[] = [
  'settings.languages.en.label',
  'settings.languages.ko.label',
  'settings.changed',
];

/** What sentences that are made are made of, by their place. Default: a number, 1 and 2. */
const samples: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'budgets.spent': (['bot', 'server', 'channel', 'member', 'role'] as const).flatMap((of) =>
    (['day', 'month'] as const).map((per) => [{ of, per }, 'TIME']),
  ),
  'budgets.nearlySpent': (['bot', 'server', 'channel', 'member', 'role'] as const).map((of) => [
    { of, per: 'day', unit: 'tokens', cap: 1 },
    'NAME',
    80,
  ]),
  'usage.tokens': [['1', '2', '3']],
};
const numbers: readonly (readonly unknown[])[] = [[1], [2]];

/** What members read, by its place: `replies.settled`. */
function sentencesIn(value: unknown, place = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value === 'function') {
    const make = value as (...parts: readonly unknown[]) => unknown; // What they are given is what the samples say.
    return (samples[place] ?? numbers).map((parts) => [`${place}${JSON.stringify(parts)}`, String(make(...parts))]);
  }
  if (!isRecord(value)) throw new Error(`${place} is neither a sentence nor several.`);
  return Object.entries(value).flatMap(([key, inner]) => sentencesIn(inner, place === '' ? key : `${place}.${key}`));
}

const sentences = Object.fromEntries(
  Object.entries(catalogues).map(([language, catalogue]) => [language, new Map(sentencesIn(catalogue))]),
) as Record<Language, Map<string, string>>;
const languages = Object.keys(catalogues) as Language[];
const others = languages.filter((language) => language !== 'en');
const placeholdersOf = (text: string) => [...text.matchAll(/\{[^{}]*\}/g)].map(([name]) => name).toSorted();
const commandsOf = (text: string) => [...text.matchAll(/`[^`]*`/g)].map(([name]) => name).toSorted();
const hasHangul = (text: string) => /\p{sc=Hangul}/u.test(text);

test('the catalogue has English and Korean, and more than a hundred sentences in each', () => {
  expect(languages).toEqual(['en', 'ko']);
  for (const language of languages) expect(sentences[language].size).toBeGreaterThan(100);
});

describe.each(others)('in %s', (language) => {
  test('no sentence is missing, and none is there that English does not have', () => {
    expect([...sentences[language].keys()].toSorted()).toEqual([...sentences.en.keys()].toSorted());
  });

  test('no sentence is empty, or has space at its ends', () => {
    const odd = [...sentences[language]].filter(([, text]) => text === '' || text !== text.trim());
    expect(odd).toEqual([]);
  });

  test('no sentence is the English one', () => {
    const same = [...sentences[language]].filter(([place, text]) => sentences.en.get(place) === text);
    expect(same.map(([place]) => place)).toEqual(sameEverywhere);
  });

  test('every sentence has the placeholders, and the commands, that the English one has', () => {
    for (const [place, text] of sentences[language]) {
      const english = sentences.en.get(place) ?? '';
      expect({ place, all: placeholdersOf(text) }).toEqual({ place, all: placeholdersOf(english) });
      expect({ place, all: commandsOf(text) }).toEqual({ place, all: commandsOf(english) });
    }
  });
});

test('every Korean sentence is written in Hangul, and no English one has any', () => {
  const own = (language: Language) => [...sentences[language]].filter(([place]) => !sameEverywhere.includes(place));
  expect(own('ko').filter(([, text]) => !hasHangul(text))).toEqual([]);
  expect(own('en').filter(([, text]) => hasHangul(text))).toEqual([]);
});
