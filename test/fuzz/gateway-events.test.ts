/** Whatever Discord's gateway tells, the bot lives, pings nobody, and answers the next question once. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { BotWorld } from './support/bot-world.ts';
import { fuzz } from './support/fuzz.ts';
import { oddEvents } from './support/gateway-events.ts';
import { Shared } from './support/shared.ts';

const worlds = new Shared(() => BotWorld.start());
afterAll(() => worlds[Symbol.asyncDispose]());

// Seldom: Discord lets a bot begin a session every five seconds.
const loss = fc.oneof(
  { weight: 28, arbitrary: fc.constant('nothing' as const) },
  { weight: 2, arbitrary: fc.constantFrom('session' as const, 'process' as const) },
);

fuzz(
  'a gateway tells what it likes',
  { seconds: 12 },
  fc.record({ events: oddEvents, loss }),
  ({ events, loss: lost }) => worlds.use((world) => world.tell(events, lost)),
);
