/** Whether the bot may have highlighted anybody. */
import { isRecord } from '../../../src/json.ts';
import type { SimulatedDiscord, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';

/** Watches every message and every request of the bot. */
export class PingWatch {
  readonly #discord: SimulatedDiscord;
  readonly #breaches = new Set<string>();
  /** Who wrote a message, also one that is deleted since. */
  readonly #authors = new Map<string, string>();
  #requests = 0;

  constructor(discord: SimulatedDiscord) {
    this.#discord = discord;
    discord.observe((event) => {
      if (event.type !== 'message-create' && event.type !== 'message-update') return;
      this.#authors.set(event.message.id, event.message.author.id);
      for (const breach of this.#pingsOf(event.message)) this.#breaches.add(breach);
    });
  }

  /** One sentence for each time somebody was pinged or could have been. */
  get breaches(): readonly string[] {
    const { requests } = this.#discord;
    for (const { method, path, body } of requests.slice(this.#requests))
      if (mayPing(method, body)) this.#breaches.add(`${method} ${path} may ping`);
    this.#requests = requests.length;
    return [...this.#breaches];
  }

  /** Whom a message of the bot pings beside whoever it replies to. */
  #pingsOf({ author, pings, repliesTo, content }: SimulatedMessage): string[] {
    if (author.id !== this.#discord.bot.id) return [];
    const replied = this.#authors.get(repliesTo ?? '');
    return pings.filter((id) => id !== replied).map((id) => `the bot pinged ${id} with: ${content}`);
  }
}

/** Whether it writes a text and does not say whom it may ping. */
function mayPing(method: string, body: unknown): boolean {
  if (method === 'GET' || !isRecord(body)) return false;
  const message = isRecord(body.data) ? body.data : body;
  return typeof message.content === 'string' && message.content !== '' && !('allowed_mentions' in message);
}
