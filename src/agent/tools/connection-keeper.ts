/** Keeps the connection to one tool server: made when needed, made again when lost, ever less often while that fails. Never rejects. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import type { AgentLimits } from '../limits.ts';
import { LoginNeeded, type MemberCredentials } from './login/challenge.ts';
import type { StaleList } from './mcp/change-watch.ts';
import type { McpConnection } from './mcp/connection.ts';

export interface KeeperOptions {
  readonly config: ToolServerConfig;
  /** Of the one person that the connection is for. Undefined: it is for all. */
  readonly credentials?: MemberCredentials | undefined;
  readonly limits: Pick<AgentLimits, 'toolConnectMs'>;
  readonly log: Logger;
  /** Lists the tools: a connection counts once this has resolved, and is lost when it rejects. Resolves with how many there are. */
  readonly list: (connection: McpConnection, signal: AbortSignal) => Promise<number>;
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
}

/** A slow start (a child process that is installed first) may take this long; turns do not wait for it. */
const attemptMs = 30_000;
/** Between two tries while the server may still be starting. */
const startRetryMs = 100;
/** Before a server that cannot be reached is tried again by itself: twice as long each time. */
const firstBackOffMs = 500;
const longestBackOffMs = 60_000;

export class ConnectionKeeper {
  readonly #options: KeeperOptions;
  readonly #closing = new AbortController();
  /** Connections that are being told goodbye. */
  readonly #leaving = new Set<Promise<void>>();
  #current: McpConnection | undefined;
  #hasBeenUp = false;
  #attempt: Promise<void> | undefined;
  #loginNeeded: LoginNeeded | undefined;
  #failures = 0;
  #firstTriedAt: number | undefined;
  #notBefore = 0;
  /** Nobody needs it now: it is not tried again by itself. */
  #isResting = false;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  get current(): McpConnection | undefined {
    return this.#current;
  }

  /** Why there is no connection, where the person has to log in first: it is not tried again by itself. */
  get loginNeeded(): LoginNeeded | undefined {
    return this.#loginNeeded;
  }

  get hasBeenUp(): boolean {
    return this.#hasBeenUp;
  }

  /** It keeps failing, and is tried again by itself before long. */
  get isBackingOff(): boolean {
    return this.#current === undefined && this.#attempt === undefined && performance.now() < this.#notBefore;
  }

  /** Lists again, over a new connection if the old one does not answer. One at a time. */
  refresh(): Promise<void> {
    this.#isResting = false;
    this.#attempt ??= this.#tryNow();
    return this.#attempt;
  }

  /** The connection is of no use any more. Does nothing where another one has taken its place. */
  drop(lost: McpConnection | undefined): void {
    if (lost === undefined || this.#current !== lost) return;
    this.#current = undefined;
    // Not waited for: saying goodbye to a dead server takes its time.
    const left = lost.close().then(() => void this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  /** Nobody needs the connection for now: the next {@link refresh} makes another one. */
  rest(): void {
    this.#isResting = true;
    clearTimeout(this.#retryTimer);
    if (this.#attempt === undefined) this.drop(this.#current);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    clearTimeout(this.#retryTimer);
    await this.#attempt;
    this.drop(this.#current);
    await Promise.all(this.#leaving);
  }

  async #tryNow(): Promise<void> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${attemptMs} ms`)), attemptMs);
    const signal = AbortSignal.any([this.#closing.signal, deadline.signal]);
    const current = this.#current;
    this.#loginNeeded = undefined;
    try {
      if (current !== undefined) await this.#options.list(current, signal);
    } catch {
      this.drop(current); // Whatever it was, a new connection tells.
    }
    if (this.#current === undefined && !this.#closing.signal.aborted) await this.#connectPatiently(signal);
    this.#backOff(this.#current === undefined);
    clearTimeout(timer);
    this.#attempt = undefined;
  }

  /** A server that is started together with this program may take a moment longer to listen. */
  async #connectPatiently(signal: AbortSignal): Promise<void> {
    const { config, limits, log } = this.#options;
    const startedAt = performance.now();
    this.#firstTriedAt ??= startedAt;
    const lastTryAt = this.#firstTriedAt + limits.toolConnectMs;
    // What fetch throws when nobody answers; a server that says no is there.
    const mayBeStarting = (error: unknown) => error instanceof TypeError && 'url' in config && !this.#hasBeenUp;
    const isFinal = (error: unknown) => !mayBeStarting(error) || performance.now() > lastTryAt;
    try {
      const wait = { signal, firstMs: startRetryMs, longestMs: startRetryMs, isFinal };
      const tools = await withRetries(() => this.#connect(signal), wait);
      log.info('tool-server-connect', {
        server: config.name,
        tools,
        revision: this.#current?.revision,
        durationMs: Math.round(performance.now() - startedAt),
      });
    } catch (error) {
      // Once is enough for the operator; it is tried again by itself.
      const isLogin = error instanceof LoginNeeded;
      if (isLogin) this.#loginNeeded = error;
      const level = this.#failures === 0 && !isLogin ? 'warn' : 'debug';
      if (!this.#closing.signal.aborted) log[level]('tool-server-fail', { server: config.name, error });
    }
  }

  /** @returns how many tools it has. */
  async #connect(signal: AbortSignal): Promise<number> {
    const { config, credentials, log, list, onStale } = this.#options;
    const { openMcpConnection } = await import('./mcp/connection.ts');
    const onClose = () => {
      log.warn('tool-server-close', { server: config.name });
      this.drop(opened);
    };
    // It may close before this is set.
    let opened: McpConnection | undefined;
    try {
      opened = await openMcpConnection(config, { onStale, onClose }, log, signal, credentials);
      const tools = await list(opened, signal);
      this.#current = opened;
      this.#hasBeenUp = true;
      return tools;
    } catch (error) {
      await opened?.close();
      throw error;
    }
  }

  #backOff(hasFailed: boolean): void {
    this.#failures = hasFailed ? this.#failures + 1 : 0;
    clearTimeout(this.#retryTimer);
    if (this.#isResting) this.drop(this.#current);
    const isOver = this.#closing.signal.aborted || this.#isResting || this.#loginNeeded !== undefined;
    if (!hasFailed || isOver) return;
    const waitMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (this.#failures - 1));
    // A turn may try earlier, but not twice in a row to start a program that keeps dying.
    const isProgram = 'command' in this.#options.config;
    this.#notBefore = isProgram && this.#failures > 1 ? performance.now() + waitMs : 0;
    this.#retryTimer = setTimeout(() => void this.refresh(), waitMs);
    this.#retryTimer.unref();
  }
}
