/** A process that writes turns to a store and prints the number of each once it is acknowledged: STORE_URL, prefix, count. Warnings go to standard error. */
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { createLogger } from '../../../src/log.ts';
import { makeTurn } from './turns.ts';

const [storeUrl = '', prefix = '', count = ''] = process.argv.slice(2);
const store = await openTurnStore(storeUrl, { log: createLogger({ level: 'warn', stream: process.stderr }) });
for (let number = 1; number <= Number(count); number++) {
  await store.saveTurn(makeTurn(`${prefix}-${number}`, { text: 'x'.repeat(5000) }));
  console.log(number);
}
await store.close();
