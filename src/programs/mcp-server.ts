/**
 * `npm run mcp-server`. Started by another program (`npm start`) it reports to that one, leaves Ctrl-C to it, and never
 * outlives it.
 */
import { once } from 'node:events';
import { ConfigError } from '../errors.ts';
import { startCalculatorServer } from '../mcp-server/server.ts';
import { runProgram } from './program.ts';

await runProgram({ needs: {} }, async ({ config, log, signal }) => {
  const parent = new AbortController();
  const report = process.send?.bind(process);
  if (report !== undefined) {
    // Terminals and service managers signal both. The parent still needs the calculator, for the answers it finishes first,
    // and ends it by disconnecting.
    for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name).on(name, () => {});
    process.once('disconnect', () => parent.abort());
  }
  const server = await startCalculatorServer({ ...config.calculator, log }).catch(async (error: unknown) => {
    if (!(error instanceof ConfigError) || report === undefined) throw error;
    // The parent says it, in one message with everything else that is wrong.
    const message = { type: 'failed', message: error.problems[0]?.advice };
    await new Promise((resolve) => report(message, undefined, undefined, resolve));
    process.exit(1);
  });
  log.info('listening', { url: server.url });
  report?.({ type: 'listening', url: server.url });

  const stop = AbortSignal.any([signal, parent.signal]);
  if (!stop.aborted) await once(stop, 'abort');
  await server.close();
  if (process.connected) process.disconnect();
});
