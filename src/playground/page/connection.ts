/** The page's end of the wire. Reconnects for ever by itself: the playground may be started again at any time. */
import { parseToPage, type ToPage, type ToServer } from '../wire.ts';

export interface ConnectionHandlers {
  /** The socket is open; the first message to send is `join`. */
  readonly onOpen: () => void;
  readonly onMessage: (message: ToPage) => void;
  readonly onLost: () => void;
}

const retryDelaysMs = [300, 600, 1000, 2000];

export class Connection {
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | undefined;
  #failures = 0;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
  }

  /** Connects, and again whenever the connection is lost. */
  open(): void {
    const { onOpen, onMessage, onLost } = this.#handlers;
    const socket = new WebSocket(`ws://${location.host}/wire`);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#failures = 0;
      onOpen();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = typeof data === 'string' ? parseToPage(data) : undefined;
      if (message) onMessage(message);
    });
    socket.addEventListener('close', () => {
      onLost();
      setTimeout(() => this.open(), retryDelaysMs[Math.min(this.#failures, retryDelaysMs.length - 1)]);
      this.#failures += 1;
    });
  }

  /** @returns false when there is no connection: nothing was sent. */
  send(message: ToServer): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }
}
