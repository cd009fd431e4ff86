/**
 * What the store costs a turn: the record written five times as it grows, the history read and written. Over every kind
 * of store in turns; Redis and PostgreSQL when TEST_REDIS_URL and TEST_POSTGRES_URL name them.
 */
import { openTurnStore } from '../src/agent/store/open.ts';
import type { TurnStore } from '../src/agent/store/turn-store.ts';
import type { Turn } from '../src/agent/turn.ts';
import { silentLogger } from '../src/log.ts';
import { namespace, placeKinds } from '../test/agent/store/places.ts';
import { makeTurn } from '../test/agent/store/turns.ts';
import { median, type Row, toTable } from './statistics.ts';

const rounds = 200;
const channelsAtOnce = 200;
export const storeHead: Row = ['store calls of one turn', 'alone', `${channelsAtOnce} channels at once, all of them`];
const history = Array.from({ length: 20 }, (_, index) =>
  makeTurn(`ended-${index}`, { text: 'How much is it? '.repeat(8) }),
);

/** One row for each kind of store that is there: median milliseconds of one turn alone, and of 200 channels' turns at once. */
export async function measureStore(): Promise<Row[]> {
  const kinds = placeKinds.filter(({ missing }) => missing === undefined);
  const opened = await Promise.all(
    kinds.map(async ({ name, prepare }) => {
      const place = await prepare();
      const store = await openTurnStore(place.storeUrl, { log: silentLogger, namespace });
      return { name, place, store, alone: [] as number[], together: [] as number[] };
    }),
  );
  for (const { store } of opened) await keepTurn(store, 'warm-up');
  for (let round = 0; round < rounds; round++) {
    for (const { store, alone } of opened) alone.push(await time(() => keepTurn(store, 'alone')));
  }
  for (let round = 0; round < 5; round++) {
    for (const { store, together } of opened) {
      const channels = Array.from({ length: channelsAtOnce }, (_, index) => `channel-${index}`);
      together.push(await time(() => Promise.all(channels.map((channelId) => keepTurn(store, channelId)))));
    }
  }
  for (const { store, place } of opened) {
    await store.close();
    await place.empty();
  }
  return opened.map(({ name, alone, together }) => [
    name,
    `${median(alone).toFixed(2)} ms`,
    `${median(together).toFixed(0)} ms`,
  ]);
}

async function keepTurn(store: TurnStore, channelId: string): Promise<void> {
  const turn: Turn = makeTurn(`turn-${channelId}`, { channelId });
  if (await store.hasTurn(channelId, turn.question.id)) throw new Error('A turn of an earlier round is left.');
  for (let step = 1; step <= 5; step++) {
    turn.delivery = step;
    await store.saveTurn(turn);
  }
  await store.loadHistory(channelId);
  await store.saveHistory(channelId, history);
  await store.removeTurn(turn);
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

if (import.meta.main) console.log(toTable(storeHead, await measureStore()));
