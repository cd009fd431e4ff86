/** Whose a connection is: two of them may have one local port, as long as they lead to different servers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { portsOf } from '../../../src/simulator/discord/process-ports.ts';
import { freePort } from '../../support/program.ts';

test.skipIf(process.platform !== 'linux')('the port of a connection is known by the server it leads to', async () => {
  await using stack = new AsyncDisposableStack();
  const listen = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    stack.defer(() => void server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port; // A TCP server has an address with a port.
  };
  const open = async (port: number, localPort?: number): Promise<Socket> => {
    const local = localPort === undefined ? {} : { localAddress: '127.0.0.1', localPort };
    const socket = connect({ host: '127.0.0.1', port, ...local });
    stack.defer(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const [one, other] = [await listen(), await listen()];
  const shared = await freePort();
  await open(one, shared);
  const { localPort } = await open(other);
  expect(portsOf(process.pid, one)).toEqual(new Set([shared]));
  expect(portsOf(process.pid, other)).toEqual(new Set([localPort]));
  await open(other, shared);
  expect(portsOf(process.pid, other)).toEqual(new Set([localPort, shared]));
  expect(portsOf(process.pid, await listen())).toEqual(new Set());
});
