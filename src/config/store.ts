/** Where histories and unfinished questions live, and what they are encrypted with. */
import { findSecretsIn } from './secrets.ts';
import type { Settings } from './settings.ts';

const shortestKey = 16;

/** @returns `sqlite://PATH`, `redis://…`, `postgres://…` or `memory://`. */
export function readStoreUrl(settings: Settings): string {
  const url = settings.text('STORE_URL') ?? 'sqlite://data/jupan.sqlite';
  settings.hide(findSecretsIn(url, (name) => /^user$|password/.test(name)));
  const isUsable =
    /^sqlite:\/\/./.test(url) ||
    url === 'memory://' ||
    (/^(?:rediss?|postgres(?:ql)?):\/\//.test(url) && URL.canParse(url));
  if (!isUsable) {
    settings.report(
      'STORE_URL',
      'should be sqlite://PATH, redis://HOST:PORT, postgres://USER:PASSWORD@HOST/DATABASE or memory:// (leave it out for sqlite://data/jupan.sqlite).',
    );
  }
  return url;
}

/** Undefined: the store is not encrypted. */
export function readStoreKey(settings: Settings): string | undefined {
  const key = settings.secret('STORE_KEY');
  if (key !== undefined && key.length < shortestKey) {
    settings.report(
      'STORE_KEY',
      `should be a secret of at least ${shortestKey} characters, such as the output of: openssl rand -base64 32`,
    );
  }
  return key;
}
