/** Opens a client over the first way that works, in the newest revision of MCP that both know. */
import { Client, type Transport } from '@modelcontextprotocol/client';
import { AppError } from '../../../errors.ts';
import { ChangeWatch, type StaleList } from './change-watch.ts';
import { McpClient, never } from './client.ts';
import { withOwnSignal } from './own-signal.ts';
import type { PeopleRequests } from './people-requests.ts';
import { toConnectError } from './request-failures.ts';
import { admitTasks, tasksExtension } from './task-protocol.ts';

/** One way to reach a server. */
export interface ServerWay {
  readonly open: () => Transport;
  /** `newest`: the server is asked first which revisions it speaks. `legacy`: those before 2026-07-28 only, and no question. */
  readonly revisions: 'newest' | 'legacy';
  /** Whether it is worth a try after what the way before it ended with. The first way is tried in any case. */
  readonly mendsAfter: (error: unknown) => boolean;
}

export interface ClientEvents {
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
  readonly onClose: () => void;
  /** Who is asked what the server wants to know by a request of its own. */
  readonly people: Pick<PeopleRequests, 'ask' | 'done'>;
}

/** A child process that has not answered by then is taken for one of those that ignore what they do not know. */
const childDiscoverMs = 10_000;
const capabilities = {
  elicitation: { form: { applyDefaults: true }, url: {} },
  extensions: { [tasksExtension]: {} },
};

/**
 * @param ways To reach the server, the likeliest first.
 * @throws whatever kept the server from being reached, after everything that was opened is closed.
 */
export async function openClient(
  ways: readonly ServerWay[],
  events: ClientEvents,
  signal: AbortSignal,
): Promise<McpClient> {
  let failure: unknown = new AppError('tool-server-unreachable', 'There is no way to reach the tool server.');
  for (const [place, way] of ways.entries()) {
    if (place > 0 && !way.mendsAfter(failure)) continue;
    try {
      return await openOver(way, events, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw toConnectError(failure);
}

async function openOver(
  { open, revisions }: ServerWay,
  { onStale, onClose, people }: ClientEvents,
  signal: AbortSignal,
): Promise<McpClient> {
  const transport = open();
  const isChild = !('setProtocolVersion' in transport);
  const probe = isChild ? { timeoutMs: childDiscoverMs } : {};
  const client = new Client(
    { name: 'jupan', version: '0.1.0' },
    {
      capabilities,
      inputRequired: { autoFulfill: false },
      versionNegotiation: { mode: revisions === 'newest' ? 'auto' : 'legacy', probe },
    },
  );
  client.onerror = () => onStale('all');
  const changes = new ChangeWatch(client, onStale);
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => ({
    ...(await people.ask(params, mcpReq.signal)),
  }));
  client.setNotificationHandler('notifications/elicitation/complete', ({ params }) =>
    people.done(params.elicitationId),
  );
  try {
    await withOwnSignal(signal, (own) => client.connect(transport, { signal: own, timeout: never }));
    client.onclose = onClose;
    admitTasks(transport);
    return new McpClient(client, transport, changes);
  } catch (error) {
    // The client knows its transport only once the revision is agreed on.
    await Promise.allSettled([client.close(), transport.close()]);
    throw error;
  }
}
