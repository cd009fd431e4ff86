/** Amounts as members read them, in the language of the sentence around them. Pure. */
import type { Language } from './texts/catalogue.ts';

export function toCountText(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count);
}

const minuteMs = 60_000;

/** How long something took: to the millisecond below a second, to the tenth of a second below a minute. */
export function toTookText(ms: number, language: Language): string {
  const unit = (value: number, name: 'millisecond' | 'second' | 'minute', digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (ms < 1000) return unit(Math.round(ms), 'millisecond');
  if (ms < minuteMs) return unit(ms / 1000, 'second', 1);
  const minutes = Math.floor(ms / minuteMs);
  const seconds = Math.floor((ms % minuteMs) / 1000);
  return seconds === 0 ? unit(minutes, 'minute') : `${unit(minutes, 'minute')} ${unit(seconds, 'second')}`;
}

/** How many units that is, rounded up, and one at least. */
export function toUnits(ms: number, unitMs: number): number {
  return Math.max(1, Math.ceil(ms / unitMs));
}
