/** What came with a question, as far as its text tells: the bot names pictures, files and messages in lines of their own. */

export interface SentFile {
  readonly name: string;
  readonly lines: number;
}

export interface Sent {
  /** The names of the pictures that are shown. */
  readonly pictures: readonly string[];
  readonly files: readonly SentFile[];
  /** The words of the messages that the question points at. */
  readonly messages: readonly string[];
}

const begin = '\n\nWhat came with the question follows.';
const opening = /^<(file|message)-([0-9a-f]{8})[ >]/;
const pictureName = /^\[picture: "((?:[^"\\]|\\.)*)"/;
const fileName = / name="((?:[^"\\]|\\.)*)"/;

/** The question's own words, and what came with it. */
export function splitQuestion(text: string): { readonly question: string; readonly sent: Sent } {
  const end = text.indexOf(begin);
  if (end === -1) return { question: text, sent: { pictures: [], files: [], messages: [] } };
  return { question: text.slice(0, end), sent: readSent(text.slice(end).split('\n')) };
}

function readSent(lines: readonly string[]): Sent {
  const pictures: string[] = [];
  const files: SentFile[] = [];
  const messages: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.includes(', shown below as number ')) pictures.push(nameIn(line, pictureName));
    const [, kind, mark] = opening.exec(line) ?? [];
    const end = kind === undefined ? -1 : lines.indexOf(`</${kind}-${mark}>`, at);
    if (end === -1) continue;
    const words = lines.slice(at + 1, end);
    if (kind === 'file') files.push({ name: nameIn(line, fileName), lines: countLines(words) });
    else messages.push(words.join(' ').trim());
    at = end;
  }
  return { pictures, files, messages: messages.filter((words) => words !== '') };
}

/** A break at the end begins no line. */
function countLines(words: readonly string[]): number {
  return words.at(-1) === '' ? words.length - 1 : words.length;
}

function nameIn(line: string, pattern: RegExp): string {
  const name = pattern.exec(line)?.[1] ?? '';
  try {
    return String(JSON.parse(`"${name}"`));
  } catch {
    // No JSON: another bot than ours.
    return name;
  }
}
