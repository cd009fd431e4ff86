/** Reads the text of PDFs, each in a process of its own (`pdf-process.ts`) that can do nothing but read. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../../../json.ts';
import { untilAborted } from '../../../waiting.ts';
import type { PdfPages } from './pdf-pages.ts';

/** Each may take half a gigabyte. */
const mostAtOnce = 2;
/** The process ends by itself before; in ms. */
const longestMs = 90_000;
/** What a character takes as JSON, at most. */
const bytesPerCharacter = 6;

export class PdfReader {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * Undefined where it cannot be read: it is broken, protected, or takes too much time or memory.
   * @throws the signal's reason.
   */
  async read(data: Uint8Array, mostCharacters: number, signal: AbortSignal): Promise<PdfPages | undefined> {
    await this.#waitForRoom(signal);
    try {
      return toPages(await runProcess(data, mostCharacters, signal));
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Waits until fewer are read. */
  async #waitForRoom(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.#running >= mostAtOnce) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await untilAborted(promise, signal);
      } catch (error) {
        const place = this.#waiting.indexOf(resolve);
        // It may have been let go in the same moment: then it is the next one's turn.
        if (place === -1) this.#waiting.shift()?.();
        else this.#waiting.splice(place, 1);
        throw error;
      }
    }
    this.#running += 1;
  }
}

/** What the process has written; undefined when it failed. */
async function runProcess(data: Uint8Array, mostCharacters: number, signal: AbortSignal): Promise<string | undefined> {
  const child = spawn(process.execPath, [...nodeFlags(), program, String(mostCharacters)], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', (code) => resolve(code));
  child.once('error', () => resolve(null));
  // It may end without having read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(data);
  const output: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > mostCharacters * bytesPerCharacter + 1_000) child.kill('SIGKILL');
    else output.push(part);
  });
  try {
    const code = await untilAborted(promise, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]));
    return code === 0 ? Buffer.concat(output).toString() : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    child.kill('SIGKILL');
  }
}

const program = fileURLToPath(new URL('./pdf-process.ts', import.meta.url));

/** It may read itself and pdf.js, write nothing and start nothing. */
function nodeFlags(): string[] {
  const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const readable = [dirname(program), library].map((folder) => `--allow-fs-read=${join(folder, '*')}`);
  return ['--permission', '--allow-worker', ...readable, '--max-old-space-size=384'];
}

function toPages(output: string | undefined): PdfPages | undefined {
  // Our own program writes it, of a file that tries what it can.
  const pages: unknown = output === undefined ? undefined : JSON.parse(output);
  if (!isRecord(pages) || typeof pages.text !== 'string') return undefined;
  return { text: pages.text, isCut: pages.isCut === true };
}
