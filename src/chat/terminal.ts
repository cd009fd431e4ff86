/**
 * Lines in, text out. In a terminal: line editing, history, and Ctrl-C as an event; what is typed during an answer stays
 * unseen until the prompt is back. In a pipe: each line as it comes, and nothing but text is written.
 */
import { createInterface } from 'node:readline';
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
  const isInteractive = input.isTTY === true && output.isTTY === true;
  const echo = new Echo(output);
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let hasEnded = false;
  const reader = isInteractive
    ? createInterface({
        input,
        output: echo,
        terminal: true,
        prompt,
        history: [...history],
        removeHistoryDuplicates: true,
      })
    : createInterface({ input, terminal: false });

  const pass = (line: string | undefined): void => {
    echo.isMuted = true;
    const take = waiting;
    waiting = undefined;
    take?.(line);
  };
  const clearTyped = (): string => {
    const typed = reader.line;
    echo.isMuted = true;
    reader.write(null, { ctrl: true, name: 'e' });
    reader.write(null, { ctrl: true, name: 'u' });
    return typed;
  };
  const showPrompt = (typed: string): void => {
    echo.isMuted = false;
    reader.prompt();
    if (typed !== '') reader.write(typed);
  };

  reader.on('line', (line) => {
    if (waiting === undefined) lines.push(line);
    else pass(line);
  });
  const onResize = () => void echo.emit('resize');
  reader.on('close', () => {
    hasEnded = true;
    output.off('resize', onResize);
    if (isInteractive && waiting !== undefined) output.write('\n');
    pass(undefined);
  });
  if (isInteractive) {
    output.on('resize', onResize);
    reader.on('SIGINT', onInterrupt);
    reader.on('history', (kept) => onHistory(kept));
  }

  return {
    isInteractive,
    readLine: () => {
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const line = lines.shift();
      if (line !== undefined) {
        if (isInteractive) output.write(`${prompt}${line}\n`);
        resolve(line);
      } else if (hasEnded) {
        resolve(undefined);
      } else {
        waiting = resolve;
        if (isInteractive) showPrompt(clearTyped());
      }
      return promise;
    },
    cancelRead: () => pass(undefined),
    write: (text) => void output.write(text),
    interject: (text) => {
      clearTyped();
      output.write(`\n${text}\n`);
      showPrompt('');
    },
    dropLines: () => void lines.splice(0),
    end: () => {
      lines.splice(0);
      reader.close();
    },
    [Symbol.dispose]: () => reader.close(),
  };
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
