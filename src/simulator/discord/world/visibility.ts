/** Tells of what the bot comes to see, and of what it sees no more, when somebody changes who may do what. */

import { may } from './permissions.ts';
import type { Channel, Guild, World } from './state.ts';

/**
 * Does the change and tells of every channel of the guild that it hides from the bot or shows to it.
 * @param changed told of in any case, as the channel that is changed itself.
 */
export function changeAccess(world: World, guild: Guild, change: () => void, changed?: Channel): void {
  const before = visibleChannels(world, guild);
  change();
  const after = visibleChannels(world, guild);
  for (const channel of world.channels.values()) {
    if (channel.guild !== guild) continue;
    const isShown = after.has(channel) && !before.has(channel);
    const isHidden = before.has(channel) && !after.has(channel);
    if (channel.kind === 'thread') {
      // A thread that is hidden goes without a word; those that are shown come with their channel or as if new.
      if (isShown && channel.isPrivate) world.events.emit({ type: 'channel-create', channel });
    } else if (isShown || isHidden || channel === changed) {
      world.events.emit({ type: 'channel-update', channel });
      if (isShown) world.events.emit({ type: 'threads-sync', channel });
    }
  }
}

function visibleChannels(world: World, guild: Guild): Set<Channel> {
  const channels = [...world.channels.values()].filter((channel) => channel.guild === guild);
  return new Set(channels.filter((channel) => may(channel, world.bot, 'ViewChannel')));
}
