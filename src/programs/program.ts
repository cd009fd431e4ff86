/** What every program does the same way: read the settings, stop on signals, say what is wrong, end with the right status. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadEnvironment, type Needs, readConfig } from '../config/read.ts';
import type { Environment } from '../config/settings.ts';
import type { Config } from '../config/types.ts';
import { ConfigError, type SettingProblem } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';

export interface ProgramContext {
  readonly config: Config;
  readonly log: Logger;
  /** Aborts on SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface ProgramOptions {
  readonly needs: Needs;
  /** When settings are bad: finds further problems that only show by trying, so that one message names them all. */
  readonly findProblems?: (environment: Environment) => Promise<readonly SettingProblem[]>;
}

/** A program that was told to stop is gone after this time, whatever still hangs. The contract allows 10 s, npm included. */
const stopWithinMs = 9_000;
/** How long a bad setting waits for other parts of the program to report theirs. */
const problemGraceMs = 4_000;

/** Runs `main` until it resolves: status 0. A {@link ConfigError} is printed without a stack trace, any other error is logged: status 1. */
export async function runProgram(
  { needs, findProblems }: ProgramOptions,
  main: (context: ProgramContext) => Promise<void>,
): Promise<void> {
  const environment = loadEnvironment();
  let log: Logger | undefined;
  try {
    const config = readConfig(environment, needs);
    log = createLogger({ level: config.logLevel, secrets: config.secrets });
    await main({ config, log, signal: stopSignal(log) });
    process.exitCode = 0;
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof ConfigError) {
      const isEarly = log === undefined;
      const more = isEarly ? await findProblems?.(environment).catch(() => []) : [];
      console.error(mergeProblems([error, new ConfigError(more ?? [])]).message);
    } else {
      log?.error('program-failed', { error });
    }
    // Something half started may still hold the process: it must end at once.
    process.exit();
  }
  setTimeout(() => process.exit(), 1_000).unref();
}

/**
 * Waits until all parts of a program have started. When one finds its settings bad, the others get a moment to say
 * theirs, and the one error that comes out names every variable.
 */
export async function startTogether(parts: readonly Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(parts);
  } catch (first) {
    if (!(first instanceof ConfigError)) throw first;
    const later: ConfigError[] = [];
    const settled = parts.map((part) =>
      part.catch((error: unknown) => void (error instanceof ConfigError && later.push(error))),
    );
    await Promise.race([Promise.all(settled), sleep(problemGraceMs, undefined, { ref: false })]);
    throw mergeProblems(later.length > 0 ? later : [first]);
  }
}

function mergeProblems(errors: readonly ConfigError[]): ConfigError {
  const byVariable = new Map(
    errors.flatMap(({ problems }) => problems).map((problem) => [problem.variable + problem.advice, problem]),
  );
  return new ConfigError([...byVariable.values()]);
}

/** npm passes signals on to its child, which may have got them itself: the second one changes nothing. */
function stopSignal(log: Logger): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) return;
    log.info('stopping', { signal: name });
    setTimeout(() => {
      log.warn('stopped-late');
      process.exit(0);
    }, stopWithinMs).unref();
    controller.abort(name);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A library's stray promise must not take down the answers of every channel; it is a defect all the same.
  process.on('unhandledRejection', (error) => log.error('unhandled-rejection', { error }));
  process.on('uncaughtException', (error) => {
    log.error('uncaught-exception', { error });
    process.exit(1);
  });
  return controller.signal;
}
