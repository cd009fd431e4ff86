/**
 * Reads of an OpenType font which characters it has and how wide they are: enough to lay text out, and to keep characters
 * away from the renderer that it would leave out without a word. Source: https://learn.microsoft.com/typography/opentype/spec
 */

export interface Font {
  /** As it is named in SVG. */
  readonly family: string;
  readonly bytes: Uint8Array;
  /** Width of the character in parts of the font size; undefined when the font does not have it. */
  advance(codePoint: number): number | undefined;
}

/** The bytes are those of a font that we ship: what is wrong with them is a defect. */
export function readFont(family: string, bytes: Uint8Array): Font {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = readTables(view);
  const tableAt = (tag: string): number => {
    const offset = tables.get(tag);
    if (offset === undefined) throw new Error(`The font ${family} has no table ${tag}.`);
    return offset;
  };
  const unitsPerEm = view.getUint16(tableAt('head') + 18);
  const lastWidth = view.getUint16(tableAt('hhea') + 34) - 1;
  const widths = tableAt('hmtx');
  const glyphOf = readCharacterMap(view, tableAt('cmap'));
  return {
    family,
    bytes,
    advance: (codePoint) => {
      const glyph = glyphOf(codePoint);
      // Glyphs beyond the last width are all as wide as that one.
      return glyph === 0 ? undefined : view.getUint16(widths + 4 * Math.min(glyph, lastWidth)) / unitsPerEm;
    },
  };
}

function readTables(view: DataView): ReadonlyMap<string, number> {
  const count = view.getUint16(4);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const record = 12 + 16 * index;
      const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(record + byte)));
      return [tag, view.getUint32(record + 8)];
    }),
  );
}

/** Characters to glyphs; 0 where there is none. Of the many formats only the one for all of Unicode (12) is read. */
function readCharacterMap(view: DataView, table: number): (codePoint: number) => number {
  const subtables = Array.from({ length: view.getUint16(table + 2) }, (_, index) => {
    return table + view.getUint32(table + 4 + 8 * index + 4);
  });
  const found = subtables.find((subtable) => view.getUint16(subtable) === 12);
  if (found === undefined) throw new Error('The font has no character map of format 12.');
  const groups = found + 16;
  const count = view.getUint32(found + 12);
  return (codePoint) => {
    let [low, high] = [0, count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const group = groups + 12 * middle;
      if (codePoint < view.getUint32(group)) high = middle - 1;
      else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
      else return view.getUint32(group + 8) + codePoint - view.getUint32(group);
    }
    return 0;
  };
}
