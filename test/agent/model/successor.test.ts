/** The end of the default model: its successor answers from then on, and no question fails because of that day. */
import { expect, test } from 'vitest';
import { createModel } from '../../../src/agent/model/model.ts';
import type { ModelNotice } from '../../../src/agent/model/notice.ts';
import { silentLogger } from '../../../src/log.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';

const request = {
  messages: [{ role: 'user' as const, content: '1 + 1?' }],
  tools: [],
  mayCallTools: false,
  channelId: '1',
  authorId: '2',
  signal: new AbortController().signal,
  onText: () => {},
};
const limits = { streamIdleMs: 10_000, modelResponseMs: 10_000, modelRetryMs: 100 };

async function open(given: { isDefault: boolean; models: string[] }) {
  const server = await startModelServer({
    models: given.models,
    respond: () => ({ text: '2', usage: { promptTokens: 1_000_000, cachedTokens: 0, completionTokens: 0 } }),
  });
  const said: ModelNotice[] = [];
  const config = toModelConfig(server.baseUrl, {
    isDefault: given.isDefault,
    prices: { input: 9, cached: 9, output: 9 },
  });
  const model = createModel(config, { limits, log: silentLogger, onReplaced: (notice) => said.push(notice) });
  return { server, model, said };
}

test('many questions at once find the default gone: all are answered by its successor, and it is said once', async () => {
  const { server, model, said } = await open({ isDefault: true, models: ['gpt-6-luna'] });
  await using _ = server;
  const answers = await Promise.all(Array.from({ length: 20 }, () => model.complete(request)));
  expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => '2'));
  expect(said).toEqual([{ type: 'model-replaced', model: 'gpt-4o', by: 'gpt-6-luna' }]);
  // It takes tools only without reasoning, and costs what it costs.
  expect(server.requests.at(-1)?.body).toMatchObject({ model: 'gpt-6-luna', reasoning_effort: 'none' });
  expect(answers[0]?.usage?.costUsd).toBeCloseTo(0.1);
  await model.complete(request);
  expect(server.requests.filter(({ model: name }) => name === 'gpt-4o')).toHaveLength(20);
});

test('the look-up at the start finds it out before anybody asks', async () => {
  const { server, model, said } = await open({ isDefault: true, models: ['gpt-6-luna'] });
  await using _ = server;
  expect(await model.lookUp(request.signal)).toBeUndefined();
  expect(said).toHaveLength(1);
  await model.complete(request);
  expect(server.requests.map(({ model: name }) => name)).toEqual(['gpt-6-luna']);
});

test.each([
  { what: 'a model that the operator has chosen is not replaced', isDefault: false, models: ['gpt-6-luna'] },
  { what: 'nor is one by what the server does not have either', isDefault: true, models: ['llama'] },
])('$what', async ({ isDefault, models }) => {
  const { server, model, said } = await open({ isDefault, models });
  await using _ = server;
  await expect(model.complete(request)).rejects.toMatchObject({ code: 'model-unknown' });
  expect(await model.lookUp(request.signal)).toEqual({ type: 'model-unknown', model: 'gpt-4o' });
  expect(said).toEqual([]);
});
