/**
 * The log: one JSON line per event on standard output, through pino. Lines hold ids, codes, counts and durations; no
 * message text and no secret. Secrets the settings know are struck out of every line, whatever put them there.
 */
import { type DestinationStream, destination, pino } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Values that a line may hold. Errors go in under `error` and are reduced by {@link toLoggedError}. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Events are noun-verb in kebab-case (`turn-end`); fields are ids, codes, counts, and durations with their unit in the name. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Struck out of every line as `[secret]`. Values shorter than 6 characters are left alone: they would blank out words. */
  readonly secrets?: readonly string[];
  /** Where lines go. Default: standard output, written synchronously so that the last line before an exit is not lost. */
  readonly stream?: DestinationStream;
}

export function createLogger({
  level,
  secrets = [],
  stream = destination({ dest: 1, sync: true }),
}: LoggerOptions): Logger {
  const hidden = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // Longest first: what a shorter one leaves of a longer one would be printed.
    .sort((left, right) => right.length - left.length);
  const hide = (text: string) => hidden.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => stream.write(hide(line)),
    },
  );
  const write =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, { error, ...fields }: LogFields = {}) =>
      log[method](error === undefined ? fields : { ...fields, error: toLoggedError(error, hide) }, event);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Every event is told to `observe` too, whatever its level. */
export function observed(
  log: Logger,
  observe: (level: 'debug' | 'info' | 'warn' | 'error', event: string, fields: LogFields) => void,
): Logger {
  const both =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      log[level](event, fields);
      observe(level, event, fields);
    };
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') };
}

/** Drops every event: for tests and for programs that print for a person instead. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * What the log says of an error: name, code, HTTP status, message, and the same of its causes (at most 4 deep).
 * The message of a `SyntaxError` is left out, because JSON.parse quotes the text that it could not read.
 */
function toLoggedError(error: unknown, hide: (text: string) => string, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, status } = error as { code?: unknown; status?: unknown };
  return {
    name: error.constructor.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(error instanceof SyntaxError ? {} : { message: hide(error.message).slice(0, 500) }),
    ...(error.cause !== undefined && depth < 4 ? { cause: toLoggedError(error.cause, hide, depth + 1) } : {}),
  };
}
