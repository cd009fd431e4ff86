/** The calculator as a process, and clients that write to it what they like, to the byte. */
import { connect } from 'node:net';
import { isRecord } from '../../../src/json.ts';
import { resolvesWithin } from '../../../src/waiting.ts';
import { freePort, type Program, startProgram } from '../../support/program.ts';
import { patienceMs } from './fuzz.ts';

const statuses = new Set([200, 202, 400, 403, 404, 405, 406, 408, 413, 415, 417, 431]);

/** What a client writes. */
export interface Bytes {
  /** One after the other, as they are. */
  readonly pieces: readonly Uint8Array[];
  /** `cuts`: it is gone with the last piece. `waits` it has said everything, and reads on. */
  readonly ending: 'cuts' | 'waits';
}

export interface HttpAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** What a tool's call came to. */
export interface Outcome {
  readonly isError: boolean;
  readonly text: string;
  /** Base64. */
  readonly picture?: string;
}

export class CalculatorWorld implements AsyncDisposable {
  readonly #program: Program;
  readonly #url: string;
  readonly #port: number;

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.#port = port;
    this.#url = `http://127.0.0.1:${port}/mcp`;
  }

  static async start(): Promise<CalculatorWorld> {
    const port = await freePort();
    const program = startProgram('mcp-server', { MCP_PORT: String(port) });
    const world = new CalculatorWorld(program, port);
    try {
      await program.waitForEvent('listening', { timeoutMs: patienceMs });
      return world;
    } catch (error) {
      // Nobody else knows of it.
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @returns what came back when the server has closed the connection. @throws when it does not. @param hasAnswer Whether one must come. */
  async write({ pieces, ending }: Bytes, hasAnswer: boolean): Promise<string> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    // What is refused is not read to its end: writing may fail.
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    // Whoever says goodbye before the answer may get none.
    if (hasAnswer) await resolvesWithin(Promise.race([answered, closed]), patienceMs);
    if (ending === 'cuts') socket.resetAndDestroy();
    else socket.end();
    if (await resolvesWithin(closed, patienceMs)) return text;
    socket.destroy();
    throw new Error(`The connection is still open after ${patienceMs} ms; so far came: ${text.slice(0, 500)}`);
  }

  /** @returns the answer to a body that is sent as it should be. */
  async post(body: string): Promise<HttpAnswer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    return {
      status: response.status,
      head: `content-type: ${response.headers.get('content-type')}`,
      body: await response.text(),
    };
  }

  /** @throws when it is no result of a tool. */
  async call(name: string, args: object): Promise<Outcome> {
    const params = { name, arguments: args };
    const { body } = await this.post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
    const { result } = JSON.parse(body);
    const text: unknown = result?.content?.[0]?.text;
    if (typeof text !== 'string') throw new Error(`No result of ${name}: ${body.slice(0, 500)}`);
    const picture: unknown = result.content[1]?.data;
    return { isError: result.isError === true, text, ...(typeof picture === 'string' ? { picture } : {}) };
  }

  /** An ordinary call has its result as ever. */
  async expectWell(): Promise<void> {
    if (this.#program.process.exitCode !== null) throw new Error(`The calculator has ended: ${this.#program.output}`);
    const { text } = await this.call('add', { a: 15, b: 27 });
    if (text !== '42') throw new Error(`15 + 27 is ${text}`);
    const wrong = this.#program.log.find(
      ({ level, event }) => /error|warn/.test(String(level)) && event !== 'picture-too-slow',
    );
    if (wrong !== undefined) throw new Error(`It logged ${JSON.stringify(wrong)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.process.kill('SIGKILL');
    await this.#program.ended;
  }
}

/** The answers in what came back. @param isHead Whether the first has no body, whatever it says. @throws when it is something else. */
export function readAnswers(text: string, isHead: boolean): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const head = rest.slice(0, end).toLowerCase();
    const status = Number(/^http\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (end === -1 || Number.isNaN(status)) throw new Error(`That is no answer: ${rest.slice(0, 500)}`);
    rest = rest.slice(end + 4);
    // «Go on»: the answer is still to come.
    if (status === 100) continue;
    // What is not understood is answered with a body, whatever was asked for.
    const hasNone = isHead && answers.length === 0 && !rest.startsWith('{');
    const length = hasNone ? 0 : Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    answers.push({ status, head, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return answers;
}

/** @throws when the status is none that a client can make sense of, or the body is anything but JSON. */
export function expectSound({ status, head, body }: HttpAnswer): void {
  if (!statuses.has(status)) throw new Error(`The status is ${status}: ${body.slice(0, 500)}`);
  if (body === '') return;
  if (!head.includes('content-type: application/json')) throw new Error(`The body is not called JSON: ${head}`);
  const content: unknown = JSON.parse(body);
  for (const answer of Array.isArray(content) ? content : [content]) {
    const isOne = isRecord(answer) && answer.jsonrpc === '2.0' && 'result' in answer !== 'error' in answer;
    if (!isOne) throw new Error(`That is no JSON-RPC: ${body.slice(0, 500)}`);
  }
  if (/ {4}at |node_modules|\.ts:\d/.test(body)) throw new Error(`It shows its inside: ${body.slice(0, 500)}`);
}
