/** The project as somebody's working folder: what git would have of it, and what should stay there. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is in a working folder besides what git keeps. */
const own = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage', 'results', '.env']);

/** @param target Is made. */
export function copyCheckout(target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync('.')) if (!own.has(name)) cpSync(name, join(target, name), { recursive: true });
  writeFileSync(join(target, '.env'), 'DISCORD_TOKEN=a-secret-token\n');
  mkdirSync(join(target, 'data'));
  writeFileSync(join(target, 'data', 'jupan.sqlite'), 'what members said');
}
