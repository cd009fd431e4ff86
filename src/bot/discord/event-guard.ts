/**
 * Keeps the bot alive when Discord tells of something that discord.js does not expect: a field that is new, gone or of
 * another kind. discord.js throws then, partly where nobody could catch it: of what it has put aside until it is ready, the
 * process would end.
 */
import { type Client, Events } from 'discord.js';
import { isRecord } from '../../json.ts';
import type { Logger } from '../../log.ts';
import { cut } from '../../text.ts';
import { wrapEvents } from './event-handling.ts';

const longestName = 50;

export function guardEvents(client: Client, log: Logger): void {
  wrapEvents(client, (handle) => (packet, shard) => {
    try {
      return handle(packet, shard);
    } catch (error) {
      const { t: name } = isRecord(packet) ? packet : {};
      log.warn('event-not-understood', {
        name: typeof name === 'string' ? cut(name, longestName) : undefined,
        ...describe(error),
      });
      return false;
    }
  });
  // It tells everybody of an event by the name that came, and Node throws when nobody listens to this one.
  client.ws.addListener('error', () => {});
  // Before anything else it looks into the data of the events that it waits for, whether there are any or not.
  client.on(Events.Raw, (packet: { d?: unknown }) => {
    packet.d ??= {};
  });
}

/** What kind of error, and which line threw it. Its message may quote what members have written. */
function describe(error: unknown): { readonly failure: string; readonly at?: string } {
  if (!(error instanceof Error)) return { failure: typeof error };
  const frame = error.stack?.split('\n').find((line) => line.startsWith('    at ')) ?? '';
  // The last part of its path, without the column.
  const at = /^([^:()\s]{1,80}:\d{1,9})/.exec(frame.slice(frame.lastIndexOf('/') + 1))?.[1];
  return { failure: error.name, ...(at === undefined ? {} : { at }) };
}
