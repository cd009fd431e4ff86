/** Presses that every story has: members approve what waits, and have answers given again. */
import { toButtonIds } from '../../../src/bot/discord/buttons.ts';
import type { SimulatedChannel } from '../../../src/simulator/discord/discord.ts';
import type { CrashWorld } from './world.ts';

const pressAgainMs = 1000;

/** As a member does: presses that button where there is one, and again when nothing comes of it. */
export function press(
  { member }: CrashWorld,
  channel: SimulatedChannel,
  action: 'approve' | 'again',
  pressedAt: Map<string, number>,
): void {
  for (const { id, components } of channel.messages) {
    const button = toButtonIds(components).find((name) => name.startsWith(`${action}:`));
    const isRecent = performance.now() - (pressedAt.get(`${id} ${action}`) ?? Number.NEGATIVE_INFINITY) < pressAgainMs;
    if (button === undefined || isRecent) continue;
    pressedAt.set(`${id} ${action}`, performance.now());
    channel.presses(member, id, button).catch(() => undefined); // The message has gone or lost its button meanwhile.
  }
}
