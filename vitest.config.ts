import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/require-node.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Machines stand still for seconds: what is waited for may come late, and its coming is what is tested.
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    // Most tests wait for sockets and processes, not for the processor.
    maxWorkers: 4,
  },
});
