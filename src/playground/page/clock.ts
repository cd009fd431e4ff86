/** Moments in the words of the page's language. */
import type { Language } from '../wire.ts';
import { texts } from './texts.ts';

export function shortTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(at);
}

export function relativeDay(at: number, language: Language, now = Date.now()): string {
  const time = shortTime(at, language);
  const days = daysBetween(at, now);
  if (days === 0) return texts[language].today(time);
  if (days === 1) return texts[language].yesterday(time);
  return new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' }).format(at);
}

export function longDate(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at);
}

export function fullTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' }).format(at);
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

function daysBetween(at: number, now: number): number {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
}
