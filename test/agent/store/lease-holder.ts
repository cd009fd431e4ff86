/** A process that takes the lease of a store and then writes one turn again and again: STORE_URL, namespace, share as JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { makeTurn } from './turns.ts';

const [storeUrl = '', namespace = '', share = 'null'] = process.argv.slice(2);
const store = await openTurnStore(storeUrl, { log: silentLogger, namespace });
const lease = await store.takeLease(JSON.parse(share) ?? undefined, new AbortController().signal);
console.log('held');
lease.lost.catch(() => console.log('lost'));
for (let before = Date.now(); ; before = Date.now()) {
  await sleep(50);
  if (Date.now() - before > 2_000) console.log('thawed');
  await store.saveTurn(makeTurn('1', { text: 'of the frozen one' })).then(
    () => console.log('written'),
    () => console.log('refused'),
  );
}
