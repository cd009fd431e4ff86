/**
 * Everything that is claimed about speed, measured in one run and printed as a table: `npm run bench`, or
 * `npm run bench -- start turns` for some parts of it. Machines are noisy: compare the columns, not two runs. Before and
 * after a change: `BENCH_EARLIER=../before npm run bench -- memory processor`, the path being another checkout with its packages.
 */
import { cpus } from 'node:os';
import { attacksHead, measureAttacks } from './attacks.ts';
import { cachesHead, measureCaches } from './caches.ts';
import { calculatorHead, measureCalculator } from './calculator.ts';
import { catchUpHead, measureCatchUp } from './catch-up.ts';
import { comparisonHead } from './comparison.ts';
import { historyHead, measureHistory } from './history.ts';
import { measureLoad } from './load.ts';
import { manyChannelsHead, measureManyChannels } from './many-channels.ts';
import { measureMemory } from './memory.ts';
import { measureProcessor } from './processor.ts';
import { measureScale, scaleHead } from './scale.ts';
import { measureStart } from './start.ts';
import { type Row, toTable } from './statistics.ts';
import { measureStore, storeHead } from './store.ts';
import { measureProduct, productHead } from './stores.ts';
import { measureTools, toolsHead } from './tools.ts';
import { measureTurns } from './turns.ts';

interface Part {
  readonly head: Row;
  measure(): Promise<Row[]>;
}

const parts: Readonly<Record<string, Part>> = {
  start: { head: comparisonHead, measure: measureStart },
  turns: { head: comparisonHead, measure: measureTurns },
  processor: { head: comparisonHead, measure: measureProcessor },
  memory: { head: comparisonHead, measure: measureMemory },
  load: { head: comparisonHead, measure: measureLoad },
  attacks: { head: attacksHead, measure: measureAttacks },
  caches: { head: cachesHead, measure: measureCaches },
  'catch-up': { head: catchUpHead, measure: measureCatchUp },
  'many-channels': { head: manyChannelsHead, measure: measureManyChannels },
  calculator: { head: calculatorHead, measure: measureCalculator },
  store: { head: storeHead, measure: measureStore },
  history: { head: historyHead, measure: measureHistory },
  tools: { head: toolsHead, measure: measureTools },
  stores: { head: productHead, measure: measureProduct },
  scale: { head: scaleHead, measure: measureScale },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}". There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`);
let lastHead: Row | undefined;
for (const [name, { head, measure }] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = await measure();
  // Parts with the same head go on in the same table.
  const table = toTable(head, rows);
  console.log(
    head === lastHead ? table.split('\n').slice(2).join('\n') : `${lastHead === undefined ? '' : '\n'}${table}`,
  );
  lastHead = head;
}
