/** Korean particles after numbers: which form follows is decided by the sound that the number ends in when read aloud. */

/** 영 일 이 삼 사 오 육 칠 팔 구: whether the digit's name ends in a consonant, and whether that is ㄹ. */
const endings = ['consonant', 'l', 'vowel', 'consonant', 'vowel', 'vowel', 'consonant', 'l', 'l', 'vowel'] as const;
/** 만 억 조 경 해: the names of 10⁴, 10⁸, … */
const myriadEndings = ['consonant', 'consonant', 'vowel', 'consonant', 'vowel'] as const;

type Ending = 'consonant' | 'vowel' | 'l';

const forms = {
  와: ['과', '와'],
  를: ['을', '를'],
  로: ['으로', '로'],
} as const;

/** `15`, `와` → `15와`; `16`, `와` → `16과`; `1`, `로` → `1로`. */
export function withParticle(digits: string, particle: keyof typeof forms): string {
  const ending = endingOf(digits);
  const [afterConsonant, afterVowel] = forms[particle];
  return digits + (ending === 'vowel' || (ending === 'l' && particle === '로') ? afterVowel : afterConsonant);
}

function endingOf(digits: string): Ending {
  const zeros = digits.includes('.') ? 0 : (/[1-9](0+)$/.exec(digits)?.[1]?.length ?? 0);
  // 십, 백 and 천 all end in a consonant.
  if (zeros > 0) return zeros % 4 === 0 ? (myriadEndings[zeros / 4 - 1] ?? 'vowel') : 'consonant';
  return endings[Number(digits.at(-1))] ?? 'vowel';
}
