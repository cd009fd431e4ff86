/** Part of `npm run check`: prints every import in `src` that crosses a border between rooms, and every circle of imports. */
import { findBreaches } from './breaches.ts';

const breaches = findBreaches(process.argv[2] ?? '.');
for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;
