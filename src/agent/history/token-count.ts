/**
 * Counts tokens as OpenAI's models do. The tokenizer is loaded on first use, which takes a quarter of a second and 70 MB;
 * whoever asks before it is there is told so instead of waiting.
 */

/** The tokens of a text. */
export type CountTokens = (text: string) => number;

/** Within a word without end the tokenizer takes quadratic time; cut off here, the count is a token too high at worst. */
const longestPiece = 2_000;

let loading: Promise<void> | undefined;
let counter: CountTokens | undefined;

/** Undefined until the tokenizer is loaded. */
export function tokenCounter(): CountTokens | undefined {
  return counter;
}

/** Loads the tokenizer, once. */
export async function loadTokenCounter(): Promise<void> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
}

async function load(): Promise<void> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // What looks like a control token is a text like any other: members may write it.
  const options = { disallowedSpecial: new Set<string>() };
  counter = (text) => {
    let tokens = 0;
    for (let start = 0; start < text.length; start += longestPiece)
      tokens += countTokens(text.slice(start, start + longestPiece), options);
    return tokens;
  };
}
