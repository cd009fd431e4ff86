/** The standing approvals in the store: given, looked up before a call, listed and ended. */
import type { TurnStore } from '../store/turn-store.ts';
import { covers, type Grant, type GrantedCall, grantIdOf, readGrant, type StandingScope, writeGrant } from './grant.ts';

export type GrantStore = Pick<TurnStore, 'listGrants' | 'loadGrant' | 'saveGrant' | 'removeGrant' | 'logDecision'>;

const scopes: readonly StandingScope[] = ['here', 'asker'];

/** Every method rejects with an `AppError` of code `store-failed` where the store does. */
export class Grants {
  readonly #store: GrantStore;

  constructor(store: GrantStore) {
    this.#store = store;
  }

  /** One that lets the call pass; undefined where there is none. */
  async covering(call: GrantedCall): Promise<Grant | undefined> {
    for (const scope of scopes) {
      const id = grantIdOf(call.server, call.tool, scope, scope === 'here' ? call.channelId : call.askerId);
      const grant = readGrant(id, await this.#store.loadGrant(id));
      if (grant !== undefined && covers(grant, call, Date.now())) return grant;
    }
    return undefined;
  }

  /** Whether it has been ended by nobody, nor by time. */
  async stands(id: string): Promise<boolean> {
    const grant = readGrant(id, await this.#store.loadGrant(id));
    return grant !== undefined && Date.now() < grant.until;
  }

  /** In the log first: what is not there was not given. */
  async give(grant: Grant): Promise<void> {
    const { id: grantId, server, tool, toolHash, by, until, scope, targetId } = grant;
    const where = scope === 'here' ? { channelId: targetId } : {};
    await this.#store.logDecision({ what: 'granted', by, server, tool, toolHash, grantId, until, ...where });
    await this.#store.saveGrant(grant.id, writeGrant(grant));
  }

  /** Those that still count for something, the newest first. */
  async list(): Promise<Grant[]> {
    const now = Date.now();
    const grants = [...(await this.#store.listGrants())].flatMap(([id, value]) => readGrant(id, value) ?? []);
    return grants.filter(({ until }) => now < until).toSorted((one, other) => other.grantedAt - one.grantedAt);
  }

  /** @returns the one that was ended; undefined when there is none any more. */
  async end(id: string, by: string): Promise<Grant | undefined> {
    const grant = readGrant(id, await this.#store.loadGrant(id));
    if (grant === undefined) return undefined;
    const { server, tool, toolHash } = grant;
    await this.#store.logDecision({ what: 'revoked', by: [by], server, tool, toolHash, grantId: id });
    await this.#store.removeGrant(id);
    return grant;
  }

  /** Takes back what was given, where the approval that gave it could not be kept. */
  async takeBack(id: string): Promise<void> {
    await this.#store.removeGrant(id);
  }

  /** Ends those for that person: nothing of them stays stored. */
  async forgetPerson(personId: string): Promise<void> {
    for (const [id, value] of await this.#store.listGrants()) {
      const grant = readGrant(id, value);
      if (grant?.scope === 'asker' && grant.targetId === personId) await this.#store.removeGrant(id);
    }
  }
}
