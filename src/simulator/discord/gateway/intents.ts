/** Which events a bot asked for, and which of them it may ask for. */

import { GatewayIntentBits } from 'discord-api-types/v10';

const privileged = GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences;

const known = Object.values(GatewayIntentBits).reduce<number>(
  (sum, bit) => (typeof bit === 'number' ? sum | bit : sum),
  0,
);

/** The close code that these intents earn, or undefined when they are fine. */
export function refusalOf(intents: number, mayReadContent: boolean): 4013 | 4014 | undefined {
  if (!Number.isInteger(intents) || intents < 0 || (intents & ~known) !== 0) return 4013;
  const isContentRefused = !mayReadContent && (intents & GatewayIntentBits.MessageContent) !== 0;
  return (intents & privileged) !== 0 || isContentRefused ? 4014 : undefined;
}

export function hasIntent(intents: number, bit: number): boolean {
  return (intents & bit) !== 0;
}
