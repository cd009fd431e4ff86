/**
 * Lines in, text out. In a terminal: line editing, history, and Ctrl-C as an event; what is typed during an answer stays
 * unseen until the prompt is back. In a pipe: each line as it comes, and nothing but text is written.
 */
import { createInterface, type Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** A stream that may be a terminal of so many columns. */
type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Screen;
  readonly prompt: string;
  /** Earlier lines for the arrow keys, newest first. */
  readonly history: readonly string[];
  readonly onInterrupt: () => void;
  readonly onHistory: (lines: readonly string[]) => void;
}

export interface Terminal extends Disposable {
  /** Whether a person types here. */
  readonly isInteractive: boolean;
  /** The next line; undefined when there will be none. Prompts for it where a person types. */
  readLine(): Promise<string | undefined>;
  /** A waiting `readLine` resolves with undefined; later ones wait as ever. */
  cancelRead(): void;
  write(text: string): void;
  /** Writes a line between prompts: the line being typed is dropped and a fresh prompt follows. */
  interject(text: string): void;
  /** Forgets lines that came and were not read. */
  dropLines(): void;
  /** No more lines: a waiting `readLine` resolves, lines that were not read are dropped. */
  end(): void;
}

export function openTerminal({ input, output, prompt, history, onInterrupt, onHistory }: TerminalOptions): Terminal {
  if (input.isTTY !== true || output.isTTY !== true) {
    const reader = createInterface({ input, terminal: false });
    return listen(reader, new LineTerminal({ reader, output, prompt, echo: undefined }));
  }
  const echo = new Echo(output);
  const reader = createInterface({
    input,
    output: echo,
    terminal: true,
    prompt,
    history: [...history],
    removeHistoryDuplicates: true,
  });
  const onResize = () => void echo.emit('resize');
  output.on('resize', onResize);
  reader.on('close', () => output.off('resize', onResize));
  reader.on('SIGINT', onInterrupt);
  reader.on('history', onHistory);
  return listen(reader, new LineTerminal({ reader, output, prompt, echo }));
}

function listen(reader: Interface, terminal: LineTerminal): LineTerminal {
  reader.on('line', (line) => terminal.takeLine(line));
  reader.on('close', () => terminal.takeEnd());
  return terminal;
}

interface LineTerminalParts {
  readonly reader: Interface;
  readonly output: Screen;
  readonly prompt: string;
  /** Where a person types. Undefined: lines come from a pipe. */
  readonly echo: Echo | undefined;
}

class LineTerminal implements Terminal {
  readonly #reader: Interface;
  readonly #output: Screen;
  readonly #prompt: string;
  readonly #echo: Echo | undefined;
  /** Lines that came and were not read. */
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #hasEnded = false;

  constructor({ reader, output, prompt, echo }: LineTerminalParts) {
    this.#reader = reader;
    this.#output = output;
    this.#prompt = prompt;
    this.#echo = echo;
  }

  get isInteractive(): boolean {
    return this.#echo !== undefined;
  }

  takeLine(line: string): void {
    if (this.#waiting === undefined) this.#lines.push(line);
    else this.#pass(line);
  }

  takeEnd(): void {
    this.#hasEnded = true;
    if (this.isInteractive && this.#waiting !== undefined) this.#output.write('\n');
    this.#pass(undefined);
  }

  readLine(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined) {
      if (this.isInteractive) this.#output.write(`${this.#prompt}${line}\n`);
      return Promise.resolve(line);
    }
    if (this.#hasEnded) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#waiting = resolve;
    this.#showPrompt(this.#clearTyped());
    return promise;
  }

  cancelRead(): void {
    this.#pass(undefined);
  }

  // Handed on as a function of its own.
  readonly write = (text: string): void => {
    this.#output.write(text);
  };

  interject(text: string): void {
    this.#clearTyped();
    this.#output.write(`\n${text}\n`);
    this.#showPrompt('');
  }

  dropLines(): void {
    this.#lines.length = 0;
  }

  end(): void {
    this.dropLines();
    this.#reader.close();
  }

  [Symbol.dispose](): void {
    this.#reader.close();
  }

  #pass(line: string | undefined): void {
    this.#mute(true);
    const take = this.#waiting;
    this.#waiting = undefined;
    take?.(line);
  }

  /** @returns what stood in the line being edited, which is empty after it. */
  #clearTyped(): string {
    if (!this.isInteractive) return '';
    const typed = this.#reader.line;
    this.#mute(true);
    this.#reader.write(null, { ctrl: true, name: 'e' });
    this.#reader.write(null, { ctrl: true, name: 'u' });
    return typed;
  }

  #showPrompt(typed: string): void {
    if (!this.isInteractive) return;
    this.#mute(false);
    this.#reader.prompt();
    if (typed !== '') this.#reader.write(typed);
  }

  #mute(isMuted: boolean): void {
    if (this.#echo !== undefined) this.#echo.isMuted = isMuted;
  }
}

/** Where readline draws the line being edited; muted, it draws nowhere. */
class Echo extends Writable {
  readonly #output: Screen;
  isMuted = true;

  constructor(output: Screen) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  /** Readline wraps the edited line at it. */
  get columns(): number | undefined {
    return this.#output.columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#output.write(chunk);
    done();
  }
}
