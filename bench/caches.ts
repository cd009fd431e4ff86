/**
 * What a shard's servers hold in memory once Discord has told of them: each with so many channels. Discord tells of members only
 * to who asks for them; this bot does not, so that there is one of each server, itself. In a process of its own, since memory that
 * was taken once is not given back.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './statistics.ts';

export const cachesHead: Row = ['servers of a shard, 200 channels each', 'over idle', 'a server', 'told in'];

export async function measureCaches(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const guilds of [250, 2_500]) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--max-old-space-size=4096',
      fileURLToPath(import.meta.resolve('./caching-client.ts')),
      String(guilds),
    ]);
    const { bytes, tookMs } = JSON.parse(stdout);
    const megabytes = (value: number) => `${(value / 2 ** 20).toFixed(0)} MB`;
    rows.push([
      guilds.toLocaleString('en'),
      megabytes(bytes),
      `${(bytes / guilds / 1024).toFixed(0)} KB`,
      `${(tookMs / 1000).toFixed(1)} s`,
    ]);
  }
  return rows;
}
