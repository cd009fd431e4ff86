/** Tells text by what it holds: UTF-8, UTF-16 with its mark, or the code of Korean Windows, which spreadsheets there still write. */

/** Characters that are looked at: what is no text shows it early. */
const longestSample = 50_000;

/** The text, with line breaks as everywhere; undefined of anything else. */
export function readText(data: Uint8Array): string | undefined {
  const [first, second] = data;
  if (first === 0xff && second === 0xfe) return toPlain(decode('utf-16le', data));
  if (first === 0xfe && second === 0xff) return toPlain(decode('utf-16be', data));
  return toPlain(decode('utf-8', data) ?? toKorean(decode('euc-kr', data)));
}

function decode(encoding: string, data: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(data);
  } catch {
    // Other bytes than these letters have.
    return undefined;
  }
}

/** Undefined where it merely happens to be possible: what is not ASCII must be Hangul, mostly. */
function toKorean(text: string | undefined): string | undefined {
  const sample = text?.slice(0, longestSample) ?? '';
  const others = count(sample, /[^\p{ASCII}]/gu);
  return count(sample, /\p{Script=Hangul}/gu) * 2 > others ? text : undefined;
}

/** Undefined where control characters show that it is no text. Those of terminals and printers may be there. */
function toPlain(text: string | undefined): string | undefined {
  if (text === undefined || text.includes('\0')) return undefined;
  const sample = text.slice(0, longestSample);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const controls = count(sample, /[\u0001-\u0007\u000e-\u001a\u001c-\u001f]/g);
  return controls * 100 > sample.length ? undefined : text.replaceAll(/\r\n?/g, '\n').toWellFormed();
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
