/** Texts that Discord refuses for what they say: by a guild's AutoMod rules, or for harmful links everywhere. */

import { blockedByAutoMod, harmfulLink } from '../rest/api-error.ts';
import type { Channel, World } from '../world/state.ts';

/** @throws Discord's refusal; a good bot meets it too, since it does not know the words. */
export function requireAcceptable(world: World, { guild }: Channel, content: string | undefined): void {
  if (content === undefined) return;
  const text = content.toLowerCase();
  for (const [word, by] of world.blockedWords) {
    if (!text.includes(word)) continue;
    if (by === 'harmful-links') throw harmfulLink();
    if (guild !== undefined) throw blockedByAutoMod();
  }
}
