/**
 * What the bot does, in numbers that grow: made of the events that go into its log, whatever level the log has. No label
 * holds an id of a person, a channel or a server.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LogFields } from '../log.ts';

/** What can be counted at any moment. */
export interface Counts {
  /** Turns that run, and questions that wait for those before them. */
  readonly running: number;
  readonly waiting: number;
  /** Turns that are stored and not shown to the end. */
  readonly unfinished: number;
}

const seconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export class Measures {
  readonly #registry = new Registry();
  readonly #turns = this.#counter('jupan_turns_total', 'Turns that ended.', ['outcome']);
  readonly #firstSign = this.#histogram(
    'jupan_first_sign_seconds',
    'From a question to the first message of its turn.',
  );
  readonly #shown = this.#histogram('jupan_answer_seconds', 'From a question to its last message.');
  readonly #model = this.#histogram('jupan_model_request_seconds', 'Answers of the model.', ['finish']);
  readonly #tools = this.#histogram('jupan_tool_call_seconds', 'Calls of tools.', ['tool', 'ok']);
  readonly #tokens = this.#counter('jupan_tokens_total', 'Tokens, as the model’s server counts them.', ['kind']);
  readonly #dollars = this.#counter('jupan_dollars_total', 'US dollars, where the model’s price is known.');
  readonly #discord = this.#counter('jupan_discord_requests_total', 'Requests to Discord.', ['method', 'status']);
  readonly #reconnects = this.#counter('jupan_gateway_reconnects_total', 'Connections to Discord that were lost.');
  readonly #events = this.#counter('jupan_log_events_total', 'Lines of the log that warn or tell of an error.', [
    'level',
    'event',
  ]);
  readonly #isReady = this.#gauge('jupan_ready', 'Whether a part is ready: 1 or 0.', ['part']);
  readonly #countOf = this.#gauge('jupan_questions', 'Questions under way.', ['state']);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** To be told of every event of the log. */
  observe(level: 'debug' | 'info' | 'warn' | 'error', event: string, fields: LogFields): void {
    if (level === 'warn' || level === 'error') this.#events.inc({ level, event });
    const read = observers[event];
    read?.(this.#parts, fields);
  }

  /** The state of the moment, in the text format of Prometheus. */
  async text(ready: Readonly<Record<string, boolean>>, counts: Counts): Promise<string> {
    for (const [part, isReady] of Object.entries(ready)) this.#isReady.set({ part }, isReady ? 1 : 0);
    this.#countOf.set({ state: 'running' }, counts.running);
    this.#countOf.set({ state: 'waiting' }, counts.waiting);
    this.#countOf.set({ state: 'unfinished' }, counts.unfinished);
    return await this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  get #parts(): Parts {
    return {
      turns: this.#turns,
      firstSign: this.#firstSign,
      shown: this.#shown,
      model: this.#model,
      tools: this.#tools,
      tokens: this.#tokens,
      dollars: this.#dollars,
      discord: this.#discord,
      reconnects: this.#reconnects,
    };
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, labelNames: string[] = []): Histogram {
    return new Histogram({ name, help, labelNames, buckets: seconds, registers: [this.#registry] });
  }
}

interface Parts {
  readonly turns: Counter;
  readonly firstSign: Histogram;
  readonly shown: Histogram;
  readonly model: Histogram;
  readonly tools: Histogram;
  readonly tokens: Counter;
  readonly dollars: Counter;
  readonly discord: Counter;
  readonly reconnects: Counter;
}

const observers: Readonly<Record<string, (parts: Parts, fields: LogFields) => void>> = {
  'turn-end': ({ turns }, { outcome, code }) => turns.inc({ outcome: toLabel(code ?? outcome) }),
  'turn-first-sign': ({ firstSign }, { sinceMs }) => firstSign.observe(toSeconds(sinceMs)),
  'turn-shown': ({ shown }, { sinceMs }) => shown.observe(toSeconds(sinceMs)),
  'tool-call': ({ tools }, { tool, ok, durationMs }) =>
    tools.observe({ tool: toLabel(tool), ok: String(ok === true) }, toSeconds(durationMs)),
  'model-step': ({ model, tokens, dollars }, fields) => {
    model.observe({ finish: toLabel(fields.finish) }, toSeconds(fields.durationMs));
    tokens.inc({ kind: 'prompt' }, toNumber(fields.promptTokens));
    tokens.inc({ kind: 'cached' }, toNumber(fields.cachedTokens));
    tokens.inc({ kind: 'output' }, toNumber(fields.outputTokens));
    dollars.inc(toNumber(fields.costUsd));
  },
  'discord-request': ({ discord }, { method, status }) =>
    discord.inc({ method: toLabel(method), status: toLabel(status) }),
  'gateway-reconnecting': ({ reconnects }) => reconnects.inc(),
};

function toLabel(value: unknown): string {
  return String(value ?? 'unknown');
}

function toNumber(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

function toSeconds(ms: unknown): number {
  return toNumber(ms) / 1000;
}
