/** Which language a picture speaks: that of what is written in it. */

export type Language = 'en' | 'ko';

/** Korean when there is Hangul in any of the texts. */
export function languageOf(texts: readonly string[]): Language {
  return texts.some((text) => /[ㄱ-ㅎ가-힣]/.test(text)) ? 'ko' : 'en';
}
