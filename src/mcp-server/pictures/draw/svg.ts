/** Writes SVG: every text and every value goes through here, and comes out as text and values only. */
import type { Lettering, Run } from './lettering.ts';

/** Markup that is ready. Made here only. */
export interface Markup {
  readonly svg: string;
}

type Values = Readonly<Record<string, string | number>>;

export function shape(name: string, values: Values, children: readonly Markup[] = []): Markup {
  return { svg: `<${name}${attributes(values)}>${children.map(({ svg }) => svg).join('')}</${name}>` };
}

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  /** Where the text stands to the point. Default `start`. */
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Longer text is cut. Default: it is not. */
  readonly width?: number;
}

/** One line of text, its baseline at the point. */
export function text(letters: Lettering, line: string, x: number, y: number, style: TextStyle): Markup {
  const { size, fill, anchor = 'start', width = Number.POSITIVE_INFINITY } = style;
  const runs = letters.fit(line, size, width);
  return shape('text', { x, y, 'font-size': size, fill, 'text-anchor': anchor }, runs.map(toSpan));
}

function toSpan({ text: content, family }: Run): Markup {
  return { svg: `<tspan${attributes({ 'font-family': family })}>${toEntities(content)}</tspan>` };
}

function attributes(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? toDigits(value) : toEntities(value)}"`)
    .join('');
}

function toDigits(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function toEntities(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
