/** What is done some time after the start, so that it neither slows the start down nor the first question. */
import type { Logger } from '../log.ts';
import type { ModelNotice } from './model/notice.ts';
import type { Model } from './model/types.ts';
import type { ToolHost } from './tools/tool-host.ts';

export interface WarmUpOptions {
  readonly model: Pick<Model, 'warmUp' | 'lookUp'>;
  readonly tools: Pick<ToolHost, 'open'>;
  readonly log: Logger;
  readonly onNotice: (notice: ModelNotice) => void;
}

export class WarmUp {
  readonly #options: WarmUpOptions;
  readonly #closing = new AbortController();
  #loading: NodeJS.Timeout | undefined;
  #lookingUp: NodeJS.Timeout | undefined;

  constructor(options: WarmUpOptions) {
    this.#options = options;
  }

  /** Loads SDKs and connects tool servers, and looks the model up, in so many ms. To be called once. */
  after(ms: number): void {
    const { model, tools, log } = this.#options;
    const failed = (error: unknown) => log.error('model-load-fail', { error });
    this.#loading = setTimeout(() => {
      model.warmUp().catch(failed);
      void tools.open(this.#closing.signal);
    }, ms);
    this.#lookingUp = setTimeout(() => void this.#lookUp().catch(failed), ms);
  }

  /** A turn does it now. */
  skipLoading(): void {
    clearTimeout(this.#loading);
  }

  close(): void {
    clearTimeout(this.#loading);
    clearTimeout(this.#lookingUp);
    this.#closing.abort();
  }

  async #lookUp(): Promise<void> {
    const { model, onNotice } = this.#options;
    const notice = await model.lookUp(this.#closing.signal);
    if (notice !== undefined && !this.#closing.signal.aborted) onNotice(notice);
  }
}
