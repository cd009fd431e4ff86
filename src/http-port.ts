/** Ports of the operator's choice on which HTTP is answered: opened with a word on what is in the way, and let go of. */
import type { Server } from 'node:http';
import { ConfigError } from './errors.ts';

export interface HttpPort {
  readonly host: string;
  readonly port: number;
  /** Of the settings that say where: `NAME_HOST` and `NAME_PORT`. */
  readonly setting: string;
  /** What to do where another program has the port. */
  readonly otherwise: string;
}

/** @throws {ConfigError} naming `NAME_PORT` when the server cannot listen there. */
export async function listenAt(server: Server, { host, port, setting, otherwise }: HttpPort): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
    server.off('error', reject);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const advice =
      code === 'EADDRINUSE'
        ? `is in use by another program (${host}:${port}). ${otherwise}`
        : `cannot be opened at ${setting}_HOST (${host}:${port}): ${code}.`;
    throw new ConfigError([{ variable: `${setting}_PORT`, advice }], { cause });
  }
}

/**
 * Lets go of the port and ends all connections. Never rejects.
 * @param whenAnswered Awaited before what is still being answered is cut off: given the end of the last answer. Default: nothing is.
 */
export async function closePort(
  server: Server,
  whenAnswered: (ended: Promise<void>) => Promise<unknown> = async () => {},
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await whenAnswered(promise);
  server.closeAllConnections();
  await promise;
}
