/** Puts the operator's port together. Loaded only where there is one. */
import { type Logger, observed } from '../log.ts';
import { Measures } from './measures.ts';
import { type OpsServer, type OpsSource, startOpsServer } from './ops-server.ts';

export interface Ops {
  /** The log, which is measured from now on. */
  readonly log: Logger;
  /** As {@link startOpsServer}. */
  start(source: OpsSource): Promise<OpsServer>;
}

export function createOps(log: Logger, { host, port }: { readonly host: string; readonly port: number }): Ops {
  const measures = new Measures();
  return {
    log: observed(log, (level, event, fields) => measures.observe(level, event, fields)),
    start: (source) => startOpsServer({ host, port, measures, source }),
  };
}
