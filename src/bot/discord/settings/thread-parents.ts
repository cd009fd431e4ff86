/**
 * Which channel a thread hangs under that the bot itself is not told of, such as a private one: commands that are used there say so,
 * and discord.js drops it. Without it, what is set for the channel would not hold in such a thread.
 */
import { type Client, GatewayDispatchEvents } from 'discord.js';
import { isRecord } from '../../../json.ts';

const mostThreads = 10_000;
const parents = new WeakMap<Client, Map<string, string>>();

/** To be called once with the client, before it logs in. */
export function noteThreadParents(client: Client): void {
  const known = new Map<string, string>();
  parents.set(client, known);
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (data: unknown) => {
    const channel = isRecord(data) ? data.channel : undefined;
    if (!isRecord(channel) || !isThread(channel) || typeof channel.parent_id !== 'string') return;
    known.set(String(channel.id), channel.parent_id);
    const [oldest] = known.keys();
    if (oldest !== undefined && known.size > mostThreads) known.delete(oldest);
  });
}

export function threadParentOf(client: Client, channelId: string): string | undefined {
  return parents.get(client)?.get(channelId);
}

/** Other channels hang under categories, which have no settings. */
function isThread({ thread_metadata: metadata }: Readonly<Record<string, unknown>>): boolean {
  return metadata !== undefined && metadata !== null;
}
