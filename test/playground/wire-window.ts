/** A window of the playground without a browser: its end of the wire alone. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { parseToPage, type ToPage, type ToServer } from '../../src/playground/wire.ts';

export interface WireWindow {
  readonly socket: WebSocket;
  /** Everything it was told so far. */
  readonly told: readonly ToPage[];
  /** Sends, and resolves with whatever it is told next. */
  tell(message: ToServer | string): Promise<ToPage>;
  /** Resolves with the first thing told, already or from now on, that `look` accepts. */
  waitFor(look: (message: ToPage) => boolean): Promise<ToPage>;
}

/** @param origin what a browser would name as the page's; undefined: none. Rejects when the server refuses the socket. */
export async function openWire(url: string, origin: string | undefined): Promise<WireWindow> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/wire`, origin === undefined ? {} : { origin });
  const told: ToPage[] = [];
  socket.on('message', (data) => {
    const message = parseToPage(String(data));
    if (message) told.push(message);
  });
  await once(socket, 'open');

  async function waitFor(look: (message: ToPage, index: number) => boolean): Promise<ToPage> {
    for (;;) {
      const found = told.find(look);
      if (found) return found;
      await once(socket, 'message');
    }
  }

  return {
    socket,
    told,
    waitFor,
    tell(message) {
      const before = told.length;
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      return waitFor((_message, index) => index === before);
    },
  };
}
