/** Where conversations are kept, and whether that can be used. */
import { randomBytes } from 'node:crypto';
import type { Changes, StepContext } from './step.ts';

const keyBytes = 32;

export async function askStore(context: StepContext): Promise<Changes> {
  const { console, words, trials, old } = context;
  const had = old.STORE_URL ?? '';
  for (;;) {
    const choices = [
      { value: 'sqlite', label: words.storeSqlite },
      { value: 'server', label: words.storeOnServer },
      ...(had === '' ? [] : [{ value: 'old', label: words.keepsOld }]),
    ];
    const kind = await console.choose<string>(words.store, choices, had === '' ? 'sqlite' : 'old');
    const url = kind === 'old' ? had : kind === 'sqlite' ? undefined : await askUrl(context);
    const changes = { STORE_URL: url };
    console.step(words.checking);
    const inspected = await trials.store({ ...changes, STORE_KEY: old.STORE_KEY });
    if (inspected.type === 'usable') {
      console.good(words.storeFine(inspected.state.address));
      if (url === undefined || (old.STORE_KEY ?? '') !== '') return changes;
      if (!(await console.confirm(words.storeKey, true))) return changes;
      console.good(words.storeKeyMade);
      return { ...changes, STORE_KEY: makeStoreKey() };
    }
    console.bad(words.storeFails(inspected.address, inspected.reason));
  }
}

export function makeStoreKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

async function askUrl({ console, words, trials }: StepContext): Promise<string> {
  return await console.text({
    message: words.storeUrl,
    check: (value) => (value === '' ? words.needed : trials.problemOf('STORE_URL', { STORE_URL: value })),
  });
}
