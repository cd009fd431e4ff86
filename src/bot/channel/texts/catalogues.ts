/** Every sentence that members read and the model did not write, in every language there is; and which of them somebody reads. */
import type { TurnWarning } from '../../../agent/turn.ts';
import type { Catalogue, Language } from './catalogue.ts';
import { english } from './english.ts';
import { korean } from './korean.ts';

export const catalogues: Readonly<Record<Language, Catalogue>> = { en: english, ko: korean };

export function toWarningText(warning: TurnWarning, language: Language): string {
  const { warnings, duration } = catalogues[language];
  const wait = warning.type === 'model-wait' ? duration(warning.waitMs) : '';
  return warnings[warning.type].replace('{wait}', () => wait);
}

/** A locale (`ko`, `en-US`, …) as a language of the catalogue; English where there is none. */
export function toLanguage(locale: string | null | undefined): Language {
  return locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

/** Where there is no locale, the question's own script tells. */
export function languageOfText(text: string): Language {
  return /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/.test(text) ? 'ko' : 'en';
}
