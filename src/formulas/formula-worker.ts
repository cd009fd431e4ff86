/** The thread that draws formulas. They come from models, and may take for ever: whoever asks gives up on this thread then. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { threadReady } from '../bounded-thread.ts';
import { toPicture } from './picture.ts';
import { startTypesetter, type Typesetter } from './typesetter.ts';

/** LaTeX, each with no sign around it. */
export type DrawRequest = readonly string[];

/** A PNG; undefined where none of them can be drawn. */
export type DrawAnswer = { readonly png: Uint8Array | undefined };

const mostBytes = 200_000;
/** Tried one after the other, until it is small enough. */
const zooms = [1, 0.7, 0.5];

const typesetter = await startTypesetter();
await initWasm(readFileSync(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))));
parentPort?.on('message', (request: DrawRequest) => {
  void draw(request, typesetter).then((png) => parentPort?.postMessage({ png } satisfies DrawAnswer));
});
parentPort?.postMessage(threadReady);

/** @throws what is a defect: it ends the thread, and is told to whoever started it. */
async function draw(request: DrawRequest, typeset: Typesetter): Promise<Uint8Array | undefined> {
  const formulas = [];
  for (const latex of request) {
    const formula = await typeset(latex);
    if (formula !== undefined) formulas.push(formula);
  }
  const svg = toPicture(formulas);
  if (svg === undefined) return undefined;
  for (const zoom of zooms) {
    const png = render(svg, zoom);
    if (png.length <= mostBytes) return png;
  }
  return undefined;
}

function render(svg: string, zoom: number): Uint8Array {
  const renderer = new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font: fontFor(svg) });
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

/** MathJax draws its own letters; others are left to a font. */
function fontFor(svg: string) {
  if (!svg.includes('<text')) return {};
  const file = new URL('../fonts/NotoSansKR-Regular.otf', import.meta.resolve('@embedpdf/fonts-kr'));
  const family = 'Noto Sans KR';
  return { fontBuffers: [readFileSync(file)], defaultFontFamily: family, serifFamily: family, sansSerifFamily: family };
}
