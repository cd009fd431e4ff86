/** Pictures live as long as they are shown to the model: to the end of their turn, or as long as the history has room for them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import { createAgent } from '../../../src/agent/create-agent.ts';
import { mostTokens } from '../../../src/agent/history/trim.ts';
import type { AgentLimits } from '../../../src/agent/limits.ts';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore, type SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { type ModelServer, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { type FileSource, startFileSource } from '../../support/file-source.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { toPng } from '../../support/sent-files.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, toQuestion } from '../support/start-agent.ts';

const dayMs = 86_400_000;

let backend: Backend;
let source: FileSource;
let model: ModelServer;
const agents: Agent[] = [];

beforeEach(async () => {
  backend = openMemory();
  source = await startFileSource();
  model = await startModelServer({ respond: () => ({ text: 'I see.' }) });
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
  await Promise.all([model.close(), source[Symbol.asyncDispose]()]);
});

function open(limits: Partial<AgentLimits>, ttlMs?: number): { agent: Agent; store: SweptTurnStore } {
  const store = createTurnStore(backend, silentLogger, 'jupan', { ttlMs });
  const agent = createAgent({
    model: toModelConfig(model.baseUrl),
    toolServers: [],
    store,
    log: silentLogger,
    limits: { warmUpAfterMs: 60_000, ...limits },
    fetchAttachment: source.fetchAttachment,
  });
  agents.push(agent);
  return { agent, store };
}

/** Asks, with pictures of these widths, by which they are told apart. */
async function ask(
  agent: Agent,
  widths: readonly number[] = [],
  channelId = 'general',
  askedAt?: number,
): Promise<Turn> {
  const attachments = widths.map((width) => source.put(`${width}.png`, toPng(width, 1)));
  const asked = toQuestion('Look', { channelId, attachments });
  const turn = await takeStored(agent, { ...asked, ...(askedAt === undefined ? {} : { askedAt }) }, null);
  if (turn === undefined) throw new Error('not taken');
  await run(agent, turn);
  return turn;
}

async function askAndSettle(...given: Parameters<typeof ask>): Promise<void> {
  await given[0].settle(await ask(...given));
}

/** The widths of the pictures in the newest request, in their order. */
function shown(): number[] {
  const urls = model.requests.at(-1)?.messages.flatMap(({ pictures }) => pictures) ?? [];
  return urls.map((url) => Buffer.from(url.split(',')[1] ?? '', 'base64').readUInt32BE(16));
}

const storedFiles = async () => (await backend.entries('jupan:file:')).size;

describe('without room in the history', () => {
  test('they are shown in their own turn, and go when it is settled', async () => {
    const { agent, store } = open({});
    const turn = await ask(agent, [1, 2]);
    expect(shown()).toEqual([1, 2]);
    await store.sweep('everything');
    expect(await storedFiles()).toBe(2);
    await agent.settle(turn);
    expect(await storedFiles()).toBe(0);
    await ask(agent);
    expect(shown()).toEqual([]);
  });
});

describe('with room in the history', () => {
  test('the newest are shown again, and the others go', async () => {
    const { agent } = open({ historyPictures: 2 });
    await askAndSettle(agent, [1]);
    await askAndSettle(agent, [2, 3]);
    expect(shown()).toEqual([1, 2, 3]);
    expect(await storedFiles()).toBe(2);
    await askAndSettle(agent);
    expect(shown()).toEqual([2, 3]);
    await askAndSettle(agent, [4]);
    expect(shown()).toEqual([2, 3, 4]);
    expect(await storedFiles()).toBe(2);
    await askAndSettle(agent);
    expect(shown()).toEqual([3, 4]);
  });

  test('outlive a sweep and a restart, each conversation having its own', async () => {
    const first = open({ historyPictures: 2 });
    await askAndSettle(first.agent, [1]);
    await askAndSettle(first.agent, [2], 'elsewhere');
    await first.store.sweep('everything');
    const second = open({ historyPictures: 2 });
    await ask(second.agent);
    expect(shown()).toEqual([1]);
    await ask(second.agent, [], 'elsewhere');
    expect(shown()).toEqual([2]);
  });

  test('go when the conversation is forgotten, and those of another do not', async () => {
    const { agent } = open({ historyPictures: 2 });
    await askAndSettle(agent, [1]);
    await askAndSettle(agent, [2], 'elsewhere');
    await agent.forget('general');
    expect(await storedFiles()).toBe(1);
    await ask(agent);
    expect(shown()).toEqual([]);
  });

  test('go with their turn when the history is cut', async () => {
    const { agent } = open({ historyPictures: 5, historyTurns: 3 });
    await askAndSettle(agent, [1]);
    for (let turns = 0; turns < 3; turns += 1) await askAndSettle(agent);
    expect(await storedFiles()).toBe(0);
  });

  test('go with their turn when it is too old', async () => {
    const { agent, store } = open({ historyPictures: 5 }, dayMs);
    const now = Date.now();
    await askAndSettle(agent, [1], 'general', now - dayMs + 60_000);
    await askAndSettle(agent, [2], 'other', now);
    const later = createTurnStore(backend, silentLogger, 'jupan', { ttlMs: dayMs - 120_000 });
    await store.sweep('everything');
    expect(await storedFiles()).toBe(2);
    await later.sweep('everything');
    expect(await storedFiles()).toBe(1);
  });

  test('that a crash has left behind are swept', async () => {
    const { agent, store } = open({ historyPictures: 1 });
    const turn = await ask(agent, [1, 2]);
    // As a process leaves it that is killed in the midst of settling.
    await store.removeTurn(turn);
    expect(await storedFiles()).toBe(2);
    await store.sweep('everything');
    expect(await storedFiles()).toBe(1);
    await ask(agent);
    expect(shown()).toEqual([2]);
  });

  test('are no more than a request may hold', async () => {
    const size = toPng(1, 1).length;
    const { agent } = open({ historyPictures: 5, attachmentsBytes: size * 2 + 5 });
    for (const width of [1, 1, 1]) await askAndSettle(agent, [width]);
    await ask(agent);
    expect(shown()).toEqual([1, 1]);
  });

  test('cost what a picture costs, and their name when they are gone', () => {
    const asked = toQuestion('Look', { attachments: [{ name: 'a.png', bytes: 70, url: 'x' }] });
    const costOf = (key: string) =>
      mostTokens({
        version: 4,
        question: asked,
        warnings: [],
        steps: [],
        files: [
          { attachment: 0, type: 'image', file: { key, name: 'picture-1.png', mimeType: 'image/png', bytes: 70 } },
        ],
        delivery: null,
      });
    expect(costOf('q.sent.general.0') - costOf('')).toBeGreaterThan(1_000);
  });
});
