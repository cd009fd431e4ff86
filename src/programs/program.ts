/** What every program that serves does the same way: read the settings, stop on signals, say what is wrong, end with the right status. */
import { loadOperatorFile } from '../config/operator-file.ts';
import { loadEnvironment, type Needs, readConfig } from '../config/read.ts';
import type { Environment } from '../config/settings.ts';
import type { Config } from '../config/types.ts';
import { ConfigError, type SettingProblem } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';
import { resolvesWithin } from '../waiting.ts';

export interface ProgramContext {
  readonly config: Config;
  readonly log: Logger;
  /** Aborts when the program is to stop. */
  readonly signal: AbortSignal;
}

export interface ProgramOptions {
  readonly needs: Needs;
  /** Default: that of the process, with `.env` laid under it. */
  readonly environment?: Environment;
  /** Aborts when the program is to stop. Default: on SIGINT or SIGTERM, which otherwise do nothing. */
  readonly stop?: AbortSignal;
  /** When settings are bad: finds further problems that only show by trying, so that one message names them all. */
  readonly findProblems?: (environment: Environment) => Promise<readonly SettingProblem[]>;
}

/** A program that was told to stop is gone after this time, whatever still hangs. The contract allows 10 s, npm included. */
const stopWithinMs = 9_000;
/** How long a bad setting waits for other parts of the program to report theirs. */
const problemGraceMs = 4_000;

/** Runs `main` until it resolves: status 0. A {@link ConfigError} is printed without a stack trace, any other error is logged: status 1. */
export async function runProgram(
  options: ProgramOptions,
  main: (context: ProgramContext) => Promise<void>,
): Promise<void> {
  const config = await readSettings(options);
  const log = createLogger({ level: config.logLevel, secrets: config.secrets });
  logStrayErrors(log);
  try {
    await main({ config, log, signal: watchSignals(log, options.stop) });
  } catch (error) {
    if (error instanceof ConfigError) endFor(error);
    log.error('program-failed', { error });
    process.exit(1);
  }
  process.exitCode = 0;
  // What a library left behind must not hold the process.
  setTimeout(() => process.exit(), 1_000).unref();
}

/** Ends the program when they are bad, with one message that also names what only shows by trying. */
async function readSettings({ needs, environment, findProblems }: ProgramOptions): Promise<Config> {
  const settings = environment ?? loadEnvironment();
  try {
    return readConfig(settings, needs, await loadOperatorFile(settings));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const more = await findProblems?.(settings).catch(() => []); // What cannot be tried now shows at the next start.
    return endFor(mergeProblems([error, new ConfigError(more ?? [])]));
  }
}

/** At once: something half started may still hold the process. */
function endFor(error: ConfigError): never {
  console.error(error.message);
  process.exit(1);
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
    const found: ConfigError[] = [];
    const settled = parts.map((part) =>
      part.catch((error: unknown) => void (error instanceof ConfigError && found.push(error))),
    );
    await resolvesWithin(Promise.all(settled), problemGraceMs);
    throw mergeProblems(found);
  }
}

function mergeProblems(errors: readonly ConfigError[]): ConfigError {
  const byVariable = new Map(
    errors.flatMap(({ problems }) => problems).map((problem) => [problem.variable + problem.advice, problem]),
  );
  return new ConfigError([...byVariable.values()]);
}

/** @returns the signal that stops the program: `stop`, or one of its own that SIGINT and SIGTERM abort. */
function watchSignals(log: Logger, stop: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController();
  const heed = (name: NodeJS.Signals) => {
    // npm passes signals on to its child, which may have got them itself: the second one changes nothing.
    if (stop !== undefined || controller.signal.aborted) return;
    log.info('stopping', { signal: name });
    setTimeout(() => {
      log.warn('stopped-late');
      process.exit(0);
    }, stopWithinMs).unref();
    controller.abort(name);
  };
  process.on('SIGINT', heed);
  process.on('SIGTERM', heed);
  return stop ?? controller.signal;
}

/** A library's stray promise must not take down the answers of every channel; it is a defect all the same. */
function logStrayErrors(log: Logger): void {
  process.on('unhandledRejection', (error) => log.error('unhandled-rejection', { error }));
  process.on('uncaughtException', (error) => {
    log.error('uncaught-exception', { error });
    process.exit(1);
  });
}
