/** Opens the port to which Discord posts interactions, and sees to it that they are answered. */
import type { Agent } from '../agent/agent.ts';
import type { Lease } from '../agent/store/lease.ts';
import { ArrivalPost } from '../bot/discord/arrivals/arrival-post.ts';
import { FirstAnswer } from '../bot/discord/arrivals/first-answer.ts';
import type { Bot } from '../bot/discord/create-bot.ts';
import { askOwnApplication } from '../bot/discord/own-application.ts';
import { type Recipient, startInteractionsServer } from '../interactions/interactions-server.ts';
import { readPublicKey } from '../interactions/signature.ts';
import type { Logger } from '../log.ts';
import type { ProgramContext } from './program.ts';

export interface OpenInteractionsOptions {
  readonly config: ProgramContext['config'];
  readonly port: number;
  readonly bot: Bot;
  readonly agent: Promise<Agent>;
  readonly lease: Promise<Lease>;
  readonly log: Logger;
}

export interface Interactions {
  /** Takes nothing more, and sees to the end of what another process is to answer. Never rejects. */
  close(): Promise<void>;
}

const unsetAdvice =
  'INTERACTIONS_PORT is set, but Discord posts nothing: commands and presses come over the gateway. Set "Interactions Endpoint URL" at ' +
  'https://discord.com/developers/applications (your application → General Information) to the https address of that port, or leave the port out.';

/** @throws {ConfigError} naming INTERACTIONS_PORT when it cannot listen there. */
export async function openInteractions(options: OpenInteractionsOptions): Promise<Interactions> {
  const { config, port, bot, agent, lease, log } = options;
  const { discord, access, settings, interactions } = config;
  const closing = new AbortController();
  const mayPost = async (signal: AbortSignal) => (await lease).untilConfirmed(signal);
  const firstAnswer = new FirstAnswer({ discord, agent, settings, access, mayPost, log });
  const post = new ArrivalPost({ bot, agent, firstAnswer, log });
  let recipient: Recipient | undefined;
  const asked = askRecipient(discord, { signal: closing.signal, log }).then(
    (found) => {
      recipient = found;
    },
    (error: unknown) => log.debug('application-not-read', { error }), // Why, the log-in says.
  );
  const server = await startInteractionsServer({
    host: interactions.host,
    port,
    recipient: () => recipient,
    take: (interaction) => post.take(interaction),
    log,
  }).catch(async (error: unknown) => {
    closing.abort();
    await post.close();
    throw error;
  });
  return {
    async close() {
      await server.close();
      closing.abort();
      await Promise.all([asked, post.close()]);
      firstAnswer.close();
    },
  };
}

async function askRecipient(
  discord: ProgramContext['config']['discord'],
  options: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<Recipient | undefined> {
  const { log } = options;
  const { id: applicationId, publicKey: hex, endpointUrl } = await askOwnApplication(discord, options);
  const publicKey = readPublicKey(hex);
  if (publicKey === undefined) {
    log.error('public-key-not-understood', { advice: 'Discord gives no key to check what it posts with.' });
    return undefined;
  }
  if (endpointUrl === undefined) log.warn('interactions-endpoint-unset', { advice: unsetAdvice });
  else log.info('interactions-by-http', { endpointUrl });
  return { applicationId, publicKey };
}
