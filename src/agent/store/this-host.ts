/** Tells whether a process that left its number behind is still running. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Within which process numbers mean the same processes: this machine since its start, and on Linux this container. */
export const hostIdentity = [
  hostname(),
  readOrNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  readOrNothing(() => readlinkSync('/proc/self/ns/pid')),
].join(' ');

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other refusal means that there is such a process.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Other systems than Linux have no such files. */
function readOrNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
