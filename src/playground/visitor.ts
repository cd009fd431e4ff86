/** Somebody who has come to the playground, and what they may see. */
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../simulator/discord/discord.ts';

export interface Visitor {
  /** Known to the windows of this visitor alone. */
  readonly secret: string;
  readonly user: SimulatedUser;
  readonly dm: SimulatedChannel;
}

export function isVisible(channel: SimulatedChannel | undefined, { dm }: Visitor): boolean {
  return channel !== undefined && (channel.kind !== 'dm' || channel.id === dm.id);
}

/** Whether that visitor sees the message, where they see the channel. */
export function isFor({ isEphemeral, interaction }: SimulatedMessage, { user }: Visitor): boolean {
  return isEphemeral !== true || interaction?.user.id === user.id;
}
