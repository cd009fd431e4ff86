/**
 * `npm run mcp-server`. Started by another program (`npm start`) it reports to that one, leaves Ctrl-C to it, and never
 * outlives it.
 */
import { once } from 'node:events';
import { ConfigError } from '../errors.ts';
import { runProgram } from '../program.ts';
import { startCalculatorServer } from './server.ts';

await runProgram({ needs: {} }, async ({ config, log, signal }) => {
  const parent = new AbortController();
  const report = process.send?.bind(process);
  if (report !== undefined) {
    // A terminal sends Ctrl-C to both. The parent still needs the calculator, for the answers that it finishes first.
    process.removeAllListeners('SIGINT').on('SIGINT', () => {});
    process.once('disconnect', () => parent.abort());
  }
  const server = await startCalculatorServer({ ...config.calculator, log }).catch((error: unknown) => {
    if (error instanceof ConfigError) report?.({ type: 'failed', message: error.problems[0]?.advice });
    throw error;
  });
  log.info('listening', { url: server.url });
  report?.({ type: 'listening', url: server.url });

  const stop = AbortSignal.any([signal, parent.signal]);
  if (!stop.aborted) await once(stop, 'abort');
  await server.close();
  if (process.connected) process.disconnect();
});
