/**
 * Both simulators serve programs of this machine alone. A web page that reaches for their ports is refused: by the origin
 * that its browser names, or by the name under which it had this machine looked up.
 */
import type { IncomingMessage } from 'node:http';

const ownNames = ['127.0.0.1', 'localhost', '[::1]'];

/** Whatever the port: a proxy in between passes on its own. */
export function isFromThisMachine({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return origin === undefined && ownNames.includes(host.replace(/:\d+$/, ''));
}
