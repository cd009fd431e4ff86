/** How the programs are called where this one runs: what a person is told to type works there. */

/** `bin/jupan.js` gives a program its own name; outside of a checkout there are no scripts of npm to run. */
const isByName = process.argv0 === 'jupan' || !import.meta.url.endsWith('.ts');

/** @param words What follows the name of the program. */
export function commandFor(program: string, words = ''): string {
  if (isByName) return `jupan ${program}${words === '' ? '' : ` ${words}`}`;
  const npm = program === 'start' ? 'npm start' : `npm run ${program}`;
  return words === '' ? npm : `${npm} -- ${words}`;
}
