/** Everything that is stored of a person, deleted: one part after the other, and each although another fails. */
import type { Grants } from './grants/grants.ts';
import type { Forgotten, TurnStore } from './store/turn-store.ts';

export interface ForgetPersonParts {
  readonly store: Pick<TurnStore, 'forgetRestOf'>;
  readonly logins: { forget(personId: string): Promise<void> };
  readonly grants: Pick<Grants, 'forgetPerson'>;
  /** Takes what they asked out of every conversation. @returns of how many. */
  readonly forgetAuthor: (forgotten: Forgotten) => Promise<number>;
}

export interface ForgottenCounts {
  readonly conversations: number;
  /** Of which settled turns something was kept. */
  readonly settled: number;
}

/** @throws the first failure, when all that could be deleted is. Done again, it finds the rest. */
export async function forgetPerson(
  forgotten: Forgotten,
  { store, logins, grants, forgetAuthor }: ForgetPersonParts,
): Promise<ForgottenCounts> {
  const failures: unknown[] = [];
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  // First what lets something be done in their name.
  await attempt(() => logins.forget(forgotten.authorId));
  await attempt(() => grants.forgetPerson(forgotten.authorId));
  const conversations = await attempt(() => forgetAuthor(forgotten));
  // Last, since it cleans up behind all.
  const settled = await attempt(() => store.forgetRestOf(forgotten));
  if (conversations === undefined || settled === undefined || failures.length > 0) throw failures[0];
  return { conversations, settled };
}
