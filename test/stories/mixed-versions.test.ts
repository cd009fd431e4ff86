/** Processes of two versions that share a bot's shards: what the newer one has written is left alone by the older, and handed on. */
import { afterAll, describe, expect, test } from 'vitest';
import { leaseKeyOf, readHolders, toText } from '../../src/agent/store/lease-record.ts';
import { openBackend } from '../../src/agent/store/open.ts';
import { recordVersion } from '../../src/agent/turn.ts';
import { silentLogger } from '../../src/log.ts';
import { fleetServers, startFleet } from '../support/fleet.ts';

const leaseKey = leaseKeyOf('jupan');
const [shards, shard] = [4, 1];

for (const server of fleetServers(10)) {
  const title = `a turn in ${server.title} that only a newer version can read`;
  describe.skipIf(server.missing !== undefined)(title, { timeout: 90_000 }, () => {
    let storeUrl: URL;
    afterAll(() => server.drop(storeUrl));

    test('is left as it is, and its shard goes to a process of that version', async () => {
      storeUrl = await server.prepare();
      await using fleet = await startFleet({ storeUrl: storeUrl.href, shards });
      await using stack = new AsyncDisposableStack();
      const store = await openBackend(storeUrl.href, 'jupan', silentLogger);
      stack.defer(() => store.close());
      const channel = fleet.channels[shard];
      const question = { id: '9', channelId: channel?.id, ofLater: ['ü'] };
      const newer = { version: recordVersion + 1, question, delivery: { guildId: channel?.guild?.id }, ofLater: {} };
      const text = JSON.stringify(newer);
      await store.set('jupan:turn:9', text);

      const older = fleet.start();
      await fleet.untilServed([[older, shards]]);
      await older.waitForEvent('turn-of-newer-version');
      expect(fleet.shardsOf(older)).toContain(shard);

      // Another, as a process of that version writes itself down: again and again, or it would soon count for nothing.
      const member = { records: recordVersion + 1, leaving: [], unread: [], isClosing: false };
      const share = { ids: [], count: shards };
      const holders = async () => readHolders((await store.get(leaseKey)) ?? '').holders;
      const renew = async () => {
        const before = await store.get(leaseKey);
        const others = readHolders(before ?? '').holders.filter(({ id }) => id !== 'newer');
        const newest = { id: 'newer', host: 'elsewhere', pid: 7, share, until: (await store.now()) + 60_000, member };
        return await store.replace(leaseKey, before, toText([...others, newest]));
      };
      // Half of them, and that one among those that it gives.
      const shareOfOlder = async () => {
        await renew();
        return (await holders()).find(({ id }) => id !== 'newer')?.share.ids.length;
      };
      await expect.poll(shareOfOlder, { interval: 200, timeout: 30_000 }).toBe(2);
      expect((await holders()).flatMap(({ share: { ids } }) => ids)).not.toContain(shard);
      expect(await store.get('jupan:turn:9')).toBe(text);
      expect(fleet.model.requests).toEqual([]);
      expect(fleet.discord.problems).toEqual([]);
    });
  });
}
