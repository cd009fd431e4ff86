/** What LaTeX calls by a name and Unicode has a character for. */

/**
 * How a symbol stands between others, as in TeX: a letter or a number, an operation between two, a relation, a bracket, a comma, the
 * name of a function, or a space.
 */
export type SymbolKind = 'plain' | 'operation' | 'relation' | 'open' | 'close' | 'comma' | 'function' | 'space';

export interface MathSymbol {
  readonly text: string;
  readonly kind: SymbolKind;
}

/** `name character` pairs. */
const characters: Readonly<Record<Exclude<SymbolKind, 'function'>, string>> = {
  plain: `
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ
    omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ emptyset ∅ varnothing ∅ angle ∠ triangle △ degree ° hbar ℏ
    ell ℓ Re ℜ Im ℑ aleph ℵ ldots … dots … cdots ⋯ prime ′ top ⊤ bot ⊥ checkmark ✓ square □ blacksquare ■ | ‖ Vert ‖ vert | % % # # & & $ $
    sum ∑ prod ∏ int ∫ iint ∬ iiint ∭ oint ∮`,
  operation: `
    times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ cup ∪ cap ∩ setminus ∖ wedge ∧ land ∧
    vee ∨ lor ∨ dagger † bmod mod`,
  relation: `
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫
    in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ perp ⊥ parallel ∥ mid ∣ to → rightarrow → longrightarrow → leftarrow ←
    gets ← leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Longrightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ mapsto ↦ vdash ⊢ models ⊨
    prec ≺ succ ≻ asymp ≍ therefore ∴ because ∵`,
  open: 'lbrace { lbrack [ langle ⟨ lfloor ⌊ lceil ⌈ lvert | { {',
  close: 'rbrace } rbrack ] rangle ⟩ rfloor ⌋ rceil ⌉ rvert | } }',
  comma: '',
  space: '',
};

const functions =
  `arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lcm lg lim ln log max min Pr sec sin
  sinh sup tan tanh`.split(/\s+/);

export const symbolsByName: ReadonlyMap<string, MathSymbol> = new Map([
  ...Object.entries(characters).flatMap(([kind, list]) => toPairs(list, kind as SymbolKind)),
  ...functions.map((name) => [name, { text: name, kind: 'function' }] as const),
  ...[',', ':', ';', ' ', '\n', 'quad', 'qquad', 'enspace', 'thinspace'].map(
    (name) => [name, { text: ' ', kind: 'space' }] as const,
  ),
]);

/** The names of functions, which may also be written as plain words. */
export const functionNames: readonly string[] = functions;

const written = { '-': '−', '*': '∗', "'": '′' } as const;

/** A character that stands for itself; undefined where TeX or Discord would make something else of it. */
export function symbolOf(character: string): MathSymbol | undefined {
  if (/[+\-*]/.test(character)) return { text: toWritten(character), kind: 'operation' };
  if (character === '/') return { text: '/', kind: 'plain' };
  if (/[=<>]/.test(character)) return { text: character, kind: 'relation' };
  if (/[([]/.test(character)) return { text: character, kind: 'open' };
  if (/[)\]]/.test(character)) return { text: character, kind: 'close' };
  if (/[,;:]/.test(character)) return { text: character, kind: 'comma' };
  if (/[\p{L}\p{N}\p{M}.!?'|]/u.test(character)) return { text: toWritten(character), kind: 'plain' };
  if (character === '~') return { text: ' ', kind: 'space' };
  return kindsByCharacter.get(character);
}

function toWritten(character: string): string {
  return (written as Readonly<Record<string, string>>)[character] ?? character;
}

function toPairs(list: string, kind: SymbolKind): (readonly [string, MathSymbol])[] {
  const words = list.trim().split(/\s+/);
  return words.flatMap((name, index) =>
    index % 2 === 0 && name !== '' ? [[name, { text: words[index + 1] ?? '', kind }] as const] : [],
  );
}

/** Those that models write as they are: ≤, ×, …. */
const kindsByCharacter: ReadonlyMap<string, MathSymbol> = new Map(
  [...symbolsByName.values()]
    .filter(({ text }) => text.length === 1 && text > '\u007f')
    .map((symbol) => [symbol.text, symbol] as const),
);

const superscripts = new Map(
  toTable(
    '0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθιφχ′',
    '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᶥᵠᵡ′',
  ),
);
const subscripts = new Map(toTable('0123456789+-−=()aehijklmnoprstuvxβγρφχ', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ'));

function toTable(from: string, to: string): (readonly [string, string])[] {
  const raised = [...to];
  return [...from].map((character, index) => [character, raised[index] ?? ''] as const);
}

/** Undefined where a character has no such form. */
export function toSuperscript(text: string): string | undefined {
  return text === '∘' || text === '°' ? '°' : text === '∗' ? '∗' : mapAll(text, superscripts);
}

export function toSubscript(text: string): string | undefined {
  return mapAll(text, subscripts);
}

function mapAll(text: string, table: ReadonlyMap<string, string>): string | undefined {
  const mapped = [...text].map((character) => table.get(character));
  return mapped.every((character) => character !== undefined) ? mapped.join('') : undefined;
}

const fractions = new Map(
  `1/2 ½ 1/3 ⅓ 2/3 ⅔ 1/4 ¼ 3/4 ¾ 1/5 ⅕ 2/5 ⅖ 3/5 ⅗ 4/5 ⅘ 1/6 ⅙ 5/6 ⅚ 1/7 ⅐ 1/8 ⅛ 3/8 ⅜ 5/8 ⅝ 7/8 ⅞ 1/9 ⅑ 1/10 ⅒`
    .split(' ')
    .flatMap((name, index, all) => (index % 2 === 0 ? [[name, all[index + 1] ?? ''] as const] : [])),
);

/** ½ and the like. */
export function toVulgarFraction(numerator: string, denominator: string): string | undefined {
  return fractions.get(`${numerator}/${denominator}`);
}

/** Letters of `\mathbb` that everybody's fonts have. */
export const doubleStruck: ReadonlyMap<string, string> = new Map(toTable('CHNPQRZ', 'ℂℍℕℙℚℝℤ'));

/** What stands over a letter, by the name of its command. */
export const accents: ReadonlyMap<string, string> = new Map([
  ['bar', '\u0304'],
  ['overline', '\u0304'],
  ['hat', '\u0302'],
  ['tilde', '\u0303'],
  ['dot', '\u0307'],
  ['ddot', '\u0308'],
  ['vec', '\u20d7'],
]);
