/** The little that the store uses of pg, which brings no types. */
declare module 'pg' {
  import type { EventEmitter } from 'node:events';

  export interface PoolConfig {
    connectionString?: string;
    max?: number;
    /** Milliseconds. */
    connectionTimeoutMillis?: number;
    /** Milliseconds. */
    query_timeout?: number;
    /** Idle connections do not keep the process alive. */
    allowExitOnIdle?: boolean;
  }

  export class Pool extends EventEmitter {
    constructor(config: PoolConfig);
    /** @param query `query_timeout`, in milliseconds, stands above the pool's own. */
    query(query: {
      readonly text: string;
      readonly query_timeout: number;
    }): Promise<{ rows: Record<string, unknown>[] }>;
    query(sql: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
    end(): Promise<void>;
  }
}
