/** The windows that have the page open, and whose each is. */
import type { WebSocket } from 'ws';
import type { Visitor } from './visitor.ts';
import type { ToPage } from './wire.ts';

export class Windows {
  /** Undefined: it has not joined yet. */
  readonly #visitors = new Map<WebSocket, Visitor | undefined>();

  /** A window that is nobody's yet. */
  open(socket: WebSocket): void {
    this.#visitors.set(socket, undefined);
  }

  /** From here on it is this visitor's, and is told what they may know. */
  join(socket: WebSocket, visitor: Visitor): void {
    this.#visitors.set(socket, visitor);
  }

  remove(socket: WebSocket): void {
    this.#visitors.delete(socket);
  }

  visitorOf(socket: WebSocket): Visitor | undefined {
    return this.#visitors.get(socket);
  }

  isPresent(visitor: Visitor): boolean {
    return this.#visitors.values().some((present) => present === visitor);
  }

  send(socket: WebSocket, message: ToPage): void {
    socket.send(JSON.stringify(message));
  }

  /** Every window that has joined, with its visitor. */
  *joined(): Generator<[WebSocket, Visitor]> {
    for (const [socket, visitor] of this.#visitors) if (visitor) yield [socket, visitor];
  }

  /** To every window that has joined, or to those whose visitor `mayKnow`. */
  broadcast(message: ToPage, mayKnow: (visitor: Visitor) => boolean = () => true): void {
    for (const [socket, visitor] of this.joined()) if (mayKnow(visitor)) this.send(socket, message);
  }

  close(): void {
    for (const socket of this.#visitors.keys()) socket.close(1001);
  }
}
