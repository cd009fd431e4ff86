/** Logins of members at tool servers, from the press of a button to the stored tokens. All of it is in the store: a restart in between does no harm. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { computeScopeUnion } from '@modelcontextprotocol/client';
import type { RemoteToolServerConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import type {
  BegunLogin,
  ConnectionState,
  FailedLogin,
  FinishedLogin,
  LoginFailure,
  LoginReturn,
  LoginStart,
  Logins,
} from '../../login.ts';
import type { Fetch } from '../mcp/stream-watch.ts';
import {
  askForChallenge,
  checkIssuer,
  findParty,
  isFinal,
  isUnknownClient,
  redeem,
  toAuthorization,
} from './authorization.ts';
import type { Challenge } from './challenge.ts';
import { Connections, withoutWords } from './connections.ts';
import { createGuardedFetch, isPrivateHost } from './guarded-fetch.ts';
import { hashOf, type LoginRecords, LoginStore, type Party, type PendingLogin } from './login-store.ts';

export interface LoginsOptions {
  /** Those at which members log in by themselves. */
  readonly servers: readonly RemoteToolServerConfig[];
  readonly records: LoginRecords;
  /** Where browsers reach this program's callback, without a slash at its end; undefined where they cannot. */
  readonly publicUrl: string | undefined;
  readonly log: Logger;
}

/** How long a link is good, in ms. */
const linkMs = 600_000;
/** Where nobody can reach this program, browsers end here: at nobody's port, with all that matters in the address. */
const nowhere = 'http://127.0.0.1:7425/connect/callback';

export class MemberLogins implements Logins {
  readonly #options: LoginsOptions;
  readonly #store: LoginStore;
  readonly #fetches = new Map<string, Promise<Fetch>>();
  /** What a server last said that a person's token must be good for. */
  readonly #challenges = new Map<string, Challenge>();
  /** Of states that are being used up. */
  readonly #taken = new Set<string>();
  readonly tokens: Connections;

  constructor(options: LoginsOptions) {
    this.#options = options;
    this.#store = new LoginStore(options.records);
    this.tokens = new Connections({
      store: this.#store,
      fetchFor: (config) => this.#fetchFor(config),
      log: options.log,
    });
  }

  get isUsed(): boolean {
    return this.#options.servers.length > 0;
  }

  /** To be asked for at the person's next login there. */
  noteChallenge(personId: string, server: string, challenge: Challenge): void {
    this.#challenges.set(`${personId}:${server}`, challenge);
  }

  async begin({ server, personId, note, signal }: LoginStart): Promise<BegunLogin> {
    const config = this.#configOf(server);
    if (config === undefined) return failed('unavailable');
    const { publicUrl } = this.#options;
    return await this.#guarded(server, async () => {
      await this.#store.sweepPending();
      const party = await this.#findParty(personId, config, signal);
      const pending = {
        version: 1,
        server,
        serverUrl: config.url,
        personId,
        note,
        party,
        redirectUri: this.#redirectUri,
        expiresAt: Date.now() + linkMs,
      } as const;
      const secret = createSecret();
      if (publicUrl === undefined) return { type: 'paste', url: await this.#toServer(secret, pending) };
      await this.#store.savePending(secret, pending);
      return { type: 'link', url: `${publicUrl}/connect/${secret}` };
    });
  }

  async look(ticket: string): ReturnType<Logins['look']> {
    const pending = await this.#store.loadPending(ticket).catch(() => undefined); // As good as gone: the page says so.
    return pending !== undefined && pending.verifier === undefined ? { note: pending.note } : undefined;
  }

  async identify(ticket: string, personId: string): ReturnType<Logins['identify']> {
    return await this.#guarded('', async () => {
      const pending = await this.#store.loadPending(ticket);
      if (pending === undefined || pending.verifier !== undefined) return failed('expired');
      // Its owner can go on with it.
      if (pending.personId !== personId) return failed('somebody-else');
      await this.#store.removePending(ticket);
      const binder = createSecret();
      const url = await this.#toServer(createSecret(), { ...pending, binder: hashOf(binder) });
      return { type: 'go', url, binder };
    });
  }

  async finish({ parameters, proof }: LoginReturn): Promise<FinishedLogin> {
    const state = parameters.get('state') ?? '';
    if (this.#taken.has(state)) return failed('expired');
    this.#taken.add(state);
    const finished = await this.#guarded('', () => this.#finish(state, parameters, proof));
    this.#taken.delete(state);
    return finished;
  }

  async #finish(state: string, parameters: URLSearchParams, proof: LoginReturn['proof']): Promise<FinishedLogin> {
    const pending = await this.#store.loadPending(state);
    if (pending?.verifier === undefined) return failed('expired');
    if (!isProven(pending, proof)) return failed('somebody-else');
    // From here on it cannot be used again, whatever comes of it.
    await this.#store.removePending(state);
    const config = this.#configOf(pending.server);
    if (config === undefined || config.url !== pending.serverUrl) return failed('unavailable');
    return await this.#guarded(pending.server, () => this.#redeem(pending, config, parameters));
  }

  async connections(personId: string): Promise<readonly ConnectionState[]> {
    return await Promise.all(
      this.#options.servers.map(async (config) => ({
        server: config.name,
        since: (await this.tokens.load(personId, config))?.since,
      })),
    );
  }

  async disconnect(personId: string, server: string): Promise<boolean> {
    this.#challenges.delete(`${personId}:${server}`);
    const isRemoved = await this.tokens.remove(personId, server, this.#configOf(server));
    if (isRemoved) this.#options.log.info('login-removed', { server });
    return isRemoved;
  }

  /** Everything of that person's, of servers that are not named any more, too. @throws {AppError} `store-failed` */
  async forget(personId: string): Promise<void> {
    await this.#store.sweepPending(personId);
    for (const { server } of await this.#store.connectionsOf(personId)) await this.disconnect(personId, server);
  }

  get #redirectUri(): string {
    const { publicUrl } = this.#options;
    return publicUrl === undefined ? nowhere : `${publicUrl}/connect/callback`;
  }

  #configOf(server: string): RemoteToolServerConfig | undefined {
    return this.#options.servers.find(({ name }) => name === server);
  }

  async #findParty(personId: string, config: RemoteToolServerConfig, signal: AbortSignal): Promise<Party> {
    const guarded = await this.#fetchFor(config);
    const fetch: Fetch = (input, init) =>
      guarded(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal });
    const known = this.#challenges.get(`${personId}:${config.name}`);
    const challenge = known ?? (await askForChallenge(config, fetch));
    const granted = (await this.tokens.load(personId, config))?.party.scope;
    const wanted =
      challenge?.scope === undefined || known === undefined
        ? challenge?.scope
        : computeScopeUnion(granted, challenge.scope);
    const redirectUri = this.#redirectUri;
    const { publicUrl } = this.#options;
    const own = {
      redirectUri,
      metadataUrl: publicUrl?.startsWith('https:') ? `${publicUrl}/client-metadata.json` : undefined,
      load: (issuer: string) => this.#store.loadClient(issuer, redirectUri),
      save: (issuer: string, client: Party['client']) => this.#store.saveClient(issuer, redirectUri, client),
    };
    const asked = challenge && { ...challenge, scope: wanted };
    return await findParty(config, asked, own, fetch);
  }

  /** Where the person goes to log in, under a state that cannot be guessed. */
  async #toServer(state: string, pending: PendingLogin): Promise<string> {
    const { url, verifier } = await toAuthorization(pending.party, pending.redirectUri, state);
    await this.#store.savePending(state, { ...pending, verifier });
    return url;
  }

  async #redeem(
    pending: PendingLogin,
    config: RemoteToolServerConfig,
    parameters: URLSearchParams,
  ): Promise<FinishedLogin> {
    const { party, verifier = '', redirectUri, personId, server } = pending;
    checkIssuer(party, parameters);
    const code = parameters.get('code');
    if (code === null || code === '') return failed(parameters.get('error') === null ? 'unusable' : 'denied');
    try {
      const iss = parameters.get('iss') ?? undefined;
      const tokens = await redeem(party, { code, iss, verifier, redirectUri }, await this.#fetchFor(config));
      this.#challenges.delete(`${personId}:${server}`);
      await this.tokens.save(personId, config, party, tokens);
    } catch (error) {
      if (isUnknownClient(error))
        await this.#store.removeClient(party.metadata?.issuer ?? party.authorizationServer, redirectUri);
      throw error;
    }
    this.#options.log.info('login-connect', { server });
    return { type: 'connected', server };
  }

  #fetchFor(config: RemoteToolServerConfig): Promise<Fetch> {
    const known = this.#fetches.get(config.name);
    if (known !== undefined) return known;
    const made = isPrivateHost(new URL(config.url)).then((allowsPrivate) => createGuardedFetch({ allowsPrivate }));
    this.#fetches.set(config.name, made);
    return made;
  }

  async #guarded<Result>(server: string, work: () => Promise<Result>): Promise<Result | FailedLogin> {
    try {
      return await work();
    } catch (error) {
      const reason = toReason(error);
      this.#options.log.warn('login-fail', { server, reason, error: withoutWords(error) });
      return failed(reason);
    }
  }
}

/** Of 256 bits. */
function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

function isProven({ personId, binder }: PendingLogin, proof: LoginReturn['proof']): boolean {
  if ('personId' in proof) return binder === undefined && proof.personId === personId;
  return binder !== undefined && timingSafeEqual(Buffer.from(binder), Buffer.from(hashOf(proof.binder)));
}

function toReason(error: unknown): LoginFailure {
  if (error instanceof AppError && error.code === 'store-failed') return 'not-stored';
  if (isFinal(error)) return 'denied';
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return isLate || error instanceof TypeError ? 'unreachable' : 'unusable';
}

function failed(reason: LoginFailure): FailedLogin {
  return { type: 'failed', reason };
}
