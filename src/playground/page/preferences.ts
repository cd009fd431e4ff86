/** What the browser remembers: language and theme for all windows, who one is for each window. */
import type { Language } from '../wire.ts';

export type Theme = 'light' | 'dark';

export interface Identity {
  /** What the server knows this window's member by. */
  readonly secret: string;
  readonly name: string;
}

export function readLanguage(): Language {
  const kept = localStorage.getItem('language');
  if (kept === 'ko' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem('language', language);
}

/** Undefined while the system decides. */
function keptTheme(): Theme | undefined {
  const kept = localStorage.getItem('theme');
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}

export function currentTheme(): Theme {
  return keptTheme() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

export function keepTheme(theme: Theme): void {
  localStorage.setItem('theme', theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = keptTheme();
  if (theme) document.documentElement.dataset.theme = theme;
}

export function readIdentity(): Identity | undefined {
  const secret = sessionStorage.getItem('secret');
  const name = sessionStorage.getItem('name');
  return secret !== null && name !== null ? { secret, name } : undefined;
}

export function keepIdentity({ secret, name }: Identity): void {
  sessionStorage.setItem('secret', secret);
  sessionStorage.setItem('name', name);
}
