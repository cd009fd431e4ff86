/** The usual ways in which a bot loses a place, by one word each. */

import type { ChannelRestriction } from '../face/channel.ts';
import { setForBot, setOverwrite, setThread } from '../world/channels.ts';
import { toBits } from '../world/permissions.ts';
import type { Channel, World } from '../world/state.ts';

const lifted = { isArchived: false, isLocked: false };

const effects: Readonly<Record<ChannelRestriction, (world: World, channel: Channel) => void>> = {
  'no-access': (world, channel) => setForBot(world, channel, 'deny', toBits(['ViewChannel'])),
  'no-writing': (world, channel) =>
    setForBot(world, channel, 'deny', toBits(['SendMessages', 'SendMessagesInThreads'])),
  archived: (world, channel) => setThread(world, channel, { isArchived: true }),
  locked: (world, channel) => setThread(world, channel, { isArchived: true, isLocked: true }),
};

/** @param restriction undefined lifts whatever there was. */
export function restrict(world: World, channel: Channel, restriction: ChannelRestriction | undefined): void {
  if (restriction !== undefined) {
    effects[restriction](world, channel);
    return;
  }
  setOverwrite(world, channel, world.bot, {});
  setThread(world, channel, lifted);
}
