/**
 * A program of its own that reads the text of one PDF and ends: the file comes in on standard input, the text goes out on
 * standard output, as JSON. PDFs come from anybody, and a small one can unfold to gigabytes or keep a reader busy for ever. A
 * thread reads it, and this program watches what that takes: past a bound it kills itself, and nothing is lost but the file.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readPages } from './pdf-pages.ts';

/** In bytes, of the whole program: a plain PDF takes 150 MB, most of it the reader. */
const mostMemory = 512 * 1024 * 1024;
/** Of the processor's time, in ms, so that a machine that is busy with something else makes no file unreadable. */
const longestWorkMs = 5_000;
/** For what waits instead of working. */
const longestMs = 60_000;
const lookMs = 20;

if (isMainThread) await guard();
else parentPort?.postMessage(await readPages(workerData.data, workerData.mostCharacters));

async function guard(): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part);
  // A copy with memory of its own, which can be handed over.
  const data = new Uint8Array(Buffer.concat(parts));
  const mostCharacters = Number(process.argv[2]);
  const thread = new Worker(new URL(import.meta.url), {
    workerData: { data, mostCharacters },
    transferList: [data.buffer],
  });
  thread.once('message', (pages) => process.stdout.write(JSON.stringify(pages), () => process.exit(0)));
  thread.once('error', () => process.exit(1));
  const startedAt = performance.now();
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    const isTooMuch =
      process.memoryUsage.rss() > mostMemory ||
      (user + system) / 1_000 > longestWorkMs ||
      performance.now() - startedAt > longestMs;
    // Not `exit`, which waits for the thread.
    if (isTooMuch) process.kill(process.pid, 'SIGKILL');
  }, lookMs);
}
