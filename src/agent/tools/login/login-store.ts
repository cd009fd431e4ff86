/** What is stored of logins: those that are under way, the tokens of each person at each server, and this program's own registrations. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonValue } from '../../turn.ts';

/** Texts under keys; all of them sealed, where the store is. Every call rejects with `store-failed` when the store does not do it. */
export interface LoginRecords {
  readLogin(key: string): Promise<string | undefined>;
  writeLogin(key: string, text: string): Promise<void>;
  removeLogin(key: string): Promise<void>;
  /** Those whose keys start so, by key. */
  listLogins(start: string): Promise<ReadonlyMap<string, string>>;
}

const text = z.string();

/** What is used of an authorization server's metadata. Sources: RFC 8414, RFC 9207 */
export const metadataSchema = z.object({
  issuer: text,
  authorization_endpoint: text,
  token_endpoint: text,
  registration_endpoint: text.optional(),
  revocation_endpoint: text.optional(),
  response_types_supported: z.array(text),
  scopes_supported: z.array(text).optional(),
  code_challenge_methods_supported: z.array(text).optional(),
  token_endpoint_auth_methods_supported: z.array(text).optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export const clientSchema = z.object({
  client_id: text,
  client_secret: text.optional(),
  token_endpoint_auth_method: text.optional(),
  /** Where a registration ends, in s since 1970 UTC; 0: never. */
  client_secret_expires_at: z.number().optional(),
});
export type LoginClient = z.infer<typeof clientSchema>;

/** With whom the person logs in, and as which client. */
export const partySchema = z.object({
  authorizationServer: text,
  metadata: metadataSchema.optional(),
  client: clientSchema,
  resource: text.optional(),
  scope: text.optional(),
});
export type Party = z.infer<typeof partySchema>;

export const connectionSchema = z.object({
  version: z.literal(1),
  server: text,
  /** Where the tokens may go: to no server that has come to have the same name. */
  serverUrl: text,
  party: partySchema,
  accessToken: text,
  refreshToken: text.optional(),
  /** In ms since 1970 UTC; undefined: the server does not say. */
  expiresAt: z.number().optional(),
  since: z.number(),
});
export type StoredConnection = z.infer<typeof connectionSchema>;

export const pendingSchema = z.object({
  version: z.literal(1),
  server: text,
  serverUrl: text,
  personId: text,
  note: z.custom<JsonValue>((value) => value !== undefined),
  party: partySchema,
  redirectUri: text,
  expiresAt: z.number(),
  /** Of PKCE, once the person is on the way to the authorization server. */
  verifier: text.optional(),
  /** The hash of what the browser must show; undefined where the person hands the address over. */
  binder: text.optional(),
});
export type PendingLogin = z.infer<typeof pendingSchema>;

const registrationSchema = z.object({ issuer: text, redirectUri: text, client: clientSchema });

/** So that keys hold no secret, and none but safe letters. */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

export class LoginStore {
  readonly #records: LoginRecords;

  constructor(records: LoginRecords) {
    this.#records = records;
  }

  async loadConnection(personId: string, server: string): Promise<StoredConnection | undefined> {
    return parse(connectionSchema, await this.#records.readLogin(connectionKey(personId, server)));
  }

  async saveConnection(personId: string, connection: StoredConnection): Promise<void> {
    await this.#records.writeLogin(connectionKey(personId, connection.server), JSON.stringify(connection));
  }

  async removeConnection(personId: string, server: string): Promise<void> {
    await this.#records.removeLogin(connectionKey(personId, server));
  }

  async connectionsOf(personId: string): Promise<StoredConnection[]> {
    const found = await this.#records.listLogins(`connection:${hashOf(personId)}:`);
    return [...found.values()].flatMap((value) => parse(connectionSchema, value) ?? []);
  }

  async savePending(secret: string, pending: PendingLogin): Promise<void> {
    await this.#records.writeLogin(pendingKey(secret), JSON.stringify(pending));
  }

  /** Undefined when there is none, or it is too old. */
  async loadPending(secret: string): Promise<PendingLogin | undefined> {
    const pending = parse(pendingSchema, await this.#records.readLogin(pendingKey(secret)));
    return pending !== undefined && pending.expiresAt > Date.now() ? pending : undefined;
  }

  async removePending(secret: string): Promise<void> {
    await this.#records.removeLogin(pendingKey(secret));
  }

  /** Removes those that are too old, and all of that person. */
  async sweepPending(personId?: string): Promise<void> {
    for (const [key, value] of await this.#records.listLogins('pending:')) {
      const pending = parse(pendingSchema, value);
      if (pending === undefined || pending.expiresAt <= Date.now() || pending.personId === personId)
        await this.#records.removeLogin(key);
    }
  }

  async loadClient(issuer: string, redirectUri: string): Promise<LoginClient | undefined> {
    const found = parse(registrationSchema, await this.#records.readLogin(clientKey(issuer, redirectUri)));
    const ends = found?.client.client_secret_expires_at ?? 0;
    return ends === 0 || ends * 1000 > Date.now() ? found?.client : undefined;
  }

  async saveClient(issuer: string, redirectUri: string, client: LoginClient): Promise<void> {
    await this.#records.writeLogin(clientKey(issuer, redirectUri), JSON.stringify({ issuer, redirectUri, client }));
  }

  async removeClient(issuer: string, redirectUri: string): Promise<void> {
    await this.#records.removeLogin(clientKey(issuer, redirectUri));
  }
}

/** Undefined for what is not there, and for what another version, or nobody, has written. */
function parse<Value>(schema: z.ZodType<Value>, stored: string | undefined): Value | undefined {
  try {
    return stored === undefined ? undefined : schema.safeParse(JSON.parse(stored)).data;
  } catch {
    return undefined;
  }
}

function connectionKey(personId: string, server: string): string {
  return `connection:${hashOf(personId)}:${hashOf(server)}`;
}

function pendingKey(secret: string): string {
  return `pending:${hashOf(secret)}`;
}

function clientKey(issuer: string, redirectUri: string): string {
  return `client:${hashOf(`${issuer}\n${redirectUri}`)}`;
}
