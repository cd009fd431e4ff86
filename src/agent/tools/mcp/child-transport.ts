/**
 * A tool server as a child process, spoken to over its standard streams, one JSON a line. In a process group of its own,
 * so that what it starts itself (`npx` runs the server as a grandchild) ends with it; the SDK's transport would leave that
 * behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalToolServerConfig } from '../../../config/tool-servers.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { LineReader } from './line-reader.ts';

/** A server has so long to end by itself when its input ends, and again when it is told to. */
const goodbyeMs = 1_000;
/** In bytes: no message is longer. */
const longestMessage = 10 * 1024 * 1024;
/** No line on standard error counts for more, in bytes. */
const longestRemark = 2_000;

export class ChildTransport {
  /** By this, and by `pid`, the SDK knows a child process, which may be older than what it is asked first, and then keep silent. */
  readonly stderr = null;
  onmessage?: (message: unknown) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #config: LocalToolServerConfig;
  readonly #onStderr: (length: number) => void;
  #child: ChildProcess | undefined;
  #folder: string | undefined;
  /** Should this process end without closing, nothing stays behind. */
  readonly #sweep = () => {
    this.#kill('SIGKILL');
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  };

  /**
   * @param config Its `env` is all that the child is given.
   * @param onStderr Called with the length of every line that it writes to standard error, which is its log by the specification.
   */
  constructor(config: LocalToolServerConfig, onStderr: (length: number) => void) {
    this.#config = config;
    this.#onStderr = onStderr;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { command, args, env } = this.#config;
    const child = spawn(command, [...args], {
      env,
      cwd: this.#config.cwd ?? this.#makeFolder(),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    process.once('exit', this.#sweep);
    child.once('close', () => {
      this.#sweep();
      process.off('exit', this.#sweep);
      this.onclose?.();
    });
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on('error', (error) => this.onerror?.(error));
    }
    const received = new LineReader(longestMessage);
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk, received));
    const remarks = new LineReader(longestRemark);
    child.stderr.on('data', (chunk: Buffer) => {
      for (const { text } of remarks.read(chunk)) if (text.trim() !== '') this.#onStderr(text.length);
    });
    // Rejects when it cannot be started.
    await once(child, 'spawn');
    child.on('error', (error) => this.onerror?.(error));
  }

  async send(message: unknown): Promise<void> {
    const input = this.#child?.stdin;
    if (!input?.writable) throw new Error('Not connected');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    input.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  /** As the specification says: its input ends, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.pid === undefined) return;
    const closed = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'close');
    child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await resolvesWithin(closed, goodbyeMs)) break;
      this.#kill(signal);
    }
  }

  #read(chunk: Buffer, received: LineReader): void {
    for (const { text, isCut } of received.read(chunk)) {
      if (isCut) {
        // More than any message may have: the stream cannot be read on.
        this.onerror?.(new Error(`The tool server wrote a line of more than ${longestMessage} bytes.`));
        this.#kill('SIGKILL');
        return;
      }
      try {
        this.onmessage?.(JSON.parse(text));
      } catch (error) {
        // A line that is no message, such as a stray print: the next one may be.
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** What a server writes beside itself does not end up among the files of this program. */
  #makeFolder(): string {
    this.#folder = mkdtempSync(join(tmpdir(), 'jupan-tool-'));
    return this.#folder;
  }

  /** The whole group. */
  #kill(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All of it is gone already.
    }
  }
}
