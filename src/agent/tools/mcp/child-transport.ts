/**
 * A tool server as a child process, spoken to over its standard streams. In a process group of its own, so that what it
 * starts itself (`npx` runs the server as a grandchild) ends with it; the SDK's transport would leave that behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { LocalToolServerConfig } from '../../../config/tool-servers.ts';

/** A server has so long to end by itself when its input ends, and again when it is told to. */
const goodbyeMs = 1_000;

export class ChildTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #config: LocalToolServerConfig;
  readonly #onStderr: (line: string) => void;
  readonly #received = new ReadBuffer();
  #child: ChildProcess | undefined;
  /** Should this process end without closing, nothing stays behind. */
  readonly #sweep = () => this.#kill('SIGKILL');

  /** @param onStderr Called with whole lines of what it writes to standard error, which is its log by the specification. */
  constructor(config: LocalToolServerConfig, onStderr: (line: string) => void) {
    this.#config = config;
    this.#onStderr = onStderr;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#config;
    const child = spawn(command, [...args], {
      env: { ...getDefaultEnvironment(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    process.once('exit', this.#sweep);
    child.once('close', () => {
      this.#kill('SIGKILL');
      process.off('exit', this.#sweep);
      this.onclose?.();
    });
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on('error', (error) => this.onerror?.(error));
    }
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    readLines(child.stderr.setEncoding('utf8'), this.#onStderr);
    // Rejects when it cannot be started.
    await once(child, 'spawn');
    child.on('error', (error) => this.onerror?.(error));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const input = this.#child?.stdin;
    if (!input?.writable) throw new Error('Not connected');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    input.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  /** As the specification says: its input ends, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.pid === undefined) return;
    const closed = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'close');
    child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const isClosed = await Promise.race([closed.then(() => true), sleep(goodbyeMs, false, { ref: false })]);
      if (isClosed) break;
      this.#kill(signal);
    }
    this.#received.clear();
  }

  #read(chunk: Buffer): void {
    try {
      this.#received.append(chunk);
    } catch (error) {
      // More than any message may have: the stream cannot be read on.
      this.onerror?.(toError(error));
      this.#kill('SIGKILL');
      return;
    }
    for (;;) {
      try {
        const message = this.#received.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line that is no message, such as a stray print: the next one may be.
        this.onerror?.(toError(error));
      }
    }
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

const longestLine = 2_000;

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (line.trim() !== '') onLine(line.slice(0, longestLine).trimEnd());
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
