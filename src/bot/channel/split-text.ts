/** Cuts a text into messages of a given length. Pure; the only splitter there is, so that no text is lost between two. */

/** Characters kept free for a line break and the longest closing fence. */
const fenceReserve = 8;

/** The longest info string of a code fence that is repeated when the fence is opened again. */
const maxInfoLength = 40;

interface Fence {
  readonly marker: string;
  readonly info: string;
}

/**
 * Splits `text` into parts of at most `length` UTF-16 units (64 or more), the first of them shorter by `reserved`.
 * A code fence that is cut is closed and opened again. Cuts fall between paragraphs, lines, sentences or words where one
 * is near, and never inside a character.
 *
 * Stable while the text grows: all parts but the last stay as they are, so that a growing answer never shifts.
 */
export function splitText(text: string, length: number, reserved = 0): string[] {
  const parts: string[] = [];
  let rest = text.trimEnd();
  let fence: Fence | undefined;
  while (rest.trim() !== '') {
    const opening = fence === undefined ? '' : `${fence.marker}${fence.info}\n`;
    const room = length - (parts.length === 0 ? reserved : 0) - opening.length;
    if (rest.length <= room) {
      parts.push(opening + rest);
      break;
    }
    // Room for a closing fence is kept even where none turns out to be needed: cheaper than trying twice.
    const cut = findCut(rest, room - fenceReserve);
    const piece = rest.slice(0, cut);
    fence = fenceAfter(piece, fence);
    if (piece.trim() !== '')
      parts.push(opening + (fence === undefined ? piece.trimEnd() : `${piece}\n${fence.marker}`));
    rest = rest.slice(cut);
    rest = fence === undefined ? rest.replace(/^(?:[ \t]*\n)+|^ +/, '') : rest.replace(/^\n/, '');
  }
  return parts;
}

/** The index up to which `text` is taken: at most `limit`, at the best boundary in the last part of it. */
function findCut(text: string, limit: number): number {
  const window = text.slice(0, limit);
  const earliest = Math.floor(limit * 0.6);
  for (const boundary of ['\n\n', '\n', /[.!?。！？…](?=\s)/g, ' ']) {
    const index = typeof boundary === 'string' ? window.lastIndexOf(boundary) : lastMatchEnd(window, boundary);
    if (index >= earliest) return index;
  }
  return lastCharacterEnd(text, limit);
}

function lastMatchEnd(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((_, match) => match.index + match[0].length, -1);
}

/**
 * The last boundary between characters as people see them (an emoji with its parts is one) at or before `limit`. Looks no
 * further than the text that is there whenever a part is cut: the cut must not move when more text comes.
 */
function lastCharacterEnd(text: string, limit: number): number {
  const start = Math.max(0, limit - 64);
  let end = start;
  for (const { index } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    text.slice(start, limit + fenceReserve),
  )) {
    if (start + index > limit) break;
    end = start + index;
  }
  if (end > start) return end;
  // One "character" of more than 64 units is an attack on the renderer, not writing: cut it between code points.
  return isLowSurrogate(text.charCodeAt(limit)) ? limit - 1 : limit;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The code fence that is open after `text`, given the one that was open before it. */
function fenceAfter(text: string, before: Fence | undefined): Fence | undefined {
  let open = before;
  for (const [, marker = '', info = ''] of text.matchAll(/^ {0,3}(`{3,})([^\n]*)$/gm)) {
    if (open === undefined) {
      if (!info.includes('`')) open = { marker: marker.slice(0, 6), info: info.trim().slice(0, maxInfoLength) };
    } else if (marker.length >= open.marker.length && info.trim() === '') {
      open = undefined;
    }
  }
  return open;
}
