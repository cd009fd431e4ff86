/**
 * The one entry of every program, of npm's scripts and of `jupan`: checks the Node version before any TypeScript is read,
 * turns on Node's compile cache (it halves the start-up time), then hands over to `<program>.ts` beside it. In the built
 * package that is `<program>.js`.
 *
 * Plain JavaScript on purpose: an old Node could not even read a TypeScript file to say what is wrong.
 */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

const oldestMajor = 24;
const program = process.argv[2] ?? '';
const extension = existsSync(new URL('./commands.ts', import.meta.url)) ? 'ts' : 'js';
const load = (name) => import(new URL(`./${name}.${extension}`, import.meta.url).href);

if (Number.parseInt(process.versions.node, 10) < oldestMajor) {
  console.error(
    `Jupan needs Node ${oldestMajor} or newer, and this is ${process.versions.node}. ` +
      'Run it through npm (`npm start`) after `npm ci`: the project brings its own Node. ' +
      `If npm was told not to run install scripts, install Node ${oldestMajor} yourself.`,
  );
  process.exitCode = 1;
} else {
  enableCompileCache();
  const { findCommand } = await load('commands');
  if (findCommand(program) !== undefined) await load(program);
  else {
    console.error(
      `There is no program named "${program}". Start one with npm: see the table of commands in README.md.`,
    );
    process.exitCode = 1;
  }
}
