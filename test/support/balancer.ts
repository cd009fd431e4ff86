/** One address before several processes: each connection goes to the next of them that takes it, as with any load balancer. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer extends AsyncDisposable {
  readonly url: string;
  /** The ports behind it, from now on. */
  ports: readonly number[];
}

export async function startBalancer(): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let next = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // 'close' follows.
    socket.once('close', () => sockets.delete(socket));
  };
  const open = async (): Promise<Socket | undefined> => {
    for (const _ of balancer.ports) {
      next += 1;
      const far = connect({ host: '127.0.0.1', port: balancer.ports[next % balancer.ports.length] ?? 0 });
      keep(far);
      if (await Promise.race([once(far, 'connect').then(() => true), once(far, 'close').then(() => false)])) return far;
    }
    return undefined;
  };
  const server = createServer((near) => {
    keep(near);
    near.pause();
    void open().then((far) => {
      if (far === undefined) return near.destroy();
      near.pipe(far);
      far.pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      return undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const balancer: Balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/interactions`,
    ports: [],
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return balancer;
}
