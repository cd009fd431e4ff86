/** Every route that the simulator has. */

import type { Interactions } from '../actors/interactions.ts';
import type { Route } from '../rest/router.ts';
import type { World } from '../world/state.ts';
import { channelRoutes } from './channels.ts';
import { commandRoutes } from './commands.ts';
import { type GatewayAddress, generalRoutes } from './general.ts';
import { guildRoutes } from './guilds.ts';
import { interactionWebhookRoutes } from './interaction-webhook.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { SentNonces } from './sent-nonces.ts';

export function allRoutes(world: World, gateway: GatewayAddress, interactions: Interactions): Route[] {
  return [
    ...generalRoutes(world, gateway),
    ...guildRoutes(world),
    ...channelRoutes(world),
    ...messageRoutes(world, new SentNonces()),
    ...commandRoutes(world),
    ...interactionRoutes(world),
    ...interactionWebhookRoutes(world, interactions),
  ];
}
