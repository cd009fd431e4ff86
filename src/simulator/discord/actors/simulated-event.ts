/** What happens in the world as members' clients are told of it. */

import type { SimulatedEvent } from '../face/event.ts';
import type { World, WorldEvent } from '../world/state.ts';
import type { Actors } from './actors.ts';

/** Undefined for what no member's client is told of. */
export function toSimulatedEvent(world: World, actors: Actors, event: WorldEvent): SimulatedEvent | undefined {
  switch (event.type) {
    case 'message-create':
    case 'message-update':
      return { type: event.type, message: event.message };
    case 'message-delete':
      return { type: event.type, channelId: event.channel.id, messageId: event.messageId };
    case 'typing':
      return { type: event.type, channelId: event.channel.id, user: event.user };
    case 'channel-create':
    case 'channel-delete':
      return { type: event.type, channel: actors.ofChannel(event.channel) };
    case 'commands-update':
      return { type: event.type, commands: [...world.commands.values()] };
    case 'dialog-open': {
      const { id, channel, user } = event.interaction;
      return { type: event.type, pressId: id, channelId: channel.id, user };
    }
    case 'interaction-end': {
      const { id, state } = event.interaction;
      return { type: event.type, interactionId: id, isAcknowledged: state !== 'late' };
    }
    default:
      return undefined;
  }
}
