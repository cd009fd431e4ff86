/** Number words of Korean and English, and digits with units, as plain digits. Text to text: no number is ever rounded. */

const smallUnits: Readonly<Record<string, bigint>> = { 천: 1000n, 백: 100n, 십: 10n };
const sino = '영일이삼사오육칠팔구';
const nativeOnes = ['하나', '둘', '셋', '넷', '다섯', '여섯', '일곱', '여덟', '아홉'];
const nativeTens = ['열', '스물', '서른', '마흔', '쉰', '예순', '일흔', '여든', '아흔'];

const coefficient = '(?:\\d{1,3}(?:,\\d{3})+|\\d+|[일이삼사오육칠팔구])';
const belowMyriad =
  `(?:${coefficient}?천\\s?)?(?:${coefficient}?백\\s?)?` +
  `(?:(?:${coefficient}?십|${nativeTens.join('|')})\\s?)?(?:${nativeOnes.join('|')}|${coefficient})?`;
/** Digits alone match too: tell them apart by looking for Hangul. Never followed by more of a number. */
export const koreanNumeral = `(?:${belowMyriad}\\s?조\\s?)?(?:${belowMyriad}\\s?억\\s?)?(?:${belowMyriad}\\s?만\\s?)?${belowMyriad}`;

/** Reads what {@link koreanNumeral} matched, e.g. `2만 5천`, `열다섯`, `천이백`. */
export function fromKorean(text: string): string {
  let rest = text.replaceAll(/[\s,]/g, '');
  let sum = 0n;
  for (const [unit, worth] of [
    ['조', 10n ** 12n],
    ['억', 10n ** 8n],
    ['만', 10n ** 4n],
  ] as const) {
    const at = rest.indexOf(unit);
    if (at < 0) continue;
    sum += (at === 0 ? 1n : readBelowMyriad(rest.slice(0, at))) * worth;
    rest = rest.slice(at + 1);
  }
  return String(sum + readBelowMyriad(rest));
}

function readBelowMyriad(text: string): bigint {
  let sum = 0n;
  let factor = '일';
  for (const [part] of text.matchAll(/\d+|[일이삼사오육칠팔구천백십]/g)) {
    const unit = smallUnits[part];
    if (unit !== undefined) sum += readDigit(factor) * unit;
    factor = unit === undefined ? part : '일';
  }
  const last = text.replace(/^.*[천백십]/, '');
  const tens = nativeTens.findIndex((word) => last.startsWith(word));
  const ones = tens < 0 ? last : last.slice(nativeTens[tens]?.length);
  return sum + BigInt(tens + 1) * 10n + (ones === '' ? 0n : readDigit(ones));
}

function readDigit(text: string): bigint {
  if (/^\d+$/.test(text)) return BigInt(text);
  const place = sino.indexOf(text);
  return BigInt(place >= 0 ? place : nativeOnes.indexOf(text) + 1);
}

const englishOnes =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const englishTens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const englishUnits: Readonly<Record<string, number>> = { thousand: 3, million: 6, billion: 9, trillion: 12 };

// Longer words first, or "seven" would match in "seventeen".
const below20 = englishOnes.toReversed().join('|');
const below100 = `(?:(?:${englishTens.join('|')})(?:[\\s-](?:${englishOnes.slice(1, 10).join('|')})\\b)?|${below20})\\b`;
const below1000 = `(?:(?:${below100}|an?)[\\s-]hundred\\b(?:(?:\\sand)?\\s${below100}(?!\\s(?:hundred|thousand|million|billion)))?|${below100})`;
/** Number words from zero to the trillions, `a hundred` and `one hundred and five` included. */
export const englishNumeral = `(?:(?:${below1000}|an?)\\s(?:thousand|million|billion|trillion)\\b(?:,?\\s(?:and\\s)?)?)*(?:${below1000})?`;

/** Reads what {@link englishNumeral} matched. */
export function fromEnglish(text: string): string {
  let sum = 0n;
  let section = 0n;
  for (const word of text.toLowerCase().split(/[\s,-]+/)) {
    const ones = englishOnes.indexOf(word);
    const tens = englishTens.indexOf(word);
    const unit = englishUnits[word];
    if (ones >= 0) section += BigInt(ones);
    else if (tens >= 0) section += BigInt(tens + 2) * 10n;
    else if (word === 'hundred') section = (section || 1n) * 100n;
    else if (unit !== undefined) {
      sum += (section || 1n) * 10n ** BigInt(unit);
      section = 0n;
    }
  }
  return String(sum + section);
}

const zerosOf: Readonly<Record<string, number>> = { ...englishUnits, 백: 2, 천: 3, 만: 4, 억: 8, 조: 12 };

/** `2.5` and `million` are 2500000: moves the decimal point by the unit's zeros. */
export function scale(digits: string, unit: string): string {
  const zeros = zerosOf[unit.toLowerCase()] ?? 0;
  const [whole = '', fraction = ''] = digits.replaceAll(',', '').split('.');
  return fromDigits(`${whole}${fraction.padEnd(zeros, '0').slice(0, zeros)}.${fraction.slice(zeros)}`);
}

/** Digits as JSON writes them: no separators, no leading zeros, a zero before the point. */
export function fromDigits(text: string): string {
  const [whole = '', fraction = ''] = text.replaceAll(',', '').split('.');
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  return fraction === '' ? integer : `${integer}.${fraction}`;
}
