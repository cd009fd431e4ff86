/** What a simulated Discord is set up with where nobody asked for anything else. */

import { randomBytes } from 'node:crypto';
import type { SimulatedDiscordOptions } from './face/options.ts';
import type { BucketRule } from './rest/rate-limits.ts';
import type { BucketName } from './rest/router.ts';

export type Settings = Required<Omit<SimulatedDiscordOptions, 'token'>>;

export function toSettings(options: SimulatedDiscordOptions): Settings {
  const channelRequestsPer5s = options.channelRequestsPer5s ?? 5;
  const isUnlimited = channelRequestsPer5s === Number.POSITIVE_INFINITY;
  return {
    port: 0,
    botName: 'Jupan',
    globalRequestsPerSecond: 50,
    channelRequestsPer5s,
    followUpsPer2s: isUnlimited ? Number.POSITIVE_INFINITY : 5,
    webhookMessageLimit: isUnlimited ? Number.POSITIVE_INFINITY : 30,
    webhookMessageWindowMs: 60_000,
    invalidRequestLimit: 10_000,
    invalidRequestWindowMs: 10 * 60_000,
    oldMessageAfterMs: 60 * 60_000,
    fileAddressLifeMs: 24 * 60 * 60_000,
    latencyMs: 0,
    clockAheadMs: 0,
    heartbeatIntervalMs: 41_250,
    acknowledgeWithinMs: 3000,
    interactionTokenLifeMs: 15 * 60_000,
    resumableEvents: 1000,
    retainedRequests: 100_000,
    guildsPerShard: 2500,
    sessionStarts: 1000,
    maxConcurrency: Number.POSITIVE_INFINITY,
    recommendedShards: 1,
    checkBodies: true,
    grantsMessageContent: false,
    showsTextToBotRole: false,
    isPublic: true,
    allowsUserInstall: true,
    guildLocale: 'en-US',
    ...options,
  };
}

export function toBuckets({
  channelRequestsPer5s,
  followUpsPer2s,
}: Settings): Readonly<Partial<Record<BucketName, BucketRule>>> {
  const inChannel = { limit: channelRequestsPer5s, windowMs: 5000 };
  const rules = {
    create: inChannel,
    edit: inChannel,
    typing: inChannel,
    'follow-up': { limit: followUpsPer2s, windowMs: 2000 },
  };
  return Object.fromEntries(Object.entries(rules).filter(([, { limit }]) => limit !== Number.POSITIVE_INFINITY));
}

/** Discord's form of a bot token: the id of the bot, a time and a signature. */
export function createToken(botId: string): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${Buffer.from(botId).toString('base64url')}.${part(4)}.${part(28)}`;
}
