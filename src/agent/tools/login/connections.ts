/** The tokens of each person at each server: shown, renewed, taken back. Whoever waits for somebody to log in is told here. */
import type { OAuthTokens } from '@modelcontextprotocol/client';
import type { RemoteToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import { untilAborted } from '../../../waiting.ts';
import type { Fetch } from '../mcp/stream-watch.ts';
import { isFinal, refresh } from './authorization.ts';
import { type Challenge, LoginNeeded, type MemberCredentials } from './challenge.ts';
import { hashOf, type LoginStore, type Party, type StoredConnection } from './login-store.ts';
import { revoke } from './revocation.ts';

export interface ConnectionsOptions {
  readonly store: LoginStore;
  readonly fetchFor: (config: RemoteToolServerConfig) => Promise<Fetch>;
  readonly log: Logger;
}

/** A token that ends so soon is renewed before it is shown. */
const aheadMs = 30_000;

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #waiting = new Map<string, Set<() => void>>();
  /** One at a time for each: a refresh token is good for one use. */
  readonly #renewals = new Map<string, Promise<StoredConnection>>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Undefined where there is none, or it is of another server that had this name. @throws {AppError} `store-failed` */
  async load(personId: string, { name, url }: RemoteToolServerConfig): Promise<StoredConnection | undefined> {
    const connection = await this.#options.store.loadConnection(personId, name);
    return connection?.serverUrl === url ? connection : undefined;
  }

  /** @throws {AppError} `store-failed` */
  async save(personId: string, config: RemoteToolServerConfig, party: Party, tokens: OAuthTokens): Promise<void> {
    const connection = toConnection(config, party, tokens, Date.now());
    await this.#options.store.saveConnection(personId, connection);
    for (const tell of this.#waiting.get(keyOf(personId, config.name)) ?? []) tell();
  }

  /** Resolves when the person has logged in from now on. Rejects with the signal's reason. */
  async next(personId: string, server: string, signal: AbortSignal): Promise<void> {
    const key = keyOf(personId, server);
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(resolve));
    try {
      await untilAborted(promise, signal);
    } finally {
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(key);
    }
  }

  /** @returns whether there was one. @throws {AppError} `store-failed` */
  async remove(personId: string, server: string, config: RemoteToolServerConfig | undefined): Promise<boolean> {
    const { store, fetchFor, log } = this.#options;
    const connection = await store.loadConnection(personId, server);
    if (connection === undefined) return false;
    // Deleted first: whatever its authorization server does, nobody uses it any more.
    await store.removeConnection(personId, server);
    // Of a server that is not named any more, nobody says which addresses may be asked.
    if (config === undefined || connection.serverUrl !== config.url) return true;
    try {
      await revoke(connection, await fetchFor(config));
    } catch (error) {
      log.warn('login-not-revoked', { server, error: withoutWords(error) });
    }
    return true;
  }

  credentials(personId: string, config: RemoteToolServerConfig): MemberCredentials {
    let shown: string | undefined;
    return {
      token: async () => {
        const connection = await this.load(personId, config);
        if (connection === undefined) throw new LoginNeeded();
        const isOver = connection.expiresAt !== undefined && connection.expiresAt < Date.now() + aheadMs;
        const fresh = isOver ? await this.#renew(personId, config, connection, undefined) : connection;
        shown = fresh.accessToken;
        return shown;
      },
      renew: async (challenge) => {
        const connection = await this.load(personId, config);
        if (connection === undefined) throw new LoginNeeded(challenge);
        // Another call has renewed it meanwhile.
        if (connection.accessToken !== shown) return;
        await this.#renew(personId, config, connection, challenge);
      },
    };
  }

  async #renew(
    personId: string,
    config: RemoteToolServerConfig,
    connection: StoredConnection,
    challenge: Challenge | undefined,
  ): Promise<StoredConnection> {
    const key = keyOf(personId, config.name);
    const renewal = this.#renewals.get(key) ?? this.#refresh(personId, config, connection, challenge);
    this.#renewals.set(key, renewal);
    try {
      return await renewal;
    } finally {
      this.#renewals.delete(key);
    }
  }

  async #refresh(
    personId: string,
    config: RemoteToolServerConfig,
    connection: StoredConnection,
    challenge: Challenge | undefined,
  ): Promise<StoredConnection> {
    const { store, fetchFor, log } = this.#options;
    const { refreshToken, party, since } = connection;
    if (refreshToken === undefined) throw new LoginNeeded(challenge);
    try {
      const tokens = await refresh(party, refreshToken, await fetchFor(config));
      const renewed = toConnection(config, party, tokens, since);
      // Removed meanwhile, it does not come back.
      if ((await this.load(personId, config)) === undefined) throw new LoginNeeded(challenge);
      await store.saveConnection(personId, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof LoginNeeded) throw error;
      log.warn('login-not-renewed', { server: config.name, error: withoutWords(error) });
      if (isFinal(error)) await store.removeConnection(personId, config.name);
      throw new LoginNeeded(challenge);
    }
  }
}

/** What others wrote into an error may quote a token: its kind, and those of its causes, are enough. */
export function withoutWords(error: unknown): Error {
  const names: string[] = [];
  for (let cause = error; cause instanceof Error && names.length < 5; cause = cause.cause)
    names.push('code' in cause ? `${cause.name} ${String(cause.code).slice(0, 40)}` : cause.name);
  return new Error(names.join(': '));
}

function toConnection(
  { name, url }: RemoteToolServerConfig,
  party: Party,
  { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope }: OAuthTokens,
  since: number,
): StoredConnection {
  return {
    version: 1,
    server: name,
    serverUrl: url,
    party: { ...party, scope: scope ?? party.scope },
    accessToken,
    refreshToken,
    expiresAt: lifetime !== undefined && lifetime > 0 ? Date.now() + lifetime * 1000 : undefined,
    since,
  };
}

function keyOf(personId: string, server: string): string {
  return `${personId}:${hashOf(server)}`;
}
