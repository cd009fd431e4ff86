/** What holds, layer by layer, and where it comes from. */
import { describe, expect, test } from 'vitest';
import { lets } from '../../src/settings/access.ts';
import { meaningful, noRules, settingNames } from '../../src/settings/layer.ts';
import { type Layers, type OperatorSettings, type Resolved, resolve } from '../../src/settings/resolve.ts';
import { toTurnSettings } from '../../src/settings/turn-settings.ts';

const operator: OperatorSettings = {
  defaults: { notices: 'all' },
  models: [{ name: 'usual' }, { name: 'small' }, { name: 'large' }],
  settable: meaningful,
};

type Values = Partial<Resolved['values']>;
type Origins = Partial<Resolved['origins']>;
interface Row {
  readonly fact: string;
  readonly layers: Layers;
  readonly of?: Partial<OperatorSettings>;
  readonly values: Values;
  readonly origins: Origins;
  readonly ignored?: Resolved['ignored'];
}

const rows: readonly Row[] = [
  {
    fact: 'where nothing is set, it is as the operator says',
    layers: {},
    values: {
      language: 'discord',
      instructions: [],
      model: undefined,
      tools: { servers: [], tools: [] },
      approval: undefined,
      notices: 'all',
      private: false,
      access: [],
    },
    origins: {
      language: ['operator'],
      instructions: [],
      model: ['operator'],
      tools: ['operator'],
      access: ['operator'],
    },
  },
  {
    fact: 'the nearest layer that names a language, a model or a style holds',
    layers: {
      server: { language: 'ko', model: 'small', notices: 'failures', private: true },
      channel: { language: 'en', notices: 'folded' },
      person: { model: 'large', language: 'discord' },
    },
    values: { language: 'discord', model: 'large', notices: 'folded', private: true },
    origins: {
      language: ['person'],
      model: ['person'],
      notices: ['channel'],
      private: ['server'],
    },
  },
  {
    fact: 'the operator’s defaults lie under all',
    of: { defaults: { notices: 'folded', language: 'ko', private: true } },
    layers: { server: { private: false } },
    values: { notices: 'folded', language: 'ko', private: false },
    origins: { notices: ['operator'], language: ['operator'], private: ['server'] },
  },
  {
    fact: 'instructions of all layers are given along, the widest first',
    layers: { person: { instructions: 'mine' }, server: { instructions: 'ours' } },
    values: {
      instructions: [
        { of: 'server', text: 'ours' },
        { of: 'person', text: 'mine' },
      ],
    },
    origins: { instructions: ['server', 'person'] },
  },
  {
    fact: 'what one layer switches off, no nearer one switches on',
    of: { defaults: { notices: 'all', tools: { servers: ['shell'], tools: [] } } },
    layers: {
      server: { tools: { servers: [], tools: ['rm'] } },
      person: { tools: { servers: ['web'], tools: ['rm'] } },
    },
    values: { tools: { servers: ['shell', 'web'], tools: ['rm'] } },
    origins: { tools: ['operator', 'server', 'person'] },
  },
  {
    fact: 'approval becomes stricter only',
    layers: {
      server: { approval: { when: 'always' } },
      channel: { approval: { when: 'destructive', notAsker: true } },
      person: { approval: { when: 'destructive' } },
    },
    values: { approval: { when: 'always', notAsker: true } },
    origins: { approval: ['server', 'channel', 'person'] },
  },
  {
    fact: 'what the operator demands, nobody loosens',
    of: { defaults: { notices: 'all', approval: { when: 'always', notAsker: true } } },
    layers: { server: { approval: { when: 'destructive' } } },
    values: { approval: { when: 'always', notAsker: true } },
    origins: { approval: ['operator', 'server'] },
  },
  {
    fact: 'rules of server and channel both hold',
    layers: {
      server: { access: { ...noRules, deniedRoles: ['1'] } },
      channel: { access: { ...noRules, allowedRoles: ['2'] } },
    },
    values: {
      access: [
        { ...noRules, deniedRoles: ['1'] },
        { ...noRules, allowedRoles: ['2'] },
      ],
    },
    origins: { access: ['server', 'channel'] },
  },
  {
    fact: 'nobody decides for themselves who may ask',
    layers: { person: { access: noRules } },
    values: { access: [] },
    origins: { access: ['operator'] },
    ignored: [{ scope: 'person', setting: 'access' }],
  },
  {
    fact: 'a model that is not offered any more does not count: the next layer below does',
    layers: { server: { model: 'small' }, person: { model: 'gone' } },
    values: { model: 'small' },
    origins: { model: ['server'] },
    ignored: [{ scope: 'person', setting: 'model' }],
  },
  {
    fact: 'what the operator does not let be set any more does not count',
    of: { settable: { ...meaningful, person: ['language'] } },
    layers: { server: { instructions: 'ours' }, person: { instructions: 'mine', language: 'ko' } },
    values: { instructions: [{ of: 'server', text: 'ours' }], language: 'ko' },
    origins: { instructions: ['server'], language: ['person'] },
    ignored: [{ scope: 'person', setting: 'instructions' }],
  },
];

test.each(rows)('$fact', ({ layers, of, values, origins, ignored = [] }) => {
  const resolved = resolve({ ...operator, ...of }, layers);
  expect(resolved.values).toMatchObject(values);
  expect(resolved.origins).toMatchObject(origins);
  expect(resolved.ignored).toEqual(ignored);
  expect(Object.keys(resolved.origins).toSorted()).toEqual(settingNames.toSorted());
});

describe('what goes into the record', () => {
  test('is nothing where nothing is set', () => {
    expect(toTurnSettings(resolve(operator, {}))).toBeUndefined();
    expect(toTurnSettings(resolve(operator, { server: { private: true, access: noRules } }))).toBeUndefined();
  });

  test('is what a layer says, though the operator says the same', () => {
    expect(toTurnSettings(resolve(operator, { channel: { notices: 'all', language: 'ko' } }))).toEqual({
      notices: 'all',
      language: 'ko',
    });
  });
});

describe('who may ask', () => {
  const in1 = { roleIds: ['a', 'b'], channelIds: ['thread', 'parent'] };
  test.each([
    ['anybody, without rules', [], true],
    ['who has a role that is allowed', [{ ...noRules, allowedRoles: ['b'] }], true],
    ['not who has none of them', [{ ...noRules, allowedRoles: ['c'] }], false],
    [
      'not who has a role that is denied, whatever else is allowed',
      [{ ...noRules, allowedRoles: ['a'], deniedRoles: ['b'] }],
      false,
    ],
    ['in a thread of a channel that is allowed', [{ ...noRules, allowedChannels: ['parent'] }], true],
    [
      'not in a thread of a channel that is denied',
      [{ ...noRules, allowedChannels: ['thread'], deniedChannels: ['parent'] }],
      false,
    ],
    [
      'only whom all rules let',
      [
        { ...noRules, allowedRoles: ['a'] },
        { ...noRules, deniedRoles: ['a'] },
      ],
      false,
    ],
  ])('%s', (_who, rules, may) => {
    expect(lets(rules, in1)).toBe(may);
  });
});
