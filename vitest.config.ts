import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes. Begun first, none of them is left over at the end, where it would run alone. */
const longest = [
  'crash/crash',
  'stories/shared-limits',
  'stories/interactions-moving',
  'stories/many-processes',
  'deploy/package',
  'stories/databases',
  'crash/fleet-soak',
  'deploy/image',
  'agent/store/lease',
  'crash/soak',
  'programs/doctor',
  'stories/two-instances',
  'programs/setup',
  'patterns',
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((end) => moduleId.endsWith(end));
  return place < 0 ? longest.length : place;
}

// For the test files themselves, which load the same packages over and over. What they start sees to its own.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/require-node.ts', 'test/support/left-programs.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Machines stand still for seconds: what is waited for may come late, and its coming is what is tested.
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    // Loading a module anew for each file would take a seventh of the processor time of all tests. What a file changes of what is
    // everybody's, it puts back.
    isolate: false,
    // Many tests wait for sockets and processes, not for the processor: one more than the processors of a small machine. With two
    // more, all of them take as long there, and some longer than they may.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
