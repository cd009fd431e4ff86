/**
 * Colours and sizes. A picture brings its own background, so that it reads the same in Discord's light and dark; nothing is
 * told by colour alone: curves differ in their dashes, and every part of a pie says its share.
 */

export const paint = {
  background: '#ffffff',
  text: '#2b2d31',
  quiet: '#5c6068',
  axis: '#80848e',
  grid: '#e3e5e8',
} as const;

/** On white each has a contrast of 4.5 or more, and white text on it, too. */
export const colours = ['#2467c9', '#c2410c', '#0b7a53', '#8a3fc4', '#a3195b', '#4d5562'] as const;

/** Lengths of dashes and gaps, one for each colour; empty: no gap. */
const dashes = ['', '11 5', '3 4', '14 4 3 4', '6 3', '14 4 3 4 3 4'] as const;

export function colourOf(index: number): string {
  return colours[index % colours.length] ?? paint.text;
}

/** Paler each time the colours begin anew, as in a pie of many parts. */
export function opacityOf(index: number): number {
  return 1 - 0.35 * Math.floor(index / colours.length);
}

export function strokeOf(index: number): Readonly<Record<string, string | number>> {
  const dash = dashes[index % dashes.length] ?? '';
  return {
    fill: 'none',
    stroke: colourOf(index),
    'stroke-width': 3,
    'stroke-linejoin': 'round',
    // A round cap would close the gaps of a dash.
    ...(dash === '' ? { 'stroke-linecap': 'round' } : { 'stroke-dasharray': dash }),
  };
}

export const sizes = { title: 22, legend: 17, label: 16, value: 14 } as const;

/** Of every picture, in its own units. A phone shows it half as wide, where letters must still be legible. */
export const pictureWidth = 600;
export const margin = 20;
