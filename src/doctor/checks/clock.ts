/** Whether this machine's clock goes as Discord's does, by the `Date` header of its answers. */
import { type Check, skipped } from '../check.ts';

/** The header is exact to a second. */
const fineMs = 5_000;
/** Beyond it, missed questions are taken for older or newer than they are, and days of budgets begin at another time. */
const graveMs = 60_000;

export const checkClock: Check = async ({ discord, clock, words }) => {
  await discord;
  const aheadMs = clock();
  if (aheadMs === undefined) return skipped(words);
  const offMs = Math.abs(aheadMs);
  if (offMs < fineMs) return [{ status: 'ok', text: words.clockFine(String(fineMs / 1000)) }];
  const text = words.clockOff(toSpan(offMs), aheadMs > 0);
  return [{ status: offMs < graveMs ? 'warning' : 'problem', text, advice: words.clockTodo }];
};

/** As `1:00:07`, hours before minutes before seconds. */
function toSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
