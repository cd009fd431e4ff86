/** The text of a PDF's pages, by pdf.js. Runs in a program that may end at any moment, see `pdf-process.ts`. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

export interface PdfPages {
  /** Each page under a line with its number. Empty: no page has a word, as in what was scanned. */
  readonly text: string;
  /** Whether there is more. */
  readonly isCut: boolean;
}

/** @throws whatever pdf.js throws: the file is broken, or protected by a password. */
export async function readPages(data: Uint8Array, mostCharacters: number): Promise<PdfPages> {
  const document = await openDocument(data);
  let text = '';
  let hasWords = false;
  for (let number = 1; number <= document.numPages; number += 1) {
    if (text.length > mostCharacters) break;
    const page = await document.getPage(number);
    const words = await readPage(page.streamTextContent(), mostCharacters - text.length + 1);
    hasWords ||= words.trim() !== '';
    text += `${text === '' ? '' : '\n'}(page ${number})\n${words.trim()}\n`;
    page.cleanup();
  }
  if (!hasWords) return { text: '', isCut: false };
  return { text: text.slice(0, mostCharacters), isCut: text.length > mostCharacters };
}

async function openDocument(data: Uint8Array) {
  // pdf.js makes one of them when it is loaded, for drawing, and takes it from a package of 33 MB that draws.
  Object.assign(globalThis, { DOMMatrix: class {}, ImageData: class {}, Path2D: class {} });
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const home = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  return await getDocument({
    data,
    // What the codes of Korean, Chinese and Japanese fonts mean, where the file does not say so itself.
    cMapUrl: join(home, 'cmaps') + sep,
    standardFontDataUrl: join(home, 'standard_fonts') + sep,
    verbosity: VerbosityLevel.ERRORS,
    useSystemFonts: false,
    useWasm: false,
    // Pictures in it are of no use here.
    maxImageSize: 1,
  }).promise;
}

/** Reads no further than so many characters. */
async function readPage(stream: ReadableStream, most: number): Promise<string> {
  let text = '';
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done && text.length < most; part = await reader.read()) {
    for (const { str = '', hasEOL = false } of part.value.items) text += hasEOL ? `${str}\n` : str;
  }
  return text;
}
