/**
 * The addresses of files. Each is signed, for a day, and signed anew whenever Discord tells it:
 * https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
 */

import { createHmac, randomBytes } from 'node:crypto';

export class SignedAddresses {
  readonly #secret = randomBytes(32);
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** @param path as in `/attachments/CHANNEL/FILE/name.png`, encoded. @returns path and signature. */
  sign(path: string): string {
    const now = Math.floor(Date.now() / 1000);
    const [ex, is] = [now + Math.ceil(this.#lifeMs / 1000), now].map((seconds) => seconds.toString(16));
    return `${path}?ex=${ex}&is=${is}&hm=${this.#markOf(path, ex, is)}&`;
  }

  /** Whether Discord has signed it, and not too long ago. */
  isGood({ pathname, searchParams }: URL): boolean {
    const [ex = '', is = '', hm = ''] = ['ex', 'is', 'hm'].map((name) => searchParams.get(name) ?? '');
    return hm === this.#markOf(pathname, ex, is) && Number.parseInt(ex, 16) * 1000 > Date.now();
  }

  #markOf(path: string, ex = '', is = ''): string {
    return createHmac('sha256', this.#secret).update(`${path} ${ex} ${is}`).digest('hex');
  }
}
