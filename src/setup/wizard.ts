/** The set-up as a conversation in the terminal. Nothing is written before everything was asked. */

import { toInviteUrl } from '../bot/discord/invite.ts';
import type { Environment } from '../config/settings.ts';
import type { Console } from './console.ts';
import type { Changes } from './env-file.ts';
import { runUntilStopped } from './first-answer.ts';
import { waitForServer } from './in-server.ts';
import { envFile, findBudgetFile, settle } from './settle.ts';
import { askBudget } from './steps/budget.ts';
import { askKey } from './steps/key.ts';
import { askModel } from './steps/model.ts';
import type { StepContext } from './steps/step.ts';
import { askStore } from './steps/store.ts';
import { askToken, type Bot } from './steps/token.ts';
import type { Trials } from './trials.ts';
import type { Words } from './words.ts';

export interface WizardOptions {
  readonly console: Console;
  readonly words: Words;
  readonly trials: Trials;
  /** Without `.env`: what wins over it. */
  readonly environment: Environment;
  /** What stands in `.env`; undefined where there is no such file. */
  readonly old: Environment | undefined;
  readonly signal: AbortSignal;
  /** Told of every file that stands from now on. */
  readonly onWritten: (files: readonly string[]) => void;
}

/** @returns the exit status. @throws {Stopped}, or the reason of the signal once that aborts. */
export async function runWizard(options: WizardOptions): Promise<number> {
  const { console, words, trials, old, signal } = options;
  console.open();
  if (old !== undefined && !(await mayChange(console, words))) return 0;
  const context: StepContext = { console, words, trials, old: old ?? {} };
  const bot = await askToken(context);
  const changes = await askAndWrite(options, context, bot);
  warnOfShell(options, changes);
  console.say(words.invite(toInviteUrl(bot.applicationId)));
  console.step(words.waiting);
  const servers = await waitForServer(trials, changes, signal);
  if (servers.length === 0) console.warn(words.stillInNone);
  else console.good(words.inServer(servers.join(', ')));
  if (servers.length === 0 || !(await console.confirm(words.start, true))) {
    console.close(`${words.done} ${words.later}`);
    return 0;
  }
  return await startBot(options, bot);
}

async function mayChange(console: Console, words: Words): Promise<boolean> {
  const choices = [
    { value: 'change', label: words.envChange },
    { value: 'leave', label: words.envLeave },
  ] as const;
  if ((await console.choose(words.envThere(envFile), choices, 'leave')) === 'change') return true;
  console.close(words.envLeft);
  return false;
}

async function askAndWrite(
  { console, words, environment, onWritten }: WizardOptions,
  context: StepContext,
  bot: Bot,
): Promise<Changes> {
  const provider = await askKey(context);
  const model = await askModel(context, provider);
  const store = await askStore(context);
  const there = findBudgetFile(environment.JUPAN_CONFIG ?? context.old.JUPAN_CONFIG);
  if (there !== undefined) console.say(words.budgetThere(there));
  const budget = there === undefined ? await askBudget(context, model.hasPrice) : undefined;
  const changes = {
    ...bot.changes,
    ...provider.changes,
    ...model.changes,
    ...store,
    ...(there === undefined ? {} : { JUPAN_CONFIG: there }),
  };
  const written = settle(changes, budget);
  onWritten(written);
  for (const file of written) console.good(words.written(file));
  return changes;
}

function warnOfShell({ console, words, environment }: WizardOptions, changes: Changes): void {
  for (const [name, value] of Object.entries(changes)) {
    const own = environment[name]?.trim() ?? '';
    if (own !== '' && own !== value) console.warn(words.shellWins(name));
  }
}

async function startBot({ console, words, environment, signal }: WizardOptions, { name }: Bot): Promise<number> {
  console.step(words.starting);
  const status = await runUntilStopped({
    environment,
    signal,
    onReady: () => console.good(words.askNow(name)),
    onAnswer: (failure) =>
      failure === undefined ? console.good(words.answered) : console.bad(words.notAnswered(failure)),
    onTrouble: (line) => console.warn(line),
  });
  console.close(words.botEnded);
  return status;
}
