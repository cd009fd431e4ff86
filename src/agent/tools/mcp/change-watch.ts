/**
 * Word of lists that changed. Servers of the earlier revisions send it by themselves; from 2026-07-28 on it comes on a
 * stream that is asked for, and asked for anew at the next listing when it has ended. Source:
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import { type Client, ProtocolError, type SubscriptionFilter } from '@modelcontextprotocol/client';

/** `all`: word of a change may have been lost, and nobody knows of which list. */
export type StaleList = 'tools' | 'prompts' | 'resources' | 'all';

/** So long may the server take to say that it will tell. */
const acknowledgeMs = 30_000;

export class ChangeWatch {
  readonly #client: Client;
  readonly #onStale: (list: StaleList) => void;
  #isOpen = false;
  /** The server will not tell. */
  #isRefused = false;
  #isClosed = false;

  constructor(client: Client, onStale: (list: StaleList) => void) {
    this.#client = client;
    this.#onStale = onStale;
    for (const list of ['tools', 'prompts', 'resources'] as const) {
      client.setNotificationHandler(`notifications/${list}/list_changed`, () => onStale(list));
    }
  }

  /** Asks the server to tell, where it must be asked and is not yet. Nobody waits for it. */
  ensure(): void {
    const filter = this.#filter();
    if (this.#isOpen || this.#isRefused || this.#isClosed || filter === undefined) return;
    this.#isOpen = true;
    this.#listen(filter).catch((error: unknown) => {
      this.#isOpen = false;
      this.#isRefused = error instanceof ProtocolError;
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  async #listen(filter: SubscriptionFilter): Promise<void> {
    const { closed } = await this.#client.listen(filter, { timeout: acknowledgeMs });
    await closed;
    this.#isOpen = false;
    if (!this.#isClosed) this.#onStale('all');
  }

  /** Undefined where there is nothing to ask for. */
  #filter(): SubscriptionFilter | undefined {
    if (this.#client.getProtocolEra() !== 'modern') return undefined;
    const { tools, prompts, resources } = this.#client.getServerCapabilities() ?? {};
    const filter: SubscriptionFilter = {
      ...(tools?.listChanged === true ? { toolsListChanged: true } : {}),
      ...(prompts?.listChanged === true ? { promptsListChanged: true } : {}),
      ...(resources?.listChanged === true ? { resourcesListChanged: true } : {}),
    };
    return Object.keys(filter).length === 0 ? undefined : filter;
  }
}
