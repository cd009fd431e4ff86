/** What a model server says to one process of a bot, all of them keep to. */
import { expect, test } from 'vitest';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { createModelHolds } from '../../../src/agent/turn/model-hold.ts';
import { silentLogger } from '../../../src/log.ts';

const server = { baseUrl: 'http://127.0.0.1:9/v1', name: 'gpt-4o' };

test('a time to come back that one process was told holds for the others, and for that server and model alone', async () => {
  const store = await openTurnStore('memory://', { log: silentLogger });
  const [ofOne, ofOther] = [createModelHolds(store.shared, server), createModelHolds(store.shared, server)];
  const [one, other] = [ofOne(undefined), ofOther('gpt-4o')];
  await one.note(30_000);
  await one.note(5_000);
  for (const hold of [one, other]) {
    const waitMs = await hold.waitMs();
    expect(waitMs).toBeGreaterThan(25_000);
    expect(waitMs).toBeLessThanOrEqual(30_001);
  }
  expect(await ofOther('gpt-4o-mini').waitMs()).toBe(0);
  expect(await createModelHolds(store.shared, { ...server, baseUrl: undefined })(undefined).waitMs()).toBe(0);
  await store.close();
});

test('where the store cannot be asked, a process goes by what it was told itself', async () => {
  const away = async () => {
    throw new Error('away');
  };
  const hold = createModelHolds({ read: away, change: away }, server)(undefined);
  expect(await hold.waitMs()).toBe(0);
  await hold.note(10_000);
  expect(await hold.waitMs()).toBeGreaterThan(9_000);
});
