/** Long lists, a page at a time, and the buttons that turn the pages. Pure. */
import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';

/** Lines that belong together. */
export interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** In as few pages of at most `length` characters as they fit in. The heading stands again where its lines go on. No line is longer than a page. */
export function toPages(sections: readonly Section[], length: number): string[] {
  const pages: string[] = [];
  const add = (text: string, otherwise: string) => {
    const last = pages.at(-1);
    if (last !== undefined && last.length + text.length <= length) pages[pages.length - 1] = last + text;
    else pages.push(otherwise);
  };
  for (const { heading, lines } of sections) {
    const [first, ...rest] = lines;
    const start = first === undefined ? heading : `${heading}\n${first}`;
    add(`\n\n${start}`, start);
    for (const line of rest) add(`\n${line}`, `${heading}\n${line}`);
  }
  return pages;
}

/** Kept free by whoever makes pages: what {@link withPlace} adds. */
export const maxPlace = 60;

/** The page, and which of how many it is; alone, it needs no number. */
export function withPlace(content: string, page: number, pages: number, language: Language): string {
  if (pages <= 1) return content;
  const { place } = catalogues[language].commands.pages;
  return `${content}\n\n-# ${place.replace('{page}', String(page + 1)).replace('{pages}', String(pages))}`;
}

export interface PageButtons {
  readonly page: number;
  readonly pages: number;
  /** Names the button that shows this page. */
  readonly toId: (page: number) => string;
  readonly labels: { readonly back: string; readonly on: string };
}

/** One back and one on; none where there is one page. */
export function pageButtons({ page, pages, toId, labels }: PageButtons): APIButtonComponent[] {
  if (pages <= 1) return [];
  // The two never have the same name: Discord refuses that.
  return [
    button(toId(Math.max(0, page - 1)), labels.back, page === 0),
    button(toId(Math.min(pages - 1, page + 1)), labels.on, page === pages - 1),
  ];
}

export function button(customId: string, label: string, isDisabled = false): APIButtonComponent {
  return {
    type: ComponentType.Button,
    custom_id: customId,
    label,
    style: ButtonStyle.Secondary,
    ...(isDisabled ? { disabled: true } : {}),
  };
}

/** Rows of so many buttons. */
export function toButtonRows(
  buttons: readonly APIButtonComponent[],
  perRow: number,
): APIActionRowComponent<APIButtonComponent>[] {
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  for (let first = 0; first < buttons.length; first += perRow)
    rows.push({ type: ComponentType.ActionRow, components: buttons.slice(first, first + perRow) });
  return rows;
}

/** The number of a page, from 0. Undefined for what is none. */
export function readPage(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,4}$/.test(value) ? Number(value) : undefined;
}
