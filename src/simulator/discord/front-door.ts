/** The one port of the simulator: sends REST, gateway and attachments where they belong, and plays dead on demand. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isFromThisMachine } from '../local-guard.ts';
import type { Gateway } from './gateway/gateway.ts';
import { portsOf } from './process-ports.ts';
import type { Rest } from './rest/rest.ts';
import type { World } from './world/state.ts';

export interface FrontDoor {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  isDown: boolean;
  /** Lets nothing through that comes from that process of this machine, or all of it again. */
  cutOff(pid: number, isCutOff: boolean): void;
  close(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function openFrontDoor(world: World, rest: Rest, gateway: Gateway, port: number): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (door.isDown) request.socket.resetAndDestroy();
    else if (!isFromThisMachine(request)) response.writeHead(403).end();
    else serve(world, rest, request, response);
  });
  const cutOff = new Set<number>();
  const isCutOff = ({ localPort = 0, remotePort = 0 }: Socket) =>
    [...cutOff].some((pid) => portsOf(pid, localPort).has(remotePort));
  server.on('connection', (socket) => {
    if (isCutOff(socket)) {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    if (door.isDown || !isFromThisMachine(request)) socket.destroy();
    else gateway.upgrade(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const door: FrontDoor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // A TCP server has an address with a port.
    isDown: false,
    cutOff(pid, isOff) {
      if (!isOff) cutOff.delete(pid);
      else cutOff.add(pid);
      for (const socket of sockets) if (isCutOff(socket)) socket.resetAndDestroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return door;
}

function serve(world: World, rest: Rest, request: IncomingMessage, response: ServerResponse): void {
  const { url = '/' } = request;
  if (world.logins.serve(request, response)) return;
  const version = /^\/api(?:\/v(\d+))?(?=\/)/.exec(url);
  if (version !== null && (version[1] ?? '10') === '10') {
    // Never rejects: it answers for its own mistakes.
    void rest.handle(request, response, url.slice(version[0].length));
    return;
  }
  if (world.cdn.serve(request, response)) return;
  world.problems.note(`${request.method} ${url}: there is nothing outside /api/v10.`);
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"404: Not Found","code":0}');
}
