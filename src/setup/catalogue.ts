/** The set-up's sentences, by language. */
import type { Words } from './words.ts';
import { en } from './words-en.ts';
import { ko } from './words-ko.ts';

export const catalogue: Readonly<Record<'en' | 'ko', Words>> = { en, ko };
