/** A bot on the real discord.js, and bare REST calls with the bot's token. */

import { once } from 'node:events';
import { Client, type ClientOptions, Events, GatewayIntentBits, type Message, Partials } from 'discord.js';
import type { SimulatedChannel, SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import type { Parsed } from './parsed.ts';
import { checkedFetch } from './published-schema.ts';

export interface Bot extends AsyncDisposable {
  readonly client: Client<true>;
}

/** Not logged in yet. */
export function createClient(discord: SimulatedDiscord, options: Partial<ClientOptions> = {}): Client {
  return new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.GuildMessageTyping,
    ],
    partials: [Partials.Channel],
    // The library's default makes a second IDENTIFY wait for 5 s.
    ws: { version: 10, large_threshold: 50, buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
    ...options,
    rest: {
      api: discord.apiUrl,
      // What fetch answers is what the library wants; only its type is one of its own.
      makeRequest: (url, init) => checkedFetch(url, { ...init }).catch(throwCause) as never,
      ...options.rest,
    },
  });
}

/** The library knows a lost connection by its code, which fetch hides in the cause. */
function throwCause(error: unknown): never {
  throw error instanceof TypeError && error.cause !== undefined ? error.cause : error;
}

/** Resolves when the bot has its guilds. */
export async function startBot(discord: SimulatedDiscord, options?: Partial<ClientOptions>): Promise<Bot> {
  const client = createClient(discord, options);
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return { client: await ready, [Symbol.asyncDispose]: () => client.destroy() };
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Parsed;
  readonly headers: Headers;
}

/** One REST call as the bot; a string is sent as it is. */
export async function callApi(
  discord: SimulatedDiscord,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const response = await checkedFetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

/** The channel `general` of the guild that is there from the start. */
export function generalOf(discord: SimulatedDiscord): SimulatedChannel {
  const channel = discord.channels.find(({ name }) => name === 'general');
  if (channel === undefined) throw new Error('the simulated guild has no #general');
  return channel;
}

export interface Heard {
  readonly messages: readonly Message[];
  readonly texts: readonly string[];
  /** Resolves when the bot has heard so many. */
  count(messages: number): Promise<void>;
}

/** Keeps every MESSAGE_CREATE that the bot gets, in order. */
export function listen(client: Client): Heard {
  const messages: Message[] = [];
  client.on(Events.MessageCreate, (message) => messages.push(message));
  return {
    messages,
    get texts() {
      return messages.map(({ content }) => content);
    },
    async count(wanted) {
      while (messages.length < wanted)
        await once(client, Events.MessageCreate, { signal: AbortSignal.timeout(15_000) });
    },
  };
}
