/** Which process of this machine is behind a connection: a program on the wire says nothing of it. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The local TCP ports of that process's connections to a server's port, none when it is gone. Those to another server are not among
 * them: two connections may have one local port when they lead elsewhere, and they may be two processes'.
 * @throws {Error} on systems other than Linux, which do not tell.
 */
export function portsOf(pid: number, serverPort: number): ReadonlySet<number> {
  const sockets = socketsOf(pid);
  const ports = new Set<number>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    // Number, local address, remote address, …, the socket's own number.
    const fields = line.trim().split(/ +/);
    if (sockets.has(`socket:[${fields[9]}]`) && toPort(fields[2]) === serverPort) ports.add(toPort(fields[1]));
  }
  return ports;
}

/** @param address With the port behind its colon, in hexadecimal digits. */
function toPort(address = ''): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}

function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  try {
    return new Set(readdirSync(folder).map((name) => readLink(`${folder}/${name}`)));
  } catch {
    return new Set();
  }
}

/** A file may be closed while the folder is read. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
