/**
 * Many machines in short: members ask in many channels while processes that share the shards are killed, frozen, cut off from the
 * store or from Discord, and replaced, by this version of Jupan or by the next. Nothing is lost, nothing said twice, and nobody
 * speaks without having the shard. `SOAK_SECONDS` makes it longer, `CRASH_SEED` repeats its schedule.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fleetServers } from '../support/fleet.ts';
import { FleetSoak } from './support/fleet-soak.ts';
import { chooseSeed, createRandom } from './support/random.ts';
import { until } from './support/world.ts';

const seconds = Number(process.env.SOAK_SECONDS ?? 30);
const seed = chooseSeed();
const shards = 8;
const channelsPerShard = 6;

for (const server of fleetServers(7)) {
  const title = `three processes with eight shards on ${server.title}`;
  describe.skipIf(server.missing !== undefined)(title, { timeout: (seconds + 240) * 1000 }, () => {
    let storeUrl: URL;
    beforeAll(async () => {
      storeUrl = await server.prepare();
    });
    afterAll(() => server.drop(storeUrl));

    test('die, freeze and lose what they need: every question has one answer, by whoever has its shard', async () => {
      await using soak = await FleetSoak.start({ storeUrl, shards, channelsPerShard, random: createRandom(seed) });
      await soak.run(seconds * 1000);
      await until(
        () => soak.unanswered.length === 0,
        () => `CRASH_SEED=${seed}: no answer to ${soak.unanswered.join(', ')}\n${soak.describe()}`,
        120_000,
      );
      // What is said twice would be said by now.
      await sleep(3_000);
      expect(soak.breaches, `CRASH_SEED=${seed}\n${soak.describe()}`).toEqual([]);
      console.log(soak.summary);
    });
  });
}
