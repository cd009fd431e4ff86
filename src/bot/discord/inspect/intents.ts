/** The intents that the bot asks for at its log-in, and what the developer portal has granted of those that need it. */
import { ApplicationFlags, GatewayIntentBits } from 'discord.js';
import { wantedIntents } from '../client.ts';

export interface IntentsState {
  /** All that the bot asks for. */
  readonly wanted: readonly string[];
  /** Those of them that the portal must grant and has not: the bot does without. */
  readonly missing: readonly string[];
  /** Granted, and not asked for. */
  readonly unused: readonly string[];
}

/** With the flag for applications in fewer than 100 servers, where a switch in the portal is enough, and that for larger ones. */
const privileged = [
  {
    intent: GatewayIntentBits.MessageContent,
    name: 'Message Content',
    granted: ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited,
  },
  {
    intent: GatewayIntentBits.GuildMembers,
    name: 'Server Members',
    granted: ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited,
  },
  {
    intent: GatewayIntentBits.GuildPresences,
    name: 'Presence',
    granted: ApplicationFlags.GatewayPresence | ApplicationFlags.GatewayPresenceLimited,
  },
] as const;

/** @param flags Of the application. @param readsContent Whether the bot asks for what members write without mentioning it. */
export function compareIntents(flags: number, readsContent: boolean): IntentsState {
  const wanted = wantedIntents(readsContent);
  const isGranted = ({ granted }: { readonly granted: number }) => (flags & granted) !== 0;
  const isWanted = ({ intent }: { readonly intent: GatewayIntentBits }) => wanted.includes(intent);
  return {
    wanted: wanted.map((intent) => GatewayIntentBits[intent] ?? String(intent)),
    missing: privileged.filter((one) => isWanted(one) && !isGranted(one)).map(({ name }) => name),
    unused: privileged.filter((one) => !isWanted(one) && isGranted(one)).map(({ name }) => name),
  };
}
