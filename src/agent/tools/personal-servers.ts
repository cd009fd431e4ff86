/** The servers at which members log in, for each member who has asked lately. Connections that nobody uses are closed. */
import type { RemoteToolServerConfig } from '../../config/tool-servers.ts';
import { PersonalServer, type PersonalServerOptions } from './personal-server.ts';

type Options = Omit<PersonalServerOptions, 'personId' | 'onToolsChange'> & {
  readonly onToolsChange: (personId: string) => void;
};

interface Held {
  readonly servers: readonly PersonalServer[];
  usedAt: number;
}

/** People whose tools are known at a time; the rest is asked for again when they come back. */
const mostPeople = 200;
/** A connection that was not used for so long is closed. */
const idleMs = 600_000;

export class PersonalServers {
  readonly #configs: readonly RemoteToolServerConfig[];
  readonly #options: Options;
  /** The one who asked longest ago comes first. */
  readonly #people = new Map<string, Held>();
  #timer: NodeJS.Timeout | undefined;

  constructor(configs: readonly RemoteToolServerConfig[], options: Options) {
    this.#configs = configs;
    this.#options = options;
  }

  /** In the order of the settings. */
  of(personId: string): readonly PersonalServer[] {
    if (this.#configs.length === 0) return [];
    const held = this.#people.get(personId) ?? { servers: this.#create(personId), usedAt: 0 };
    held.usedAt = performance.now();
    this.#people.delete(personId);
    this.#people.set(personId, held);
    this.#makeRoom();
    this.#timer ??= setInterval(() => this.#rest(), idleMs / 2).unref();
    return held.servers;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#people.values()].flatMap(({ servers }) => servers.map((server) => server.close())));
  }

  #create(personId: string): PersonalServer[] {
    const onToolsChange = () => this.#options.onToolsChange(personId);
    return this.#configs.map((config) => new PersonalServer(config, { ...this.#options, personId, onToolsChange }));
  }

  /** A turn that still has one of them can go on with it: it connects again by itself. */
  #makeRoom(): void {
    for (const [personId, { servers }] of this.#people) {
      if (this.#people.size <= mostPeople) return;
      if (servers.some(({ isBusy }) => isBusy)) continue;
      for (const server of servers) server.rest();
      this.#people.delete(personId);
      this.#options.onToolsChange(personId);
    }
  }

  #rest(): void {
    const oldest = performance.now() - idleMs;
    for (const { servers, usedAt } of this.#people.values())
      if (usedAt < oldest) for (const server of servers) if (!server.isBusy) server.rest();
  }
}
