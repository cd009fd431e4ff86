/** What is said of the model at the start. */
import { describe, expect, test } from 'vitest';
import { createAgent } from '../../../src/agent/create-agent.ts';
import { toAdvice, toRetirement } from '../../../src/agent/model/notice.ts';
import type { LogFields } from '../../../src/log.ts';
import { type ModelServerOptions, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { createMemoryStore } from '../support/memory-store.ts';

/** Starts an agent and resolves with what it says, or at the first line that `isEnough` accepts. */
async function startWith(name: string, options: ModelServerOptions) {
  await using server = await startModelServer(options);
  const said = Promise.withResolvers<[string, LogFields]>();
  const log = {
    debug() {},
    info() {},
    warn: (event: string, fields: LogFields = {}) => said.resolve([event, fields]),
    error() {},
  };
  const notices: object[] = [];
  const agent = createAgent({
    model: toModelConfig(server.baseUrl, { name }),
    toolServers: [],
    store: createMemoryStore(),
    log,
    limits: { warmUpAfterMs: 0 },
    onModelNotice: (notice) => notices.push(notice),
  });
  const [event, fields] = await said.promise;
  await agent.close();
  return { event, fields, notices };
}

describe('a model that is looked up', () => {
  test('and not known is told once, with what to set', async () => {
    const { event, fields, notices } = await startWith('gpt-5o', { models: ['gpt-4o'] });
    expect(event).toBe('model-unknown');
    expect(fields).toMatchObject({ model: 'gpt-5o', advice: expect.stringContaining('OPENAI_MODEL') });
    expect(notices).toEqual([{ type: 'model-unknown', model: 'gpt-5o' }]);
  });

  test('and soon switched off is told once, with the day', async () => {
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const { event, fields, notices } = await startWith('gpt-4o', { shutdownDates: { 'gpt-4o': day } });
    expect(event).toBe('model-retires');
    expect(fields).toMatchObject({ date: day, advice: expect.stringContaining('OPENAI_REASONING_EFFORT=none') });
    expect(notices).toHaveLength(1);
  });
});

describe('the end of a model', () => {
  const openai = { baseUrl: undefined };
  const november = Date.parse('2026-11-25');

  test.each<{ case: string; model: { name: string; baseUrl: string | undefined }; day?: string; said?: string }>([
    { case: 'gpt-4o on OpenAI', model: { ...openai, name: 'gpt-4o' }, said: '2027-01-14' },
    { case: 'a snapshot of it', model: { ...openai, name: 'gpt-4o-2024-11-20' }, said: '2027-01-14' },
    { case: 'its small sibling', model: { ...openai, name: 'gpt-4o-mini' } },
    { case: 'gpt-4o elsewhere', model: { name: 'gpt-4o', baseUrl: 'http://127.0.0.1:1/v1' } },
    { case: 'a day far off', model: { ...openai, name: 'gpt-6-luna' }, day: '2028-01-01' },
    { case: 'what the server says', model: { ...openai, name: 'gpt-4o' }, day: '2027-02-01', said: '2027-02-01' },
    { case: 'a date that is none', model: { ...openai, name: 'gpt-6-luna' }, day: 'soon' },
  ])('$case: $said', ({ model, day, said }) => {
    const notice = toRetirement(model, day, november);
    expect(notice?.type === 'model-retires' ? notice.date : undefined).toBe(said);
    if (notice !== undefined) expect(toAdvice(notice)).toContain('gpt-6-luna');
  });
});
