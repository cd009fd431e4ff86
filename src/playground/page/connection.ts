/** The page's end of the wire. Reconnects for ever by itself: the playground may be started again at any time. */
import { parseToPage, type ToPage, type ToServer } from '../wire.ts';

export interface Connection {
  /** @returns false when there is no connection: nothing was sent. */
  send(message: ToServer): boolean;
}

export interface ConnectionHandlers {
  /** The socket is open; the first message to send is `join`. */
  readonly onOpen: () => void;
  readonly onMessage: (message: ToPage) => void;
  readonly onLost: () => void;
}

const retryDelaysMs = [300, 600, 1000, 2000];

export function connect({ onOpen, onMessage, onLost }: ConnectionHandlers): Connection {
  let socket: WebSocket;
  let failures = 0;

  function open(): void {
    socket = new WebSocket(`ws://${location.host}/wire`);
    socket.addEventListener('open', () => {
      failures = 0;
      onOpen();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = typeof data === 'string' ? parseToPage(data) : undefined;
      if (message) onMessage(message);
    });
    socket.addEventListener('close', () => {
      onLost();
      setTimeout(open, retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)]);
      failures += 1;
    });
  }

  open();
  return {
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
  };
}
