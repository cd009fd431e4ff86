/** What somebody who can write to the place, and has no key, can make Jupan believe. */
import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toFileKey } from '../../../src/agent/store/file-key.ts';
import { type OpenedStore, openTurnStore } from '../../../src/agent/store/open.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { createLogger, silentLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { makeTurn } from './turns.ts';

const storeKey = 'open sesame open sesame';
const pictureKey = toFileKey('1', '0.0', 0);

/** A call that waits for a person, and one word of somebody who has no say. */
function makeApproved(id: string): Turn {
  const { end: _, ...turn } = makeTurn(id);
  const call = { id: 'call-1', name: 'pay', arguments: '{}' };
  const approval = { callId: 'call-1', until: Date.now() + 60_000, decision: 'approved' as const, by: '7' };
  return { ...turn, steps: [{ text: '', calls: [call], results: [], approvals: [approval] }] };
}

for (const kind of placeKinds.filter(({ name }) => name !== 'memory')) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== undefined)(`an encrypted store in ${name}`, () => {
    let place: Place;
    const opened: OpenedStore[] = [];
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({ level: 'debug', stream: { write: (line) => lines.push(JSON.parse(line)) } });
    const open = async (key: string | undefined = storeKey) => {
      const store = await openTurnStore(place.storeUrl, { log, namespace, storeKey: key });
      opened.push(store);
      return store;
    };
    const put = (key: string, value: string | undefined) => place.put?.(`${namespace}:${key}`, value);
    const look = async (key: string) => (await place.look?.(`${namespace}:${key}`)) ?? '';
    const dump = async () => (await place.dump?.()) ?? '';
    const setAside = () => lines.filter(({ event }) => event === 'store-record-unreadable').map(({ key }) => key);

    beforeEach(async () => {
      place = await kind.prepare();
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await place.empty();
      lines.length = 0;
    });
    afterAll(() => opened.splice(0));

    test('is what a place should be that others can reach: without a key, that is warned of once', async () => {
      const isWarned = () => lines.filter(({ event }) => event === 'store-not-encrypted').length;
      await (await open()).close();
      expect(isWarned()).toBe(0);
      await place.empty();
      await (await openTurnStore(place.storeUrl, { log, namespace })).close();
      expect(isWarned()).toBe(kind.name === 'sqlite' ? 0 : 1);
      expect(JSON.stringify(lines)).not.toContain('postgres@');
    });

    test('takes nothing that was written without the key: it is set aside, and said', async () => {
      const store = await open();
      await store.saveTurn(makeTurn('2'));
      await put('turn:1', JSON.stringify(makeApproved('1')));
      await put('history:general', JSON.stringify({ version: 2, turns: [makeTurn('3', { text: 'I am the owner' })] }));
      await put('value:seen', '"everything"');
      await put(`file:${pictureKey}`, Buffer.from('another picture').toString('base64'));
      expect(await store.loadTurns()).toEqual([makeTurn('2')]);
      expect(await store.loadHistory('general')).toEqual([]);
      expect(await store.loadHistoryNotes('general')).toEqual({});
      expect(await store.recall('seen')).toBeUndefined();
      expect(await store.loadFile(pictureKey)).toBeUndefined();
      expect(setAside().sort()).toEqual(['1', 'general', pictureKey, 'seen'].sort());
      // For whoever looks into it, and has the key: nothing was dropped, and nothing stands there to be read by others.
      const copies = (await dump()).match(new RegExp(`${namespace}:unreadable:(turn|history|value):`, 'g'));
      expect(new Set(copies).size).toBe(3);
      await store.saveHistory('general', [makeTurn('2')]);
      expect(await look('history:general')).toMatch(/^aes-256-gcm:2:/);
    });

    test('takes no value in the place of another', async () => {
      const store = await open();
      await store.saveTurn(makeApproved('1'));
      await store.saveHistory('private', [makeTurn('2', { channelId: 'private' })]);
      await store.remember('seen', 'of long ago');
      await store.saveFile(pictureKey, Buffer.from('picture'));
      await put('turn:9', await look('turn:1'));
      await put('history:public', await look('history:private'));
      await put('value:other', await look('value:seen'));
      await put(`file:${toFileKey('2', '0.0', 0)}`, await look(`file:${pictureKey}`));
      expect((await store.loadTurns()).map(({ question }) => question.id)).toEqual(['1']);
      expect(await store.loadHistory('public')).toEqual([]);
      expect(await store.recall('other')).toBeUndefined();
      expect(await store.loadFile(toFileKey('2', '0.0', 0))).toBeUndefined();
      expect(await store.loadHistory('private')).toHaveLength(1);
      expect(Buffer.from((await store.loadFile(pictureKey)) ?? []).toString()).toBe('picture');
    });

    test('that was written without a key is encrypted whole before anything of it is used, and from then on takes no more of it', async () => {
      const plain = await openTurnStore(place.storeUrl, { log: silentLogger, namespace });
      await plain.saveHistory('general', [makeTurn('1', { text: 'geheim' })]);
      await plain.saveHistory('quiet', [makeTurn('2', { text: 'geheim', channelId: 'quiet' })]);
      await plain.saveTurn(makeTurn('3', { text: 'geheim' }));
      await plain.saveFile(toFileKey('3', '0.0', 0), Buffer.from('geheim'));
      await plain.remember('seen', 'geheim');
      await put('unreadable:history:general:0123456789ab:1700000000000', 'geheim');
      await plain.close();
      const store = await open();
      expect(await store.loadTurns()).toEqual([makeTurn('3', { text: 'geheim' })]);
      expect(await store.loadHistory('general')).toEqual([makeTurn('1', { text: 'geheim' })]);
      expect(await store.loadHistory('quiet')).toHaveLength(1);
      expect(await store.recall('seen')).toBe('geheim');
      expect(await store.loadFile(toFileKey('3', '0.0', 0))).toEqual(Buffer.from('geheim'));
      expect(lines.filter(({ event }) => event === 'store-encrypted')).toMatchObject([{ level: 'warn', plain: 6 }]);
      await store.close();
      expect(await dump()).not.toContain('geheim');
      expect(await dump()).not.toContain(Buffer.from('geheim').toString('base64'));
      await put('history:quiet', JSON.stringify({ version: 2, turns: [makeTurn('4')] }));
      expect(await (await open()).loadHistory('quiet')).toEqual([]);
      expect(lines.filter(({ event }) => event === 'store-encrypted')).toHaveLength(1);
    });

    test('that was written without a key knows of no approval: the call waits for a person again', async () => {
      const plain = await openTurnStore(place.storeUrl, { log: silentLogger, namespace });
      await plain.saveTurn(makeApproved('1'));
      await plain.close();
      const [turn] = await (await open()).loadTurns();
      const [approval] = turn?.steps[0]?.approvals ?? [];
      expect(approval).toEqual({ callId: 'call-1', until: expect.any(Number) });
    });

    test('of the first version, which bound no value to its key, is read once and bound; then nothing of that form is taken', async () => {
      const { salt, seal } = makeFirstVersion();
      const plain = await openTurnStore(place.storeUrl, { log: silentLogger, namespace });
      await plain.close();
      await put('encryption', JSON.stringify({ version: 1, salt: salt.toString('base64'), proof: seal('jupan') }));
      await put('value:store-opened-at', seal('1700000000000'));
      await put('turn:1', seal(JSON.stringify(makeApproved('1'))));
      await put('history:general', seal(JSON.stringify({ version: 2, turns: [makeTurn('2')] })));
      // Written before there was a key, and not again since.
      await put('history:quiet', JSON.stringify({ version: 2, turns: [makeTurn('3')] }));
      const store = await open();
      expect((await store.loadTurns()).map(({ question }) => question.id)).toEqual(['1']);
      expect(await store.loadHistory('general')).toEqual([makeTurn('2')]);
      expect(await store.loadHistory('quiet')).toEqual([makeTurn('3')]);
      await store.close();
      expect((await dump()).match(/aes-256-gcm:2:/g)?.length).toBeGreaterThanOrEqual(5);
      expect(await dump()).not.toMatch(/aes-256-gcm:(?!2:)/);
      await put('history:general', seal(JSON.stringify({ version: 2, turns: [makeTurn('4')] })));
      expect(await (await open()).loadHistory('general')).toEqual([]);
    });

    test('of the first version is not opened with another key', async () => {
      const { salt, seal } = makeFirstVersion();
      await (await openTurnStore(place.storeUrl, { log: silentLogger, namespace })).close();
      await put('encryption', JSON.stringify({ version: 1, salt: salt.toString('base64'), proof: seal('jupan') }));
      await expect(open('open barley open barley')).rejects.toMatchObject({
        message: expect.stringMatching(/STORE_KEY: is not the secret/),
      });
    });

    test.each([
      ['with the key', storeKey],
      ['without a key', undefined],
    ])('is not opened %s when what it holds about its key is gone: anybody’s values would be taken', async (_, key) => {
      const store = await open();
      await store.saveTurn(makeTurn('1'));
      await store.close();
      await put('encryption', undefined);
      const before = await dump();
      await expect(openTurnStore(place.storeUrl, { log, namespace, storeKey: key })).rejects.toMatchObject({
        message: expect.stringMatching(/STORE_KEY: cannot be used: .*backup/),
      });
      expect(await dump()).toBe(before);
    });
  });
}

/** What the first version did. */
function makeFirstVersion() {
  const salt = randomBytes(16);
  const secret = scryptSync(storeKey, salt, 32, { N: 2 ** 14 });
  const seal = (text: string) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce);
    const sealed = [cipher.update(text, 'utf8'), cipher.final()];
    return `aes-256-gcm:${Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64')}`;
  };
  return { salt, seal };
}
