/** Turns SVG into a PNG of a bounded size, with the fonts that come with the program: the same bytes on every machine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { CalculatorError } from '../../arithmetic/calculator-error.ts';
import { type Font, readFont } from './font.ts';
import { paint } from './paint.ts';

const mostBytes = 200_000;
/** Pixels for a unit of the picture, as many as the bytes allow. Discord shows 550 points in width: on a fine screen 1100 pixels. */
const scales = [1.8, 1.2, 0.9, 0.6];

export interface Fonts {
  readonly text: Font;
  readonly emoji: Font;
}

export function readFonts(): Fonts {
  const korean = new URL('../fonts/NotoSansKR-Regular.otf', import.meta.resolve('@embedpdf/fonts-kr'));
  const emoji = import.meta.resolve('@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf');
  return {
    text: readFont('Noto Sans Korean', readFileSync(korean)),
    emoji: readFont('Noto Emoji', readFileSync(fileURLToPath(emoji))),
  };
}

/** Must be called once before {@link toPng}. */
export async function startRenderer(): Promise<void> {
  await initWasm(readFileSync(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))));
}

/** @throws {CalculatorError} when there is so much in it that the picture would not be small at any scale. */
export function toPng(svg: string, { text, emoji }: Fonts): Uint8Array {
  for (const scale of scales) {
    const png = render(svg, scale, { text, emoji });
    if (png.length <= mostBytes) return png;
  }
  throw new CalculatorError('The picture would be too large: draw less at once.');
}

function render(svg: string, scale: number, { text, emoji }: Fonts): Uint8Array {
  const renderer = new Resvg(svg, {
    background: paint.background,
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: [text.bytes, emoji.bytes], defaultFontFamily: text.family },
  });
  try {
    const image = renderer.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    renderer.free();
  }
}
