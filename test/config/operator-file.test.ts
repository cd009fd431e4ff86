/** The file that JUPAN_CONFIG names: what it says is checked, each mistake is one sentence, and the published schema is the same. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSchemaText } from '../../scripts/write-schema.ts';
import { loadOperatorFile } from '../../src/config/operator-file.ts';
import { readConfig } from '../../src/config/read.ts';
import { ConfigError } from '../../src/errors.ts';
import { settingNames } from '../../src/settings/layer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-operator-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(content: unknown) {
  const path = join(folder, 'jupan.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadOperatorFile({ JUPAN_CONFIG: path });
}

const whole = {
  $schema: './jupan.schema.json',
  budgets: [
    { of: 'bot', per: 'month', dollars: 50 },
    { of: 'role', id: '12345678901234567', per: 'day', tokens: 100_000 },
    { of: 'member', per: 'day', questions: 20 },
  ],
  budgetRoles: ['12345678901234567'],
  budgetWatchers: ['12345678901234568'],
  limits: { questionsPerMinute: 6, turnsAtOnce: 50, turnsAtOncePerServer: 5, waitingPerChannel: 10 },
};

test('without the variable there is nothing, and that is no problem', async () => {
  expect(await loadOperatorFile({})).toEqual({ file: {}, problems: [] });
  expect(await loadOperatorFile({ JUPAN_CONFIG: ' ' })).toEqual({ file: {}, problems: [] });
});

test('a whole one is read as the program uses it', async () => {
  const loaded = await load(whole);
  expect(loaded.problems).toEqual([]);
  expect(readConfig({}, {}, loaded).budget).toEqual({
    rules: [
      { of: 'bot', per: 'month', unit: 'dollars', cap: 50 },
      { of: 'role', per: 'day', unit: 'tokens', cap: 100_000, id: '12345678901234567' },
      { of: 'member', per: 'day', unit: 'questions', cap: 20 },
    ],
    roleIds: ['12345678901234567'],
    watcherIds: ['12345678901234568'],
    limits: { questionsPerMinute: 6, turnsAtOnce: 50, turnsAtOncePerServer: 5, waitingPerChannel: 10 },
  });
});

describe('what is wrong is said in a sentence that names the place', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /is not valid JSON/],
    ['no object', [], /the whole is wrong/],
    ['a misspelt field', { budget: [] }, /the whole is wrong: .*budget/],
    ['a cap that is none', { budgets: [{ of: 'bot', per: 'day', dollars: -1 }] }, /"budgets\.0\.dollars" is wrong/],
    ['no cap', { budgets: [{ of: 'bot', per: 'day' }] }, /"budgets\.0" needs exactly one of/],
    ['two caps', { budgets: [{ of: 'bot', per: 'day', dollars: 1, tokens: 5 }] }, /needs exactly one of/],
    ['a role without an id', { budgets: [{ of: 'role', per: 'day', tokens: 5 }] }, /needs the "id" of the role/],
    ['an id that is a number', { budgetRoles: [1234567890123456] }, /"budgetRoles\.0" is wrong/],
  ])('%s', async (_, content, sentence) => {
    const loaded = await load(content);
    expect(loaded.file).toEqual({});
    expect(loaded.problems.join('\n')).toMatch(sentence);
    expect(() => readConfig({}, {}, loaded)).toThrow(ConfigError);
    expect(() => readConfig({}, {}, loaded)).toThrow(/JUPAN_CONFIG/);
  });

  test('a file that is not there', async () => {
    const { problems } = await loadOperatorFile({ JUPAN_CONFIG: join(folder, 'nowhere.json') });
    expect(problems).toEqual([expect.stringContaining('cannot be read')]);
  });
});

test('the published schema is that of the program, and takes what it takes', async () => {
  const text = await readFile('jupan.schema.json', 'utf8');
  expect(JSON.parse(text)).toEqual(JSON.parse(toSchemaText()));
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text));
  expect(validate(whole)).toBe(true);
  expect(validate({ budgets: [{ of: 'everybody', per: 'day', dollars: 1 }] })).toBe(false);
});

const chosen = {
  models: [
    'small',
    { name: 'large', description: 'slow', reasoningEffort: 'high', prices: { input: 1, cached: 0.5, output: 4 } },
  ],
  settings: {
    defaults: { language: 'ko', toolsOff: { servers: ['shell'] }, approval: { when: 'destructive' } },
    settable: { person: ['language'] },
  },
};

test('models and what can be set are read as the program uses them', async () => {
  const loaded = await load(chosen);
  expect(loaded.problems).toEqual([]);
  const { models, settings } = readConfig({ OPENAI_MODEL: 'usual', NOTICES: 'folded' }, {}, loaded);
  expect(models).toEqual([
    { name: 'small' },
    { name: 'large', reasoningEffort: 'high', prices: { input: 1, cached: 0.5, output: 4 } },
  ]);
  expect(settings).toEqual({
    defaults: {
      notices: 'folded',
      language: 'ko',
      tools: { servers: ['shell'], tools: [] },
      approval: { when: 'destructive' },
    },
    models: [{ name: 'usual' }, { name: 'small' }, { name: 'large', description: 'slow' }],
    settable: { server: settingNames, channel: settingNames, person: ['language'] },
  });
});

test('nobody can be asked to approve where no role may', async () => {
  const loaded = await load({ settings: { defaults: { approval: { when: 'always', notAsker: true } } } });
  const keys = { DISCORD_TOKEN: 'token', OPENAI_API_KEY: 'sk-1' };
  expect(() => readConfig(keys, { discord: true, model: true }, loaded)).toThrow(
    /APPROVAL_ROLES: is missing.*JUPAN_CONFIG/,
  );
});
