/** `npm run doctor`: looks whether everything will work, says in plain words what will not and what to do. Changes nothing. */
import { toLanguage } from '../chat/catalogue.ts';
import { loadOperatorFile } from '../config/operator-file.ts';
import { loadEnvironment } from '../config/read.ts';
import { catalogue } from '../doctor/catalogue.ts';
import { type CheckResult, examine } from '../doctor/examine.ts';
import { isWell, toJson, toLastLine, toLines } from '../doctor/report.ts';
import { commandFor } from '../started-as.ts';
import { readVersion } from './version.ts';

const help = `Usage: ${commandFor('doctor', '[--json]')}

Looks at the settings, at Discord, the model, the tool servers and the store, and says what will not work and what to do.
It changes nothing, and may be used beside a bot that runs. The model is asked for one word.

  --json   the same for programs: {"ok": …, "findings": [{"check", "status", "text", "advice", "details"}]}

Ends with 0 when everything will work, with 1 when something will not. Korean where the language of the terminal is.
`;

/** By signal, as shells count it. */
const interrupted = 130;

const [word, ...more] = process.argv.slice(3);
if (word === '--help' || word === '-h') console.log(help);
else if (more.length > 0 || (word !== undefined && word !== '--json')) {
  console.error(help);
  process.exitCode = 2;
} else await main(word === '--json');

async function main(isJson: boolean): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  const environment = loadEnvironment();
  const words = catalogue[toLanguage(environment)];
  const options = { environment, words, version: readVersion(), signal: stop.signal };
  const results: CheckResult[] = [];
  if (!isJson) console.log(`${words.title}\n`);
  try {
    for await (const result of examine({ ...options, operator: await loadOperatorFile(environment) })) {
      results.push(result);
      if (!isJson) console.log(toLines(result, words));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exit(interrupted);
  }
  console.log(isJson ? toJson(results) : `\n${toLastLine(results, words)}`);
  process.exitCode = isWell(results) ? 0 : 1;
  // What a library left behind must not hold the process.
  setTimeout(() => process.exit(), 1_000).unref();
}
