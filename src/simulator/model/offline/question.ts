/** Understands a question: what language it is in, and what is to be calculated or drawn, if anything. */
import { readEnglish } from './english.ts';
import { NotUnderstood } from './expression.ts';
import { readKorean } from './korean.ts';
import { type PictureCall, readPicture } from './picture.ts';
import { Plan, type Step } from './plan.ts';
import type { Language } from './sentences.ts';
import { tokenize } from './tokens.ts';

export type Understood =
  | { readonly type: 'calculate'; readonly steps: readonly Step[] }
  | { readonly type: 'draw'; readonly call: PictureCall }
  /** The earlier result itself is asked for. */
  | { readonly type: 'recall' }
  /** It builds on an earlier result, and there is none. */
  | { readonly type: 'no-result' }
  /** For the quadratic formula: nothing to calculate, but to look at. */
  | { readonly type: 'formula' }
  | { readonly type: 'unknown' };

/** Nobody asks for so much at once; nested brackets without end must not exhaust the stack. */
const maximumTokens = 500;

/** @param previous Digits of the last result before the question. */
export function understand(text: string, language: Language, previous: string | undefined): Understood {
  const call = readPicture(text);
  if (call !== undefined) return { type: 'draw', call };
  if (/quadratic formula|근의 ?공식/i.test(text)) return { type: 'formula' };
  const tokens = tokenize(text);
  if (tokens.length > maximumTokens) return { type: 'unknown' };
  const plan = new Plan();
  const reading = { tokens, at: 0, plan, previous };
  try {
    if (language === 'ko') readKorean(reading);
    else readEnglish(reading);
  } catch (error) {
    if (error instanceof NotUnderstood) return { type: error.reason };
    throw error;
  }
  if (plan.steps.length > 0) return { type: 'calculate', steps: plan.steps };
  const isAsked = tokens.some((token) => token.type === 'reference' && token.isNamed);
  const isRecall = isAsked && !tokens.some((token) => token.type === 'number');
  return { type: isRecall ? 'recall' : 'unknown' };
}

/** Korean when there is Hangul, English when there are Latin words; undefined for symbols alone, as in «3+4?». */
export function languageOf(text: string): Language | undefined {
  if (/[ㄱ-ㅎ가-힣]/.test(text)) return 'ko';
  return /[a-z]{2}/i.test(text) ? 'en' : undefined;
}
