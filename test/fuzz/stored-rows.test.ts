/** Whatever stands in the store under this program's own names, it is read as far as it can be, nothing ends of it, and writing goes on. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { ForgottenPeople } from '../../src/agent/forgotten-people.ts';
import type { Backend } from '../../src/agent/store/backend.ts';
import { createTurnStore } from '../../src/agent/store/keyv-turn-store.ts';
import { readHolders } from '../../src/agent/store/lease-record.ts';
import { openMemory } from '../../src/agent/store/memory.ts';
import { readTurn } from '../../src/agent/store/turn-record.ts';
import type { Turn } from '../../src/agent/turn.ts';
import { readDelivery } from '../../src/bot/channel/delivery.ts';
import { readAddress } from '../../src/bot/discord/address.ts';
import { Seen } from '../../src/bot/discord/catch-up/seen.ts';
import { silentLogger } from '../../src/log.ts';
import { makeTurn } from '../agent/store/turns.ts';
import { AgentWorld } from './support/agent-world.ts';
import { breachesOfShown } from './support/breaches.ts';
import { fuzz } from './support/fuzz.ts';
import { oddJson, oddValue } from './support/json.ts';
import { record } from './support/records.ts';
import { oddText } from './support/texts.ts';

const channelId = '2';
const delivery = fc.oneof(
  fc.constant(null),
  fc.record(
    {
      language: fc.constantFrom('ko', 'en'),
      posted: fc.dictionary(oddText, fc.record({ id: oddText, shown: oddText }), { maxKeys: 2 }),
      interaction: fc.record({ applicationId: oddText, token: oddText }),
      guildId: oddText,
    },
    { requiredKeys: [] },
  ),
);

/** Under the id that its key names, mostly. */
const turn = fc.record({ made: record, id: fc.constantFrom('11', '12'), delivery }).map(
  ({ made, id, delivery: kept }): Turn => ({
    ...made,
    question: { ...made.question, id, channelId },
    delivery: kept as Turn['delivery'],
  }),
);
const history = fc.record({ turns: fc.array(turn, { maxLength: 3 }), summary: oddText }).map(({ turns, summary }) => ({
  version: 4,
  turns: turns.map((each, index) => ({ ...each, question: { ...each.question, id: `h${index}` } })),
  notes: { tokens: { h0: 12 }, summary, summarySince: 1, summaryOf: { '7': 1, '8': 2 } },
}));
const lease = {
  version: 1,
  holders: [{ id: 'a', host: 'b', pid: 1, until: 1, shards: { ids: [0], count: 1 }, isSealing: true }],
};

/** Some of them, by their whole names. */
const rows = fc.record(
  {
    'jupan:turn:11': turn.chain(oddJson),
    'jupan:turn:12': turn.chain(oddJson),
    [`jupan:history:${channelId}`]: history.chain(oddJson),
    'jupan:value:seen-until': fc.constant(1_700_000_000_000).chain(oddJson),
    'jupan:value:dm-channels': fc.constant(['1', '2']).chain(oddJson),
    'jupan:value:passed-over-in': fc.constant({ [channelId]: '1300000000000000001' }).chain(oddJson),
    [`jupan:expiry:1970-01-01T00:${channelId}`]: oddText,
    'jupan:expiry:1970': oddText,
    'jupan:document:forgotten:people': fc
      .constant({ '7': { until: 2e12 }, '8': { until: 1, deletedAt: 2 } })
      .chain(oddJson),
    'jupan:unreadable:history:3:abc:1': history.chain(oddJson),
    'jupan:value:other': oddValue.chain(oddJson),
    'jupan:file:11.0.0.0': oddText,
    'jupan:unreadable:turn:11:abc:1': turn.chain(oddJson),
    'jupan:lease': fc.constant(lease).chain(oddJson),
  },
  { requiredKeys: [] },
);

async function fill(given: Readonly<Record<string, string>>): Promise<Backend> {
  const backend = openMemory();
  for (const [key, text] of Object.entries(given)) await backend.set(key, text);
  return backend;
}

fuzz('a store holds what it likes', { seconds: 3 }, rows, async (given) => {
  const backend = await fill(given);
  const store = createTurnStore(backend, silentLogger, 'jupan', { ttlMs: 1_000 });
  const turns = await store.loadTurns();
  for (const each of turns) {
    const text = JSON.stringify(each);
    expect(JSON.stringify(readTurn(JSON.parse(text)))).toBe(text);
    expect(breachesOfShown(each)).toEqual([]);
    readDelivery(each.delivery);
    readAddress(each.delivery);
  }
  await store.loadHistory(channelId);
  await store.loadHistoryNotes(channelId);
  await store.hasTurn(channelId, '11');
  await store.loadFile('11.0.0.0');
  await store.recall('other');
  const seen = new Seen({ agent: store, log: silentLogger, shards: undefined });
  await seen.load();
  await seen.save(Date.now());
  seen.passedOverIn(channelId);
  await seen.passOver({ channelId, id: '1300000000000000002' });
  readHolders(given['jupan:lease'] ?? '');
  for (const forgotten of await new ForgottenPeople(store.documents).all()) {
    await store.forgetIn(channelId, [forgotten]);
    await store.forgetRestOf(forgotten);
    await store.dropTurnsOf(forgotten);
  }
  await store.rewriteHistory(channelId, (kept) => kept);
  await store.sweep('expired');
  await store.sweep('everything');
  await store.forget(channelId);

  const [good, ended] = [makeTurn('21'), makeTurn('22')];
  await store.saveTurn(good);
  await store.saveHistory(channelId, [ended]);
  expect(await store.loadTurns()).toContainEqual(good);
  expect(await store.hasTurn(channelId, '22')).toBe(true);
  await store.close();
});

fuzz(
  'turns and histories of a store that holds what it likes are gone on with',
  { seconds: 7 },
  rows,
  async (given) => {
    await using world = await AgentWorld.start({ backend: await fill(given), channelId });
    for (const each of await world.agent.unfinished()) {
      if (each.end === undefined) await world.run(each);
      else await world.agent.settle(each);
    }
    await world.expectWell();
  },
);
