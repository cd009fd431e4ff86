/** Files that tools return, named by the agent itself: they live as long as their turn is to be shown, and no longer. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import { createAgent } from '../../../src/agent/create-agent.ts';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore, type SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import type { FileReference, Turn } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { type ModelServer, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, toQuestion } from '../support/start-agent.ts';
import { startToolServer, type TestToolServer } from '../support/tool-server.ts';

const picture = Buffer.from('not a real picture').toString('base64');

let backend: Backend;
let store: SweptTurnStore;
let tools: TestToolServer;
let model: ModelServer;
let agent: Agent;

beforeEach(async () => {
  backend = openMemory();
  store = createTurnStore(backend, silentLogger, 'jupan');
  tools = await startToolServer({
    tools: [{ name: 'draw', run: () => ({ content: [{ type: 'image', data: picture, mimeType: 'image/png' }] }) }],
  });
  model = await startModelServer({});
  agent = createAgent({
    model: toModelConfig(model.baseUrl),
    toolServers: [{ name: 'tools', url: tools.url, headers: {} }],
    store,
    log: silentLogger,
    limits: { warmUpAfterMs: 60_000, toolConnectMs: 30_000 },
  });
});
afterEach(async () => {
  await agent.close();
  await Promise.all([model.close(), tools.close()]);
});

/** A turn whose tool has drawn a picture, which nobody was shown yet. */
async function draw(channelId: string): Promise<{ turn: Turn; file: FileReference }> {
  model.enqueue({ toolCalls: [{ name: 'draw', arguments: '{}' }] }, { text: 'Here it is.' });
  const turn = await takeStored(agent, toQuestion('Draw!', { channelId }), null);
  if (turn === undefined) throw new Error('not taken');
  await run(agent, turn);
  const [file] = turn.steps.flatMap(({ results }) => results.flatMap(({ files = [] }) => files));
  if (file === undefined) throw new Error('no file');
  return { turn, file };
}

const storedFiles = async () => [...(await backend.entries('jupan:file:')).keys()];

describe('a file of a turn', () => {
  test('stays until the turn is settled, however often the store is swept and its channel is forgotten', async () => {
    const { turn, file } = await draw('general');
    await store.sweep('everything');
    await agent.forget('general');
    await store.sweep('everything');
    expect(Buffer.from((await agent.readFile(file)) ?? []).toString('base64')).toBe(picture);
    await agent.settle(turn);
    expect(await storedFiles()).toEqual([]);
  });

  test('is forgotten with its channel when the turn was settled without it, and that of another channel is not', async () => {
    const [{ turn, file }, other] = [await draw('general'), await draw('elsewhere')];
    // As a process leaves it that is killed in the midst of settling.
    await store.removeTurn(turn);
    await store.removeTurn(other.turn);
    await agent.forget('general');
    expect(await agent.readFile(file)).toBeUndefined();
    expect(await storedFiles()).toEqual([`jupan:file:${other.file.key}`]);
    await store.sweep('everything');
    expect(await storedFiles()).toEqual([]);
  });
});
