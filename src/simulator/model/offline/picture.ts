/** Understands that a picture is wanted, and of what: curves of expressions in x, or labels with numbers. */

/** One call of a tool that draws. */
export interface PictureCall {
  readonly tool: 'plot' | 'chart';
  readonly arguments: string;
}

/** Nobody asks for a picture in so many characters. */
const longestQuestion = 2_000;

const chartKinds: readonly (readonly [kind: string, name: RegExp])[] = [
  ['bars', /\bbar (?:chart|graph)s?\b|막대 ?(?:그래프|차트)/i],
  ['lines', /\bline (?:chart|graph)s?\b|(?:꺾은)?선 ?(?:그래프|차트)/i],
  ['pie', /\bpie(?: chart| graph)?s?\b|(?:원|파이) ?(?:그래프|차트)/i],
];
const asksForCurves = /\b(?:plot|graph|draw|sketch)\b|그래프|그려|그리/i;

/** Undefined when no picture is asked for, or none that can be understood. */
export function readPicture(text: string): PictureCall | undefined {
  if (text.length > longestQuestion) return undefined;
  const chart = chartKinds.find(([, name]) => name.test(text));
  if (chart !== undefined) return readChart(chart[0], text.replace(chart[1], ' '));
  return asksForCurves.test(text) ? readPlot(text) : undefined;
}

/** Words that are no label. */
const filler = new Set(
  'a an the of for with from and as in please draw plot show make me give create show us this that is are chart graph 로 으로 를 을 의 그려 그려줘 보여 보여줘 만들어 줘 주세요 줄래 해줘 해 좀'.split(
    ' ',
  ),
);

function readChart(kind: string, text: string): PictureCall | undefined {
  const pairs = text
    .replace(/(\d[가-힣]?)(?:와|과|하고|이랑|랑) /g, '$1, ')
    .split(/[,;、\n]\s|\band\b/i)
    .map(readPair)
    .filter((pair) => pair !== undefined);
  if (pairs.length === 0) return undefined;
  const given = { kind, labels: pairs.map(([label]) => label), series: [{ values: pairs.map(([, value]) => value) }] };
  return { tool: 'chart', arguments: JSON.stringify(given) };
}

/** The last number of the part, and what is said before it: «rent 40», «사과 3개». */
function readPair(part: string): readonly [label: string, value: number] | undefined {
  const number = [...part.matchAll(/-?\d+(?:\.\d+)?/g)].at(-1);
  if (number === undefined) return undefined;
  const words = part.slice(0, number.index).split(/[\s:=]+/);
  const first = words.findIndex((word) => word !== '' && !filler.has(word.toLowerCase()));
  const label = first < 0 ? '' : words.slice(first).join(' ').trim();
  return label === '' ? undefined : [label, Number(number[0])];
}

const ranges = [
  /\b(?:from|between) (-?\d+(?:\.\d+)?) (?:to|and) (-?\d+(?:\.\d+)?)/i,
  /(?<![\d.])(-?\d+(?:\.\d+)?) ?(?:부터|에서) ?(-?\d+(?:\.\d+)?)(?: ?까지)?/,
];
const expressionToken = /\d+(?:\.\d+)?|[a-z]+|[-+*/^%!(),π√×÷²³]|\s+|./giu;
const names = new Set('x pi e sqrt abs round floor ceil min max factorial ln log exp sin cos tan'.split(' '));
const spellings: Readonly<Record<string, string>> = { '²': '^2', '³': '^3', π: 'pi' };

function readPlot(text: string): PictureCall | undefined {
  const range = ranges.map((pattern) => pattern.exec(text)).find((match) => match !== null);
  const [, from, to] = range ?? [];
  const expressions = readExpressions(range === undefined ? text : text.replace(range[0], ' ; '));
  if (expressions.length === 0) return undefined;
  const ends = from === undefined || to === undefined ? {} : { from: Number(from), to: Number(to) };
  // What a picture says of itself is in the language of its title.
  const title = /[가-힣]/.test(text) ? { title: '함수 그래프' } : {};
  return { tool: 'plot', arguments: JSON.stringify({ expressions, ...ends, ...title }) };
}

/** The stretches of signs that belong to expressions, those with x in them if there are any; every other word ends one. */
function readExpressions(text: string): string[] {
  const stretches: (readonly string[])[] = [];
  let tokens: string[] = [];
  let depth = 0;
  const finish = () => {
    stretches.push(tokens);
    [tokens, depth] = [[], 0];
  };
  for (const [token] of text.matchAll(expressionToken)) {
    const name = token.toLowerCase();
    const isWord = /^[a-z]/.test(name) && !names.has(name);
    const isOther = /^[^\da-z\s]/.test(name) && !/^[-+*/^%!(),π√×÷²³]/.test(name);
    if (isWord || isOther || (token === ',' && depth === 0)) finish();
    else if (token.trim() !== '') {
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
      tokens.push(name);
    }
  }
  finish();
  const withX = stretches.filter((stretch) => stretch.includes('x'));
  // A constant is a level line: «plot 1/2».
  const constant = stretches.filter((stretch) => stretch.length > 2 && stretch.some((token) => /\d/.test(token)));
  return (withX.length > 0 ? withX : constant).map(toExpression);
}

function toExpression(tokens: readonly string[]): string {
  // «Plot x^2!» is no factorial.
  const last = tokens.findLastIndex((token) => !'-+*/^%!,('.includes(token));
  return tokens
    .slice(0, last + 1)
    .map(
      (token, index) => `${isProduct(tokens[index - 1], token) ? '*' : ''}${spellings[token] ?? spaced(token, index)}`,
    )
    .join('')
    .trim();
}

/** 2x, 2(x+1) and 3sin(x) are products. */
function isProduct(left: string | undefined, right: string): boolean {
  return left !== undefined && /^[\dx)]/.test(left) && /^[\da-zπ(√]/.test(right);
}

function spaced(token: string, index: number): string {
  return index > 0 && '+-'.includes(token) ? ` ${token} ` : token;
}
