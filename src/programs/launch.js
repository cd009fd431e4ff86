/**
 * The one entry of every npm script: checks the Node version before any TypeScript is read, turns on Node's compile
 * cache (it halves the start-up time), then hands over to `<program>.ts` beside it.
 *
 * Plain JavaScript on purpose: an old Node could not even read a TypeScript file to say what is wrong.
 */
import { enableCompileCache } from 'node:module';

const oldestMajor = 24;
const program = process.argv[2] ?? '';
const programs = ['start', 'bot', 'mcp-server', 'chat', 'playground', 'store'];
const entry = programs.includes(program) ? new URL(`./${program}.ts`, import.meta.url) : undefined;

if (Number.parseInt(process.versions.node, 10) < oldestMajor) {
  console.error(
    `Jupan needs Node ${oldestMajor} or newer, and this is ${process.versions.node}. ` +
      'Run it through npm (`npm start`) after `npm ci`: the project brings its own Node. ' +
      `If npm was told not to run install scripts, install Node ${oldestMajor} yourself.`,
  );
  process.exitCode = 1;
} else if (entry === undefined) {
  console.error(`There is no program named "${program}". Start one with npm: see the table of commands in README.md.`);
  process.exitCode = 1;
} else {
  enableCompileCache();
  await import(entry.href);
}
