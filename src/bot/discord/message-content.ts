/** The privileged Message Content intent: whether Discord grants it, and how the client goes on without it. */
import {
  ApplicationFlags,
  type Client,
  GatewayCloseCodes,
  GatewayIntentBits,
  IntentsBitField,
  Routes,
} from 'discord.js';
import { isRecord } from '../../json.ts';
import { wrapEventsAgain } from './event-handling.ts';

const granting = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** What the operator can do. */
export const contentAdvice =
  'DISCORD_MESSAGE_CONTENT=on needs "Message Content Intent" switched on at https://discord.com/developers/applications (your application → Bot)';

/** Asks Discord; a session that wants what is not granted would be refused. Rejects as discord.js does. */
export async function mayReadContent({ rest }: Client): Promise<boolean> {
  const application = await rest.get(Routes.currentApplication());
  const flags = isRecord(application) && typeof application.flags === 'number' ? application.flags : 0;
  return (flags & granting) !== 0;
}

/** For the next session. */
export function leaveContentOut(client: Client): void {
  client.options.intents = new IntentsBitField(client.options.intents)
    .remove(GatewayIntentBits.MessageContent)
    .freeze();
}

export function isIntentRefused(code: number): boolean {
  return code === GatewayCloseCodes.DisallowedIntents;
}

/** discord.js keeps the intents of its first session for good: for others, its part that speaks with the gateway is made anew. */
export async function renewGateway(client: Client): Promise<void> {
  const old = client.ws;
  await Reflect.apply(Reflect.get(old, 'destroy'), old, []);
  client.ws = Reflect.construct(old.constructor, [client]);
  for (const name of old.eventNames())
    for (const listener of old.rawListeners(name)) Reflect.apply(client.ws.on, client.ws, [name, listener]);
  wrapEventsAgain(client);
}
