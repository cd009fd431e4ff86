/** Part of `npm run check`: prints what in the Dockerfile breaks the rules of `dockerfile-rules.ts`. */
import { readFileSync } from 'node:fs';
import { findDockerfileBreaches } from './dockerfile-rules.ts';

const breaches = findDockerfileBreaches(readFileSync(process.argv[2] ?? 'Dockerfile', 'utf8'));
for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;
