/** What is no longer in the store: after /forget, after the time that turns are retained, and for whoever has no key. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toFileKey } from '../../../src/agent/store/file-key.ts';
import { type OpenTurnStoreOptions, openTurnStore } from '../../../src/agent/store/open.ts';
import type { TurnStore } from '../../../src/agent/store/turn-store.ts';
import { silentLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { makeTurn } from './turns.ts';

for (const kind of placeKinds.filter(({ name }) => name !== 'memory')) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== undefined)(`a store in ${name}`, () => {
    let place: Place;
    let opened: TurnStore[];
    const open = async (options: Partial<OpenTurnStoreOptions> = {}) => {
      const store = await openTurnStore(place.storeUrl, { log: silentLogger, namespace, ...options });
      opened.push(store);
      return store;
    };
    const dump = async () => (await place.dump?.()) ?? '';

    beforeAll(async () => {
      opened = [];
    });
    beforeEach(async () => {
      place = await kind.prepare();
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await place.empty();
    });
    afterAll(() => opened.splice(0));

    test('holds nothing of a channel that was forgotten, neither of now nor of earlier', async () => {
      const store = await open();
      for (let count = 1; count <= 30; count += 1) {
        const turns = [makeTurn('1', { text: `geheim ${count} ${'x'.repeat(count * 400)}` }), makeTurn('2')];
        await store.saveHistory('general', turns);
        await store.saveHistory('elsewhere', [makeTurn('9', { channelId: 'elsewhere', text: 'offen' })]);
      }
      await store.saveFile(toFileKey('1', '0.0', 0), Buffer.from('geheimes Bild'));
      await store.saveFile(toFileKey('9', '0.0', 0), Buffer.from('offenes Bild'));
      const running = makeTurn('3', { text: 'still being answered' });
      await store.saveTurn(running);
      await store.saveFile(toFileKey('3', '0.0', 0), Buffer.from('laufendes Bild'));
      expect(await dump()).toContain('geheim');
      await store.forget('general');
      const left = await dump();
      expect(left).not.toContain('geheim');
      expect(left).not.toContain(Buffer.from('geheimes Bild').toString('base64'));
      expect(left).toContain('offen');
      expect(await store.loadFile(toFileKey('1', '0.0', 0))).toBeUndefined();
      expect(await store.loadFile(toFileKey('3', '0.0', 0))).toEqual(Buffer.from('laufendes Bild'));
      expect(await store.loadTurns()).toEqual([running]);
      expect(await store.loadHistory('general')).toEqual([]);
      expect(await store.loadHistory('elsewhere')).toHaveLength(1);
    });

    test('holds values that only the key opens', async () => {
      const storeKey = 'open sesame open sesame';
      const store = await open({ storeKey });
      await store.saveTurn(makeTurn('1', { text: 'geheim' }));
      await store.saveHistory('general', [makeTurn('2', { text: 'geheim' })]);
      await store.remember('seen', 'geheim');
      await store.saveFile(toFileKey('1', '0.0', 0), Buffer.from('geheim'));
      expect(await dump()).not.toContain('geheim');
      expect(await dump()).not.toContain(Buffer.from('geheim').toString('base64'));
      await store.close();
      const again = await open({ storeKey });
      expect(await again.loadTurns()).toEqual([makeTurn('1', { text: 'geheim' })]);
      expect(await again.loadHistory('general')).toEqual([makeTurn('2', { text: 'geheim' })]);
      expect(await again.recall('seen')).toBe('geheim');
      expect(await again.loadFile(toFileKey('1', '0.0', 0))).toEqual(Buffer.from('geheim'));
    });

    test.each([
      ['without a key', undefined, /STORE_KEY: is missing/],
      ['with another', 'open barley open barley', /STORE_KEY: is not the secret/],
    ])('that was written with a key is not opened %s, and nothing is changed', async (_, storeKey, message) => {
      const store = await open({ storeKey: 'open sesame open sesame' });
      await store.saveTurn(makeTurn('1'));
      await store.saveHistory('general', [makeTurn('2')]);
      await store.close();
      const before = await dump();
      await expect(open({ storeKey })).rejects.toMatchObject({
        code: 'bad-settings',
        message: expect.stringMatching(message),
      });
      expect(await dump()).toBe(before);
    });

    test('that was written without a key is read with one, and encrypted as it is written again', async () => {
      const plain = await open();
      await plain.saveHistory('general', [makeTurn('1', { text: 'geheim' })]);
      await plain.saveTurn(makeTurn('2', { text: 'geheim' }));
      await plain.close();
      const store = await open({ storeKey: 'open sesame open sesame' });
      expect(await store.loadHistory('general')).toEqual([makeTurn('1', { text: 'geheim' })]);
      for (const turn of await store.loadTurns()) await store.saveTurn(turn);
      await store.saveHistory('general', await store.loadHistory('general'));
      const other = await open({ storeKey: 'open sesame open sesame' });
      expect(await other.loadHistory('general')).toEqual([makeTurn('1', { text: 'geheim' })]);
      await Promise.all([store.close(), other.close()]);
      expect(await dump()).not.toContain('geheim');
    });

    test('is not misread by a process without a key that was there before there was one', async () => {
      const plain = await open();
      const store = await open({ storeKey: 'open sesame open sesame' });
      await store.saveTurn(makeTurn('1'));
      await store.saveHistory('general', [makeTurn('2')]);
      await expect(plain.loadHistory('general')).rejects.toMatchObject({ code: 'store-failed' });
      await expect(plain.loadTurns()).rejects.toMatchObject({ code: 'store-failed' });
      expect(await store.loadTurns()).toEqual([makeTurn('1')]);
      expect(await dump()).not.toContain(':unreadable:');
    });
  });
}
