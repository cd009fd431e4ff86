/** The set-up without questions, for scripts: everything is given by flags or by the environment. */
import { toInviteUrl } from '../bot/discord/invite.ts';
import type { Environment } from '../config/settings.ts';
import type { Budget } from './budget-file.ts';
import { waitForServer } from './in-server.ts';
import { envFile, findBudgetFile, settle } from './settle.ts';
import { makeStoreKey } from './steps/store.ts';
import type { Trials } from './trials.ts';
import type { Words } from './words.ts';

/** As they are given on the command line. */
export interface Flags {
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly 'base-url'?: string | undefined;
  readonly model?: string | undefined;
  readonly store?: string | undefined;
  readonly 'encrypt-store'?: boolean | undefined;
  readonly 'dollars-per-month'?: string | undefined;
  readonly 'questions-per-day'?: string | undefined;
  readonly update?: boolean | undefined;
  readonly wait?: boolean | undefined;
}

export interface ScriptedOptions {
  readonly flags: Flags;
  readonly words: Words;
  readonly trials: Trials;
  readonly environment: Environment;
  /** What stands in `.env`; undefined where there is no such file. */
  readonly old: Environment | undefined;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  readonly onWritten: (files: readonly string[]) => void;
}

/** What was given cannot be used. The message is for whoever gave it. */
export class CannotSetUp extends Error {}

/** Tries everything that the wizard tries, and writes nothing unless all of it works. @throws {CannotSetUp} */
export async function runScripted(options: ScriptedOptions): Promise<void> {
  const { flags, words, trials, old, say, signal, onWritten } = options;
  if (old !== undefined && flags.update !== true) throw new CannotSetUp(words.envThereFlag(envFile));
  const changes = toChanges(options);
  const applicationId = await tryToken(options, changes);
  await tryModel(options, changes);
  await tryStore(options, changes);
  const there = findBudgetFile(options.environment.JUPAN_CONFIG ?? old?.JUPAN_CONFIG);
  const budget = toBudget(options);
  if (there !== undefined && budget !== undefined) say(words.budgetThere(there));
  const written = settle(changes, there === undefined ? budget : undefined);
  onWritten(written);
  for (const file of written) say(words.written(file));
  say(words.invite(toInviteUrl(applicationId)));
  if (flags.wait === true) {
    say(words.waiting);
    const servers = await waitForServer(trials, changes, signal);
    if (servers.length === 0) throw new CannotSetUp(words.stillInNone);
    say(words.inServer(servers.join(', ')));
  }
  say(words.later);
}

/** What is given by a flag, or by the environment where there is no flag. What is given by neither stays as it is in `.env`. */
function toChanges({ flags, environment, old, words }: ScriptedOptions): Readonly<Record<string, string>> {
  const given: Readonly<Record<string, string | undefined>> = {
    DISCORD_TOKEN: flags.token,
    OPENAI_API_KEY: flags.key,
    OPENAI_BASE_URL: flags['base-url'],
    OPENAI_MODEL: flags.model,
    STORE_URL: flags.store,
  };
  const changes = Object.fromEntries(
    Object.entries(given).flatMap(([name, flag]) => {
      const value = (flag ?? environment[name] ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
  const all = { ...old, ...changes };
  const missing = [
    ...(all.DISCORD_TOKEN ? [] : ['--token (DISCORD_TOKEN)']),
    ...(all.OPENAI_API_KEY || all.OPENAI_BASE_URL ? [] : ['--key (OPENAI_API_KEY)']),
  ];
  if (missing.length > 0) throw new CannotSetUp(words.missingFlag(missing.join(', ')));
  const wantsKey = flags['encrypt-store'] === true && !all.STORE_KEY;
  return wantsKey ? { ...changes, STORE_KEY: makeStoreKey() } : changes;
}

async function tryToken({ trials, words, say }: ScriptedOptions, changes: Environment): Promise<string> {
  requireGood(trials, changes, 'DISCORD_TOKEN');
  const trial = await trials.token(changes);
  if (trial.type === 'refused') throw new CannotSetUp(words.tokenRefused);
  if (trial.type === 'unreachable') throw new CannotSetUp(words.discordUnreachable(trial.reason));
  say(words.tokenFine(trial.bot));
  if (trial.postedTo !== undefined) say(words.postedElsewhere(trial.postedTo));
  return trial.applicationId;
}

async function tryModel({ trials, words, say }: ScriptedOptions, changes: Environment): Promise<void> {
  requireGood(trials, changes, 'OPENAI_API_KEY', 'OPENAI_BASE_URL');
  const { failure, durationMs, name } = await trials.model(changes);
  if (failure !== undefined) throw new CannotSetUp(words.modelFails(name, failure.reason));
  say(words.modelFine(name, (durationMs / 1000).toFixed(1)));
}

async function tryStore({ trials, words, say }: ScriptedOptions, changes: Environment): Promise<void> {
  requireGood(trials, changes, 'STORE_URL');
  const inspected = await trials.store(changes);
  if (inspected.type === 'unusable') throw new CannotSetUp(words.storeFails(inspected.address, inspected.reason));
  say(words.storeFine(inspected.state.address));
}

function requireGood(trials: Trials, changes: Environment, ...variables: readonly string[]): void {
  for (const variable of variables) {
    const problem = trials.problemOf(variable, changes);
    if (problem !== undefined) throw new CannotSetUp(`${variable} ${problem}`);
  }
}

function toBudget({ flags, words }: ScriptedOptions): Budget | undefined {
  const read = (name: 'dollars-per-month' | 'questions-per-day') => {
    const value = flags[name];
    if (value === undefined) return undefined;
    const isGood = Number(value) > 0 && (name === 'dollars-per-month' || Number.isSafeInteger(Number(value)));
    if (!isGood) throw new CannotSetUp(`--${name}: ${words.notANumber}`);
    return Number(value);
  };
  const budget = { dollars: read('dollars-per-month'), questions: read('questions-per-day') };
  return budget.dollars === undefined && budget.questions === undefined ? undefined : budget;
}
