/** The calculator server as a process of its own, there for as long as the program runs. Nothing of it is imported. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/types.ts';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { SupervisedProcess } from '../supervised-process.ts';
import { commands } from './commands.ts';
import type { CalculatorReport } from './mcp-server.ts';

export interface CalculatorProcess {
  /** Resolves when the server listens for the first time. Rejects with a {@link ConfigError} when it cannot have its address. */
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export function startCalculatorProcess(
  { calculator, logLevel }: Pick<Config, 'calculator' | 'logLevel'>,
  log: Logger,
): CalculatorProcess {
  const started = Promise.withResolvers<void>();
  const server = new SupervisedProcess({
    launch: () => {
      const child = fork(fileURLToPath(new URL('./launch.js', import.meta.url)), ['mcp-server'], {
        execArgv: [...process.execArgv, ...commands['mcp-server'].nodeFlags],
        env: {
          ...ownEnvironment(process.env),
          MCP_HOST: calculator.host,
          MCP_PORT: String(calculator.port),
          LOG_LEVEL: logLevel,
        },
      });
      // Both ends of the channel are this program, of one version.
      child.on('message', (report: CalculatorReport) => {
        if (report.type === 'listening') started.resolve();
        else started.reject(new ConfigError(report.problems));
      });
      return child;
    },
    stop,
    onEnd: ({ code, signal, error }, restartInMs) => {
      if (error === undefined) log.warn('calculator-exit', { code, signalName: signal, restartInMs });
      else log.error('calculator-error', { error, restartInMs });
    },
    stopWithinMs: 4_000,
    firstRestartMs: 250,
    longestRestartMs: 10_000,
  });
  server.start();
  return { started: started.promise, close: () => server.close() };
}

/** It leaves signals to this process, and ends when the channel between the two does. */
function stop(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  else child.kill('SIGKILL');
}

/** What any program needs of the machine: no secret of the bot, which is in the environment as well. */
const ownNames = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'TZ',
  'LANG',
  'LANGUAGE',
  'USERPROFILE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
]);

function ownEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Windows writes some of them in small letters.
  const isOwn = (name: string) => ownNames.has(name.toUpperCase()) || /^(?:LC|NODE)_/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isOwn(name)));
}
