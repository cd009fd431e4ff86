/**
 * What `GET /gateway/bot` says, asked once for all shards of the process: Discord takes few such requests. Source:
 * https://docs.discord.com/developers/events/gateway#get-gateway-bot
 */
import { isRecord } from '../../../json.ts';

export interface GatewayInformation {
  readonly url: string;
  readonly shards: number;
  /** Identifies that are left today. */
  readonly remaining: number;
  /** In ms, until there are all of them again. */
  readonly resetAfterMs: number;
  readonly maxConcurrency: number;
}

/** @throws {Error} when it is not what Discord says. */
export function readGatewayInformation(answer: unknown): GatewayInformation {
  const { url, shards, session_start_limit: limit } = isRecord(answer) ? answer : {};
  const { remaining, reset_after: resetAfterMs, max_concurrency: maxConcurrency } = isRecord(limit) ? limit : {};
  if (typeof url !== 'string') throw new Error('Discord does not say where its gateway is.');
  return {
    url,
    shards: toWhole(shards, 1),
    remaining: toWhole(remaining, 0),
    resetAfterMs: toWhole(resetAfterMs, 0),
    maxConcurrency: toWhole(maxConcurrency, 1),
  };
}

/** As a shard's library is answered: whether a shard may identify is found out when it wants to, and many never do. */
export function toGatewayAnswer({ url, shards, resetAfterMs, maxConcurrency }: GatewayInformation): Response {
  const total = Math.max(1, shards);
  return Response.json({
    url,
    shards,
    session_start_limit: { total, remaining: total, reset_after: resetAfterMs, max_concurrency: maxConcurrency },
  });
}

function toWhole(value: unknown, least: number): number {
  return Number.isSafeInteger(value) ? Math.max(least, Number(value)) : least;
}
