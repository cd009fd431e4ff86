/**
 * `npm run mcp-server`. Started by another program (`npm start`) it takes its settings from that one alone, reports to it,
 * leaves Ctrl-C to it, and never outlives it.
 */
import { once } from 'node:events';
import { ConfigError, type SettingProblem } from '../errors.ts';
import { startCalculatorServer } from '../mcp-server/server.ts';
import { type ProgramContext, runProgram } from './program.ts';

/** What it says to the program that started it. */
export type CalculatorReport =
  | { readonly type: 'listening' }
  | { readonly type: 'failed'; readonly problems: readonly SettingProblem[] };

const parent = process.send === undefined ? undefined : findParent();
// The file .env has the secrets of the bot in it: who was given an environment of its own reads no more than that.
const options = parent === undefined ? {} : { environment: process.env, stop: parent.gone };

await runProgram({ needs: {}, ...options }, async (context) => {
  const server = await startServer(context);
  context.log.info('listening', { url: server.url });
  await parent?.tell({ type: 'listening' });
  if (!context.signal.aborted) await once(context.signal, 'abort');
  await server.close();
  if (process.connected) process.disconnect();
});

/** A parent says what is wrong, in one message with everything else; without one, this program does. */
async function startServer({ config, log }: ProgramContext): ReturnType<typeof startCalculatorServer> {
  try {
    return await startCalculatorServer({ ...config.calculator, log });
  } catch (error) {
    if (!(error instanceof ConfigError) || parent === undefined) throw error;
    await parent.tell({ type: 'failed', problems: error.problems });
    return process.exit(1);
  }
}

/** Terminals and service managers signal both. The parent needs the calculator until its last answers are there, and ends it by disconnecting. */
function findParent() {
  const gone = new AbortController();
  process.once('disconnect', () => gone.abort());
  // It may have gone while this program was being read.
  if (!process.connected) gone.abort();
  const tell = (report: CalculatorReport) =>
    new Promise<void>((resolve) => process.send?.(report, undefined, undefined, () => resolve()));
  return { gone: gone.signal, tell };
}
