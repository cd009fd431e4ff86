/** Which process of this machine is behind a connection: a program on the wire says nothing of it. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The local TCP ports of that process's sockets, none when it is gone.
 * @throws {Error} on systems other than Linux, which do not tell.
 */
export function portsOf(pid: number): ReadonlySet<number> {
  const sockets = socketsOf(pid);
  const ports = new Set<number>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    // Number, local and remote address with ports in hexadecimal digits, …, the socket's own number.
    const fields = line.trim().split(/ +/);
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
    if (sockets.has(`socket:[${fields[9]}]`)) ports.add(port);
  }
  return ports;
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
