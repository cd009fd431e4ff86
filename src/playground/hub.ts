/**
 * Joins open windows to the simulated Discord: what a member does in the page becomes an actor's deed, what a member's
 * client would be told goes to every window that may see it.
 */
import type { WebSocket } from 'ws';
import type { SimulatedDiscord } from '../simulator/discord/discord.ts';
import { Announcements } from './announcements.ts';
import { obey } from './deeds.ts';
import { Interactions } from './interactions.ts';
import type { Uploads } from './uploads.ts';
import { Visitors } from './visitors.ts';
import { Windows } from './windows.ts';
import { type ModelAtWork, parseToServer } from './wire.ts';

export interface Hub {
  /** Takes over a socket that has just opened. */
  connect(socket: WebSocket): void;
  /** Closes every window's socket and stops listening to the simulator. */
  close(): void;
}

export function createHub(discord: SimulatedDiscord, model: ModelAtWork, uploads: Uploads): Hub {
  const windows = new Windows();
  const visitors = new Visitors(discord);
  const interactions = new Interactions(discord, windows);
  const announcements = new Announcements({ discord, model, windows, visitors, interactions });
  const context = { discord, windows, visitors, announcements, interactions, uploads };

  async function receive(socket: WebSocket, frame: string): Promise<void> {
    const request = parseToServer(frame);
    const visitor = windows.visitorOf(socket);
    if (request?.type === 'join' && visitor === undefined) {
      const joined = visitors.join(request);
      windows.join(socket, joined);
      announcements.welcome(socket, joined);
      return;
    }
    let isDone = false;
    try {
      isDone = request !== undefined && visitor !== undefined && (await obey(socket, visitor, request, context));
    } catch {
      // The simulator refuses what Discord would refuse; the member has just been typing it and can mend it.
    }
    if (!isDone) windows.send(socket, { type: 'refused' });
  }

  const stopObserving = discord.observe((event) => announcements.tell(event));
  return {
    connect(socket) {
      windows.open(socket);
      socket.on('message', (data, isBinary) => {
        void receive(socket, isBinary ? '' : String(data));
      });
      socket.on('close', () => {
        windows.remove(socket);
        announcements.tellMembers();
      });
      // A socket that fails is closed by ws, and its close is dealt with above.
      socket.on('error', () => {});
    },
    close() {
      stopObserving();
      windows.close();
    },
  };
}
