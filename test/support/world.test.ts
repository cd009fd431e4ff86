import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startWorld } from './world.ts';

/** Programs that this process has started and that live. */
function programs(): string[] {
  const own = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return own
    .filter((pid) => pid !== '')
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .filter((command) => command.includes('launch.js'));
}

test('a world that does not start leaves no process behind', async () => {
  expect(programs()).toEqual([]);
  await expect(startWorld({ program: 'bot', startWithinMs: 1 })).rejects.toThrow('did not come within 1 ms');
  expect(programs()).toEqual([]);
});
