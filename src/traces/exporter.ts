/** Sends spans by OTLP. Where, with which headers and for how long is read from the environment by the package itself. */
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracesConfig } from '../config/types.ts';
import type { Logger } from '../log.ts';

export async function openExporter(protocol: TracesConfig['protocol'], log: Logger): Promise<LoggedExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new LoggedExporter(new OTLPTraceExporter(), log);
}

/** Says when spans begin to be lost, and when that is over; not each time. */
class LoggedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  /** Since the collector was last heard of. */
  #lost = 0;
  #hasLost = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.#exporter = exporter;
    this.#log = log;
  }

  /** Whether there were spans that have not arrived. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#exporter.export(spans, (result) => {
      this.#note(spans.length, result);
      done(result);
    });
  }

  #note(count: number, { code, error }: Parameters<Parameters<SpanExporter['export']>[1]>[0]): void {
    if (code !== 0) {
      if (this.#lost === 0) this.#log.warn('traces-not-sent', { spans: count, error });
      this.#lost += count;
      this.#hasLost = true;
    } else if (this.#lost > 0) {
      this.#log.info('traces-sent-again', { lostSpans: this.#lost });
      this.#lost = 0;
    }
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }
}
