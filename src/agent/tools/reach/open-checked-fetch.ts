/** One for each way that servers may be reached: their connections are shared. The library is loaded with the first. */
import type { ReachConfig } from '../../../config/tool-servers.ts';
import type { Fetch } from '../mcp/stream-watch.ts';

const opened = new WeakMap<ReachConfig, Promise<Fetch>>();

export async function openCheckedFetch(reach: ReachConfig): Promise<Fetch> {
  const known = opened.get(reach);
  if (known !== undefined) return await known;
  const opening = import('./checked-fetch.ts').then(({ createCheckedFetch }) => createCheckedFetch(reach));
  opened.set(reach, opening);
  return await opening;
}
