/** LaTeX to SVG, by MathJax: nothing else here knows it. Loading it takes a moment and some memory: only where something is drawn. */
import MathJax from 'mathjax';

/** One formula. Its measures are in thousandths of the font size. */
export interface Typeset {
  readonly markup: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Undefined for what is no LaTeX that MathJax knows, or has characters that we have no font for. */
export type Typesetter = (latex: string) => Promise<Typeset | undefined>;

/** A formula breaks at this width, where it can. In font sizes. */
const lineWidth = '30em';
const packages = ['base', 'ams', 'boldsymbol', 'cancel', 'textmacros'];
/** What is not among these is a picture, a link, or something that we have not heard of. */
const knownElement = /^\/?(?:g|path|rect|line|ellipse|circle|polygon|text|tspan|svg|defs|use)[\s>/]/;
/** Without any of these there is nothing to be seen. */
const ink = /<(?:path|text|rect|line)\b/;
/** What the fonts have: Latin, Greek, signs, Hangul. */
const drawable =
  /^[\t\n\r -~\u00a0-\u024f\u0370-\u03ff\u1100-\u11ff\u2000-\u206f\u2070-\u2bff\u3130-\u318f\uac00-\ud7af]*$/;

export async function startTypesetter(): Promise<Typesetter> {
  await MathJax.init({
    loader: { load: ['input/tex-base', 'output/svg', ...packages.slice(1).map((name) => `[tex]/${name}`)] },
    tex: {
      packages,
      // A formula with a mistake is not drawn: the mistake would be all that is seen of it.
      formatError: (_input: unknown, error: unknown) => {
        throw error;
      },
      maxMacros: 1000,
      maxBuffer: 5000,
    },
    svg: { fontCache: 'none', displayOverflow: 'linebreak', linebreaks: { width: lineWidth } },
  });
  return async (latex) => {
    if (!drawable.test(latex)) return undefined;
    try {
      const node = await MathJax.tex2svgPromise(withoutNumbers(latex), { display: true });
      return toTypeset(MathJax.startup.adaptor.innerHTML(node));
    } catch {
      return undefined;
    }
  };
}

/** A formula in a chat has no number to be found by. */
function withoutNumbers(latex: string): string {
  return latex
    .replace(/\\(?:tag\*?|label)\s*\{[^{}]*\}/g, '')
    .replace(/\\begin\{(?:equation|align|gather|multline|alignat|eqnarray)\}/g, (sign) => sign.replace('}', '*}'))
    .replace(/\\end\{(?:equation|align|gather|multline|alignat|eqnarray)\}/g, (sign) => sign.replace('}', '*}'));
}

function toTypeset(svg: string): Typeset | undefined {
  const opening = svg.slice(0, svg.indexOf('>') + 1);
  const box = /viewBox="([-\d. ]{1,80})"/.exec(opening)?.[1] ?? '';
  const [left, top, width, height] = box.split(' ').map(Number);
  const isKnown = svg
    .split('<')
    .slice(1)
    .every((element) => knownElement.test(element));
  if (left === undefined || top === undefined || !width || !height || !isKnown || !ink.test(svg)) return undefined;
  const markup = svg.slice(opening.length, -'</svg>'.length).replace(/ data-[\w-]+="[^"]*"/g, '');
  return { markup, left, top, width, height };
}
