/** What a process and everything it has started hold and use, read from /proc: on Linux only, elsewhere all is zero. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second, on every machine. */
const ticksPerSecond = 100;
const bytesPerPage = 4096;

/** The process and its descendants as they are now, itself first. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

/** Resident memory (RSS) summed over the processes, in bytes. What they share, such as the code of Node, counts in each. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * bytesPerPage);
}

/** Seconds of processor time that the processes have used since they began, in the kernel and outside, on all threads. */
export function processorSeconds(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    // The name of the program comes second, in brackets, and may hold spaces.
    const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
  });
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid)
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '))
    .filter((child) => child.trim() !== '')
    .map(Number);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}
