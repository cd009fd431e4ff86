/** Formulas below each other on a light card, which is legible on dark and on light: as SVG. Pure. */
import type { Typeset } from './typesetter.ts';

/** In pixels. Discord shows 550 by 350 of them, and more in less. */
const fontSize = 30;
const padding = 28;
const gap = 34;
const mostWidth = 1100;
const mostHeight = 1200;
/** A wide formula is made smaller down to this, and left out where that is not enough. */
const smallest = 0.5;

const paint = { card: '#ffffff', edge: '#d5d8de', rule: '#e6e8ec', ink: '#1f2328' } as const;

/** As many of them as have room. Undefined: none has. */
export function toPicture(formulas: readonly Typeset[]): string | undefined {
  const parts: string[] = [];
  let [bottom, widest] = [padding, 0];
  for (const { markup, left, top, width, height } of formulas) {
    const scale = Math.min(fontSize / 1000, mostWidth / width);
    const y = bottom + (parts.length === 0 ? 0 : gap);
    if (scale < (smallest * fontSize) / 1000 || y + height * scale + padding > mostHeight) continue;
    if (parts.length > 0)
      parts.push(`<rect x="${padding}" y="${y - gap / 2}" width="RULE" height="1.5" fill="${paint.rule}"/>`);
    const place = `translate(${round(padding - left * scale)} ${round(y - top * scale)}) scale(${round(scale)})`;
    parts.push(
      `<g transform="${place}" fill="${paint.ink}" stroke="${paint.ink}" stroke-width="0" color="${paint.ink}">${markup}</g>`,
    );
    bottom = y + height * scale;
    widest = Math.max(widest, width * scale);
  }
  if (parts.length === 0) return undefined;
  const [fullWidth, fullHeight] = [Math.ceil(widest + 2 * padding), Math.ceil(bottom + padding)];
  const card = `<rect x="1" y="1" width="${fullWidth - 2}" height="${fullHeight - 2}" rx="14" fill="${paint.card}" stroke="${paint.edge}" stroke-width="2"/>`;
  const drawn = parts.join('').replaceAll('width="RULE"', `width="${round(widest)}"`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}">${card}${drawn}</svg>`;
}

function round(number: number): number {
  return Math.round(number * 10_000) / 10_000;
}
