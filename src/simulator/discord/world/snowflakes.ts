/** Discord's ids: 19 digits that carry their time of creation and grow strictly, so that text order is age. */

const discordEpochMs = 1_420_070_400_000;
const timeShift = 22n;
const idsPerMillisecond = 2 ** 22;

export class Snowflakes {
  #lastMs = 0;
  #sequence = 0;

  next(): string {
    const nowMs = Math.max(Date.now(), this.#lastMs);
    this.#sequence = nowMs === this.#lastMs ? this.#sequence + 1 : 0;
    // Past the last id of a millisecond, or when the clock was set back, the time in the id runs ahead a little.
    this.#lastMs = this.#sequence === idsPerMillisecond ? nowMs + 1 : nowMs;
    if (this.#lastMs !== nowMs) this.#sequence = 0;
    return String((BigInt(this.#lastMs - discordEpochMs) << timeShift) | BigInt(this.#sequence));
  }
}

/** Milliseconds since 1970 UTC at which the id was made. */
export function timestampOf(id: string): number {
  return Number(BigInt(id) >> timeShift) + discordEpochMs;
}

/** The shard that serves a guild; direct messages go to shard 0. */
export function shardOf(guildId: string | undefined, shardCount: number): number {
  return guildId === undefined ? 0 : Number((BigInt(guildId) >> timeShift) % BigInt(shardCount));
}

/** Whether the text has the shape of an id. */
export function isSnowflake(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}
