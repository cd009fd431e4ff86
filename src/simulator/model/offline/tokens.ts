/** Cuts a question into the words that matter for arithmetic, in Korean and English alike. Everything else is dropped. */
import { englishNumeral, fromDigits, fromEnglish, fromKorean, koreanNumeral, scale } from './numerals.ts';
import type { Calculation, Operation } from './plan.ts';

/** What a particle or preposition says of the number it belongs to. */
export type Role = 'and' | 'from' | 'object' | 'by' | 'to' | 'of';

export type Token =
  | { readonly type: 'number'; readonly digits: string }
  /** The earlier result. `isNamed`: it is called "result" or "answer", not just "that". `isAsked`: somebody wants to know it. */
  | { readonly type: 'reference'; readonly isNamed: boolean; readonly isAsked: boolean }
  | { readonly type: 'symbol'; readonly text: string }
  | { readonly type: 'function'; readonly name: string }
  /** Stands between two values, e.g. `plus`, `더하기`. */
  | { readonly type: 'infix'; readonly operation: Exclude<Operation, 'sqrt'> }
  /** `noun`: takes the values after it as a value of its own, e.g. `sum of`; `postfix`: takes the value right before it. */
  | {
      readonly type: 'operation';
      readonly operation: Calculation;
      readonly form: 'verb' | 'noun' | 'postfix';
      /** A number that the word itself says: 3 in `cubed`, 2 in `double`. */
      readonly by?: string;
    }
  | { readonly type: 'role'; readonly role: Role }
  /** The two results before it: 둘을 곱해줘. */
  | { readonly type: 'both' }
  | { readonly type: 'break' }
  /** Something that would change the meaning and is not understood. */
  | { readonly type: 'unsupported' };

type Rule = readonly [
  pattern: RegExp,
  read: (match: RegExpExecArray, before: Token | undefined) => Token[] | undefined,
];

const particle = '에서|에다가|에다|에|으로|로|이랑|랑|하고|과|와|을|를|은|는|이|가|의|도|이고|인데|이야|야|입니다|일까';
const counter = '개|명|원|달러|권|마리|살|장|병';
/** What may stand right behind a Korean number word; anything else means that it was no number. */
const behindNumeral = `(?=$|[^가-힣]|(?:${counter})?(?:${particle})?(?![가-힣])|더|빼|뺀|뺄|곱|나누|나눠|플러스|마이너스|배|제곱|승|팩토리얼|퍼센트)`;
const asking =
  '(?:을|를|이|가|은|는|만|도)?\\s*(?:좀|다시)?\\s*(?:알려|구해|말해|보여|계산|출력|뭐|뭔|무엇|얼마|어떻|몇|기억|$|[?!.])';

const number = (digits: string): Token => ({ type: 'number', digits });
const verb = (operation: Calculation, by?: string): Token => word(operation, 'verb', by);
const noun = (operation: Calculation, by?: string): Token => word(operation, 'noun', by);
const postfix = (operation: Calculation, by?: string): Token => word(operation, 'postfix', by);
const role = (name: Role): Token => ({ type: 'role', role: name });
const infix = (operation: Exclude<Operation, 'sqrt'>): Token => ({ type: 'infix', operation });
const symbol = (text: string): Token => ({ type: 'symbol', text });

function word(operation: Calculation, form: 'verb' | 'noun' | 'postfix', by?: string): Token {
  return { type: 'operation', operation, form, ...(by === undefined ? {} : { by }) };
}

/** A rule that always means the same. */
function fixed(pattern: string, ...tokens: Token[]): Rule {
  return [new RegExp(pattern, 'iy'), () => tokens];
}

const numberRules: readonly Rule[] = [
  // Dates and telephone numbers.
  fixed('(?=[\\d-]*(?<!\\d)0\\d)\\d+(?:-\\d+)+', { type: 'unsupported' }),
  fixed('(?<![가-힣])둘(?=을|의|(?: 다)? )', { type: 'both' }),
  [/(\d+\.\d+)\s?(백|천|만|억|조)(?!큼)/y, ([, digits = '', unit = '']) => [number(scale(digits, unit))]],
  [
    /(\d[\d,]*(?:\.\d+)?)\s(thousand|million|billion|trillion)\b/iy,
    ([, digits = '', unit = '']) => [number(scale(digits, unit))],
  ],
  [
    new RegExp(`(?<![가-힣])(?!사과)${koreanNumeral}(?<=[가-힣])${behindNumeral}`, 'y'),
    ({ 0: text, index, input }, before) => {
      // 이 alone is "this" or a particle far more often than it is two.
      const isExpected = before?.type === 'infix' || (before?.type === 'role' && before.role === 'and');
      const isBeforeInfix = /^\s?(?:더하기|빼기|곱하기|나누기|플러스|마이너스)/.test(input.slice(index + 1, index + 8));
      if (text === '이' && !isExpected && !isBeforeInfix) return undefined;
      return [number(fromKorean(text))];
    },
  ],
  [/(?<![\d.])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+/y, ([text]) => [number(fromDigits(text))]],
  [new RegExp(`\\b${englishNumeral}`, 'iy'), ([text]) => (text === '' ? undefined : [number(fromEnglish(text))])],
];

const symbolRules: readonly Rule[] = [
  fixed('\\*\\*', symbol('^')),
  fixed('[+＋]', symbol('+')),
  fixed('[-−–]', symbol('-')),
  fixed('[*×·∙]|(?<=[\\d)]\\s*)x(?=\\s*[\\d(-])', symbol('*')),
  fixed('[/÷]', symbol('/')),
  fixed('%|퍼센트|프로(?![가-힣])|percent\\b', symbol('%')),
  fixed('\\^', symbol('^')),
  fixed('√', { type: 'function', name: 'sqrt' }),
  fixed('²', symbol('^'), number('2')),
  fixed('³', symbol('^'), number('3')),
  fixed(
    '(?<=\\d)!(?=\\s*[-+*/^×÷=?)]|[은는을를의와과])|(?<=^\\s*\\d+)!(?=\\s*$)|팩토리얼|factorial(?!\\s*(of|\\())\\b',
    postfix('factorial'),
  ),
  [/[()]/y, ([text]) => [symbol(text)]],
  [
    /(sqrt|abs|round|floor|ceil|min|max|factorial|ln|log|exp|sin|cos|tan)(?=\s*\()/iy,
    ([name]) => [{ type: 'function', name: name.toLowerCase() }],
  ],
  fixed('[,、]', role('and')),
  fixed('[.;?!\\n]', { type: 'break' }),
];

const koreanRules: readonly Rule[] = [
  fixed('더하기', infix('add')),
  fixed('플러스', infix('add')),
  fixed('빼기|마이너스', infix('subtract')),
  fixed('곱하기', infix('multiply')),
  fixed('나누기', infix('divide')),
  fixed('세제곱근|네제곱근|(?:(?<=\\d)|(?<![가-힣])[일이삼사오육칠팔구])제곱근', { type: 'unsupported' }),
  fixed(
    '부터|까지|(?<=\\d\\s?)번(?!째)|팔진|이진|진수|방정식|미분|적분|소수(?![점가-힣])|최대|최소|로그|사인|코사인|탄젠트',
    { type: 'unsupported' },
  ),
  fixed('제곱근', postfix('sqrt')),
  fixed('루트', noun('sqrt')),
  fixed('세제곱[가-힣]*', postfix('power', '3')),
  fixed('네제곱[가-힣]*', postfix('power', '4')),
  fixed('(?:거듭)?제곱(?:[하한할해했](?:[가-힣]*))?', postfix('power')),
  fixed('(?<=[\\d십])\\s?승(?=[은을이의과에,.? ]|$)', postfix('power')),
  [/(한|두|세|네)\s?배/y, ([, text = '']) => [number(String('한두세네'.indexOf(text) + 1)), verb('multiply')]],
  fixed('(?<=[\\d십백천만열]\\s?)배(?=$|[^가-힣]|는|를|로|가|의|에|하|한|해)', verb('multiply')),
  fixed('평균', verb('average')),
  fixed('절반', verb('divide', '2')),
  fixed('나머지', postfix('remainder')),
  fixed('몫', postfix('quotient')),
  fixed(
    `(?:더|합|보탠|합친|합산)(?:한|할|친)(?=값|결과|수|것|다음|뒤|후)|더\\s?[하한할해했][가-힣]*|보[태탠탤][가-힣]*|합[하한할해쳐치친산계][가-힣]*|총합|합(?=$|[^가-힣]|(?:${particle})(?![가-힣]))|덧셈[가-힣]*`,
    verb('add'),
  ),
  fixed(`뺀(?=값|결과|다음|뒤|후)|[빼뺀뺄뺐][가-힣]*|차이?(?=$|[^가-힣]|(?:${particle})(?![가-힣]))`, verb('subtract')),
  fixed(
    `곱한(?=값|결과|다음|뒤|후)|곱[하한할해했셈][가-힣]*|곱(?=$|[^가-힣]|(?:${particle})(?![가-힣]))`,
    verb('multiply'),
  ),
  fixed('나눈(?=값|결과|다음|뒤|후)|나[누눠눈눌눴눗][가-힣]*', verb('divide')),
  fixed('(?:거기|여기)(?=에|서|다)|[그이저][것거]|이(?=(?:를|에서|에)(?![가-힣]))', {
    type: 'reference',
    isNamed: false,
    isAsked: false,
  }),
  fixed('[그이저]걸(?!로)', { type: 'reference', isNamed: false, isAsked: false }, role('object')),
  fixed('[그이저]걸(?=로)', { type: 'reference', isNamed: false, isAsked: false }),
  fixed(`(?:결과값?|정?답|값)(?=${asking})`, { type: 'reference', isNamed: true, isAsked: true }),
  fixed(
    '(?:결과값?|정?답|값|(?<=[그이] )(?:숫자|수))(?=에|을|를|의|과|와|이랑|하고|으로|로|이|가|은|는| 더하기| 빼기| 곱하기| 나누기|\\s*[-+*/^])',
    { type: 'reference', isNamed: true, isAsked: false },
  ),
];

/** Only right behind a value or an operation, with no space between. */
const particleRules: readonly Rule[] = [
  fixed(`(?:${counter})(?=$|[^가-힣]|(?:${particle})(?![가-힣]))`),
  fixed('에서|서(?![가-힣])', role('from')),
  fixed('에다가|에다|다가|다(?![가-힣])|에', role('to')),
  fixed('으로|로', role('by')),
  fixed('이랑|랑|하고|과|와', role('and')),
  fixed('을|를', role('object')),
  fixed('의', role('of')),
];

const englishRules: readonly Rule[] = [
  fixed('(multiplied|times)\\s+by\\b|times\\b|multiplied\\b', infix('multiply')),
  fixed('divided\\s+by\\b|over\\b', infix('divide')),
  fixed('plus\\b', infix('add')),
  fixed('minus\\b|less\\b|negative\\b', infix('subtract')),
  fixed('(is\\s+)?(raised\\s+)?to\\s+the\\s+power\\s+(of\\s+)?', infix('power')),
  [
    /(?:raised\s+)?to\s+the\s+(?:(\d+)(?:st|nd|rd|th)|(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth))\b(?:\s+power)?/iy,
    ([, digits, ordinal = '']) => [
      infix('power'),
      number(digits ?? String(ordinals.indexOf(ordinal.toLowerCase()) + 2)),
    ],
  ],
  fixed('squared\\b', postfix('power', '2')),
  fixed('cubed\\b', postfix('power', '3')),
  fixed(
    'cube\\s+root|(\\d+th|fourth|nth)\\s+root|remainder|mod(ulo)?\\b|equation|primes?\\b|binary|derivative|integral|log(arithm)?\\b|sine?\\b|cos(ine)?\\b|per\\s+cent|maximum|minimum|at\\s+least',
    { type: 'unsupported' },
  ),
  fixed('(square\\s+root|sqrt|root)(\\s+of)?\\b', noun('sqrt')),
  fixed('squares?\\s+of\\b', noun('power', '2')),
  fixed('cubes?\\s+of\\b', noun('power', '3')),
  fixed('factorial\\s+of\\b', noun('factorial')),
  fixed('half\\s+of\\b', noun('divide', '2')),
  fixed('(sum|total)(\\s+(up|of))?\\b', noun('add')),
  fixed('product(\\s+of)?\\b', noun('multiply')),
  fixed('difference(\\s+(of|between))?\\b', noun('subtract')),
  fixed('quotient(\\s+of)?\\b', noun('divide')),
  fixed('(average|mean)\\s+of\\b|average\\b', noun('average')),
  fixed('add(\\s+up)?\\b', verb('add')),
  fixed('(subtract|deduct|take\\s+away|take(?=\\s+\\S+\\s+(away\\s+)?from))\\b', verb('subtract')),
  fixed('multiply\\b', verb('multiply')),
  fixed('divide\\b', verb('divide')),
  fixed('square\\b', verb('power', '2')),
  fixed('cube\\b', verb('power', '3')),
  fixed('double\\b', verb('multiply', '2')),
  fixed('triple\\b', verb('multiply', '3')),
  fixed('halve\\b', verb('divide', '2')),
  fixed('what\\s+did\\s+(you|we|i)\\s+get', { type: 'reference', isNamed: true, isAsked: true }),
  fixed('(result|answer)\\s+of\\b'),
  fixed('(result|answer|outcome)(?=\\s*([?!.]|$|again|was|is\\b))', {
    type: 'reference',
    isNamed: true,
    isAsked: true,
  }),
  fixed('(result|answer|outcome)\\b', { type: 'reference', isNamed: true, isAsked: false }),
  fixed("(that|it)'s\\b"),
  fixed('(that|this|it)(?!\\s+(result|answer|number|sum|total|product|one))\\b', {
    type: 'reference',
    isNamed: false,
    isAsked: false,
  }),
  fixed('(that|this)\\s+(number|one)\\b', { type: 'reference', isNamed: false, isAsked: false }),
  fixed('and\\s+then\\b|then\\b', { type: 'break' }),
  fixed('and\\b|with\\b', role('and')),
  fixed('from\\b', role('from')),
  fixed('by\\b', role('by')),
  fixed('to\\b|into\\b', role('to')),
  fixed('of\\b', role('of')),
];

const ordinals = 'second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const skipped = /[가-힣]+|[\p{L}']+|./suy;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  /** Where the last token ended: a particle must touch it. */
  let end = -1;
  while (at < text.length) {
    const rules = end === at ? [...particleRules, ...allRules] : allRules;
    const found = firstMatch(rules, text, at, tokens.at(-1));
    if (found !== undefined) {
      tokens.push(...found.tokens);
      at += found.length;
      end = at;
      continue;
    }
    skipped.lastIndex = at;
    at += skipped.exec(text)?.[0].length ?? 1;
  }
  return tokens;
}

const allRules = [...numberRules, ...symbolRules, ...koreanRules, ...englishRules];

function firstMatch(
  rules: readonly Rule[],
  text: string,
  at: number,
  before: Token | undefined,
): { readonly tokens: Token[]; readonly length: number } | undefined {
  for (const [pattern, read] of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const tokens = match === null || match[0] === '' ? undefined : read(match, before);
    if (match !== null && tokens !== undefined) return { tokens, length: match[0].length };
  }
  return undefined;
}
