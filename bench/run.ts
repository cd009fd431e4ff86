/**
 * Everything that is claimed about speed, measured in one run and printed as a table: `npm run bench`, or
 * `npm run bench -- start turns` for some parts of it. Machines are noisy: compare the columns, not two runs.
 */
import { cpus } from 'node:os';
import { type Row, toTable } from './statistics.ts';
import { measureLoad, measureStart, measureTurns } from './turns.ts';

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: () => measureStart(),
  turns: () => measureTurns(),
  load: () => measureLoad(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}". There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await measure()));
}
console.log(toTable(['figure', 'bare script', 'Jupan', 'Jupan / bare'], rows));
