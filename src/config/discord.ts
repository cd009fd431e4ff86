/** The settings for Discord: who the bot is, where Discord is, and which part of it this process serves. */
import type { Settings } from './settings.ts';

export interface DiscordConfig {
  /** Empty where the program does not need Discord. */
  readonly token: string;
  /** REST base without the version and without a slash at its end, e.g. `https://discord.com/api`. */
  readonly apiUrl: string;
  /** The shards that this process serves, of how many there are. Undefined: the only one. */
  readonly shards: ShardConfig | undefined;
  /** Whether any number of equal processes share the shards by themselves. */
  readonly sharesShards: boolean;
  /** How many requests the bot may make in any one second, all its processes together. Infinite: a proxy sees to it. */
  readonly requestsPerSecond: number;
  /** Where files of messages may be fetched: hosts, with a port where it is not the usual one. */
  readonly cdnHosts: readonly string[];
}

export interface ShardConfig {
  /** Ascending. */
  readonly ids: readonly number[];
  readonly count: number;
}

const wherefrom = 'https://discord.com/developers/applications (your application → Bot → Reset Token)';

export function readDiscord(settings: Settings, isNeeded: boolean): DiscordConfig {
  const apiUrl = settings.url('DISCORD_API_URL', 'the http(s) base address of the Discord API, normally left unset');
  return {
    token: readToken(settings, isNeeded),
    apiUrl: withoutSlashes(apiUrl ?? 'https://discord.com/api'),
    shards: sharesShards(settings) ? undefined : readShards(settings),
    sharesShards: sharesShards(settings),
    requestsPerSecond: readRequestsPerSecond(settings),
    cdnHosts: readCdnHosts(settings),
  };
}

/** What Discord grants a bot that has not asked for more. Source: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
const usualRequestsPerSecond = 50;

/** A number, or `proxy`. */
function readRequestsPerSecond(settings: Settings): number {
  const value = settings.text('DISCORD_REQUESTS_PER_SECOND');
  if (value === undefined) return usualRequestsPerSecond;
  if (value === 'proxy') return Number.POSITIVE_INFINITY;
  const count = toWhole(value);
  if (count > 0) return count;
  settings.report(
    'DISCORD_REQUESTS_PER_SECOND',
    'should be how many requests a second Discord grants your bot, 50 where it has said nothing else; or proxy, where DISCORD_API_URL is a proxy that keeps to the limit.',
  );
  return usualRequestsPerSecond;
}

function readCdnHosts(settings: Settings): readonly string[] {
  const hosts = (settings.text('DISCORD_CDN_HOSTS') ?? '').split(/[\s,]+/).filter((host) => host !== '');
  if (hosts.length === 0) return ['cdn.discordapp.com', 'media.discordapp.net'];
  const isHost = (host: string) => URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host;
  if (hosts.every(isHost)) return hosts;
  settings.report(
    'DISCORD_CDN_HOSTS',
    'should be hosts such as cdn.discordapp.com or 127.0.0.1:4401, separated by commas, normally left unset.',
  );
  return [];
}

function readToken(settings: Settings, isNeeded: boolean): string {
  const token = settings.text('DISCORD_TOKEN')?.replace(/^Bot\s+/i, '') ?? '';
  settings.hide([token]);
  if (isNeeded && token === '') {
    settings.report('DISCORD_TOKEN', `is missing. It should hold the bot token from ${wherefrom}.`);
  } else if (/\s/.test(token)) {
    settings.report('DISCORD_TOKEN', `has a space or a line break in it. Copy the bot token again from ${wherefrom}.`);
  }
  return token;
}

function withoutSlashes(address: string): string {
  return address.slice(0, [...address].findLastIndex((character) => character !== '/') + 1);
}

function sharesShards(settings: Settings): boolean {
  return settings.text('DISCORD_SHARDS')?.toLowerCase() === 'auto';
}

/** `0-3/16` or `0,2/4`: these shards of so many. */
function readShards(settings: Settings): ShardConfig | undefined {
  const value = settings.text('DISCORD_SHARDS');
  if (value === undefined) return undefined;
  const [list = '', total = '', ...more] = value.split('/');
  const count = toWhole(total);
  const ids = list.split(',').flatMap((range) => toShards(range, count));
  if (more.length === 0 && ids.every((id) => id < count)) {
    return { ids: [...new Set(ids)].sort((one, other) => one - other), count };
  }
  settings.report(
    'DISCORD_SHARDS',
    'should name the shards of this process and how many there are, such as 0-3/16, or be auto.',
  );
  return undefined;
}

/** `3` or `0-3`. What is neither is a shard that there cannot be. */
function toShards(range: string, count: number): number[] {
  const [first = Number.NaN, last = first, ...more] = range.split('-').map(toWhole);
  const isRange = more.length === 0 && first <= last && last < count;
  return isRange ? Array.from({ length: last - first + 1 }, (_, place) => first + place) : [Number.NaN];
}

function toWhole(text: string): number {
  return /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : Number.NaN;
}
