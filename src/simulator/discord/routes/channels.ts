/** Routes of channels themselves: what they are, opening archived threads, typing. */

import { toApiChannel } from '../payload/channels.ts';
import { fieldsOf } from '../payload/json.ts';
import { missingPermissions, notTaken } from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import { setThread } from '../world/channels.ts';
import { may } from '../world/permissions.ts';
import type { Channel, World } from '../world/state.ts';
import { findChannel, findText, requireWriting } from './access.ts';

export function channelRoutes(world: World): Route[] {
  const idOf = (request: RouteRequest) => request.parameter('channel.id');
  return [
    {
      method: 'GET',
      pattern: '/channels/{channel.id}',
      needsToken: true,
      handle: (request) => ({ status: 200, body: toApiChannel(findChannel(world, idOf(request)), world) }),
    },
    {
      method: 'PATCH',
      pattern: '/channels/{channel.id}',
      needsToken: true,
      bodySchema: 'UpdateThreadRequestPartialSchema',
      handle(request) {
        const channel = findChannel(world, idOf(request));
        openThread(world, channel, request.body);
        return { status: 200, body: toApiChannel(channel, world) };
      },
    },
    {
      method: 'POST',
      pattern: '/channels/{channel.id}/typing',
      needsToken: true,
      bucket: 'typing',
      handle(request) {
        const channel = findText(world, idOf(request));
        requireWriting(world, channel);
        world.events.emit({ type: 'typing', channel, user: world.bot });
        return { status: 204 };
      },
    },
  ];
}

/** The one change that is needed here. A locked thread is opened by moderators, another by whoever is in it. */
function openThread(world: World, channel: Channel, body: unknown): void {
  if (fieldsOf(body).archived !== false) throw notTaken('only archived threads can be opened here');
  const isModerator = may(channel, world.bot, 'ManageThreads');
  const isMember = channel.memberIds.has(world.bot.id);
  if (!isModerator && (channel.isLocked || !isMember)) throw missingPermissions();
  setThread(world, channel, { isArchived: false });
}
