/** The bot's tool server, which keeps what it has done through its own deaths. */
import { startToolServer, type TestTool, type TestToolServer } from '../../agent/support/tool-server.ts';

/** One call as the tool server has done it. */
export interface DoneCall {
  readonly tool: string;
  readonly label: string;
  readonly attempt: number;
}

/** What a tool says to what it has done. */
export type ToolWords = (call: DoneCall) => string;

export class Tools implements AsyncDisposable {
  readonly #done: DoneCall[] = [];
  readonly #kit: readonly TestTool[];
  readonly #words: ToolWords;
  #server: TestToolServer | undefined;

  constructor(words: ToolWords = ({ tool, label }) => `${tool} did ${label}`) {
    this.#words = words;
    this.#kit = [
      this.#tool('look', { readOnlyHint: true }),
      this.#tool('pay', { destructiveHint: false }),
      this.#tool('transfer', { destructiveHint: true }),
      this.#tool('launch', { destructiveHint: true }),
      this.#drawing(),
    ];
  }

  get done(): readonly DoneCall[] {
    return this.#done;
  }

  /** Another server has done something. */
  note(call: DoneCall): void {
    this.#done.push(call);
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  /** On the same port as before. */
  async start(): Promise<void> {
    const port = this.#server?.port;
    this.#server = await startToolServer({ tools: this.#kit, ...(port === undefined ? {} : { port }) });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #tool(name: string, annotations: NonNullable<TestTool['annotations']>): TestTool {
    return {
      name,
      inputSchema: { type: 'object', properties: { for: { type: 'string' }, attempt: { type: 'integer' } } },
      annotations,
      run: ({ for: label, attempt }) => {
        const call = { tool: name, label: String(label), attempt: Number(attempt) };
        this.#done.push(call);
        return this.#words(call);
      },
    };
  }

  /** Gives two pictures, unlike those of any other call. */
  #drawing(): TestTool {
    const tool = this.#tool('draw', { readOnlyHint: true });
    return {
      ...tool,
      run: async (args, signal, client) => {
        const text = String(await tool.run(args, signal, client));
        const pictures = ['first', 'second'].map((which) => ({
          type: 'image' as const,
          mimeType: 'image/png',
          data: Buffer.from(toPicture(String(args.for), Number(args.attempt), which)).toString('base64'),
        }));
        return { content: [{ type: 'text', text }, ...pictures] };
      },
    };
  }
}

/** What the tool draws, as bytes that nobody looks at. */
export function toPicture(label: string, attempt: number, which: string): string {
  return `${which} picture of ${label}, try ${attempt}`;
}
