/** `npm run setup`: asks what Jupan needs, tries it, writes it down, and ends with a first answered question. */
import { parseArgs } from 'node:util';
import { toLanguage } from '../chat/catalogue.ts';
import { readEnvFile } from '../config/read.ts';
import { catalogue } from '../setup/catalogue.ts';
import { Console, Stopped } from '../setup/console.ts';
import { CannotSetUp, type Flags, runScripted } from '../setup/scripted.ts';
import { envFile } from '../setup/settle.ts';
import { Trials } from '../setup/trials.ts';
import { runWizard } from '../setup/wizard.ts';
import { commandFor } from '../started-as.ts';

const help = `Usage: ${commandFor('setup')}
       ${commandFor('setup', '--yes [FLAGS]')}

Asks for the bot token, the model and its key, the store and a budget, tries each, writes .env (and jupan.json where there is a
budget), and waits until the bot is in a server and has answered a first question. Korean where the language of the terminal is.

For scripts:
  --yes                    asks nothing; ends with 1, and writes nothing, when something of what is given does not work
  --token TOKEN            the bot token; better in the environment as DISCORD_TOKEN, where other users cannot see it
  --key KEY                the key of the model's server; better in the environment as OPENAI_API_KEY
  --base-url URL           another server than OpenAI's
  --model NAME             another model than the default
  --store URL              another store than sqlite://data/jupan.sqlite
  --encrypt-store          makes a STORE_KEY where there is none
  --dollars-per-month N    a budget for all together
  --questions-per-day N    a budget for each member
  --update                 changes a .env that is there already; what is not given stays in it
  --wait                   waits until the bot is in a server, for a quarter of an hour at most
`;

/** By signal, as shells count it. */
const interrupted = 130;
const text = { type: 'string' } as const;
const yesOrNo = { type: 'boolean' } as const;

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(new Stopped()));
const written: string[] = [];
const words = catalogue[toLanguage(process.env)];

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof Stopped || stop.signal.aborted) {
    console.error(`\n${words.stopped(written)}`);
    process.exit(interrupted);
  }
  if (!(error instanceof CannotSetUp)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
// What a library left behind must not hold the process.
setTimeout(() => process.exit(), 1_000).unref();

async function main(): Promise<number> {
  const flags = readFlags();
  if (flags === undefined) return 2;
  if (flags.help === true) {
    console.log(help);
    return 0;
  }
  // Not loaded into the environment: the bot that is started at the end must read what was written since.
  const old = readEnvFile(envFile);
  const environment = process.env;
  const trials = new Trials({ ...old, ...environment }, stop.signal);
  const onWritten = (files: readonly string[]) => void written.push(...files);
  const shared = { words, trials, environment, old, signal: stop.signal, onWritten };
  if (flags.yes === true) {
    await runScripted({ ...shared, flags, say: (line) => console.log(line) });
    return 0;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.error(words.needsTerminal);
    return 2;
  }
  return await runWizard({ ...shared, console: new Console(words, stop.signal) });
}

function readFlags():
  | (Flags & { readonly yes?: boolean | undefined; readonly help?: boolean | undefined })
  | undefined {
  try {
    return parseArgs({
      args: process.argv.slice(3),
      options: {
        help: { ...yesOrNo, short: 'h' },
        yes: { ...yesOrNo, short: 'y' },
        token: text,
        key: text,
        'base-url': text,
        model: text,
        store: text,
        'encrypt-store': yesOrNo,
        'dollars-per-month': text,
        'questions-per-day': text,
        update: yesOrNo,
        wait: yesOrNo,
      },
    }).values;
  } catch (error) {
    // It names the flag that is wrong.
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return undefined;
  }
}
