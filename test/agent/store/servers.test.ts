import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerTimeoutMs } from '../../../src/agent/store/backend.ts';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import type { TurnStore } from '../../../src/agent/store/turn-store.ts';
import { silentLogger } from '../../../src/log.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { makeTurn } from './turns.ts';

for (const kind of placeKinds.filter(({ name }) => name === 'redis' || name === 'postgres')) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== undefined)(`a turn store whose ${name} fails`, () => {
    let place: Place;
    let proxy: TcpProxy;
    let store: TurnStore;
    const storeUrl = () => {
      const url = new URL(place.storeUrl);
      url.host = `127.0.0.1:${proxy.port}`;
      return url.href;
    };
    const open = () => openTurnStore(storeUrl(), { log: silentLogger, namespace });

    beforeAll(async () => {
      place = await kind.prepare();
    });
    afterAll(() => place.empty());
    beforeEach(async () => {
      const { hostname, port } = new URL(place.storeUrl);
      proxy = await startTcpProxy({ host: hostname, port: Number(port) });
      store = await open();
      await store.saveHistory('general', [makeTurn('1')]);
    });
    afterEach(async () => {
      await store.close();
      await proxy[Symbol.asyncDispose]();
    });

    const callsOfEveryKind = () => [
      store.loadHistory('general'),
      store.saveHistory('general', [makeTurn('2')]),
      store.forget('general'),
      store.saveTurn(makeTurn('3')),
      store.removeTurn(makeTurn('3')),
      store.hasTurn('general', '1'),
      store.recall('seen'),
      store.remember('seen', 1),
      store.loadTurns(),
    ];
    const isBack = () => vi.waitFor(() => store.recall('seen'), { timeout: 10_000 });

    test('rejects every call while the server is away, loses no history, and goes on when it is back', async () => {
      await proxy.cut();
      for (const result of await Promise.allSettled(callsOfEveryKind())) {
        expect(result).toMatchObject({
          status: 'rejected',
          reason: { code: 'store-failed', cause: expect.any(Error) },
        });
      }
      await proxy.mend();
      await isBack();
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
      await store.saveHistory('general', [makeTurn('1'), makeTurn('2')]);
      expect(await store.loadHistory('general')).toEqual([makeTurn('1'), makeTurn('2')]);
    });

    test('rejects every call in time while the server is frozen, and goes on when it thaws', async () => {
      proxy.freeze();
      const before = performance.now();
      for (const result of await Promise.allSettled(callsOfEveryKind())) {
        expect(result).toMatchObject({
          status: 'rejected',
          reason: { code: 'store-failed', cause: expect.any(Error) },
        });
      }
      expect(performance.now() - before).toBeLessThan(6 * answerTimeoutMs);
      proxy.thaw();
      await isBack();
      await store.saveHistory('general', [makeTurn('4')]);
      expect(await store.loadHistory('general')).toEqual([makeTurn('4')]);
    });

    test('never begins a write that waited too long behind a frozen one', async () => {
      proxy.freeze();
      const first = store.remember('order', 'first');
      const second = store.remember('order', 'second');
      expect(await Promise.allSettled([first, second])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
      proxy.thaw();
      await isBack();
      expect(await store.recall('order')).not.toBe('second');
    });

    test('outlives the loss of an idle connection', async () => {
      await proxy.cut();
      await proxy.mend();
      await isBack();
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
    });

    test('closes in time while the server is frozen', async () => {
      proxy.freeze();
      const call = store.loadHistory('general');
      await Promise.all([expect(call).rejects.toMatchObject({ code: 'store-failed' }), store.close()]);
    });

    test('cannot be opened while the server is away or frozen, and says so within 3 s without the password', async () => {
      const url = new URL(storeUrl());
      url.password = 'opensesame';
      const expected = {
        problems: [
          {
            variable: 'STORE_URL',
            advice: expect.stringMatching(
              /^(redis|postgres):\/\/127\.0\.0\.1:\d+\S* cannot be used as the store \([^)]+\): start that \S+ server or correct .+\.$/,
            ),
          },
        ],
      };
      proxy.freeze();
      const before = performance.now();
      await expect(openTurnStore(url.href, { log: silentLogger, namespace })).rejects.toMatchObject(expected);
      expect(performance.now() - before).toBeLessThan(10_000);
      proxy.thaw();
      await proxy.cut();
      await expect(openTurnStore(url.href, { log: silentLogger, namespace })).rejects.toMatchObject(expected);
    });
  });
}
