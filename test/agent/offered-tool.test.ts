/** What members can look up: the tools by server, the arguments of one, and a channel's history. */
import { describe, expect, test } from 'vitest';
import { toArguments } from '../../src/agent/offered-tool.ts';
import { startAgent, toQuestion } from './support/start-agent.ts';
import { addTool, startToolServer } from './support/tool-server.ts';

const soon = () => AbortSignal.timeout(15_000);

describe('the tools', () => {
  test('are told by server as the model calls them, with who must approve a call', async () => {
    await using one = await startToolServer({ tools: [addTool, { ...addTool, name: 'drop', annotations: {} }] });
    await using two = await startToolServer({ tools: [addTool] });
    await using world = await startAgent({
      toolServers: [
        { name: 'one', url: one.url, headers: {}, approval: 'destructive' },
        { name: 'two', url: two.url, headers: {}, approval: 'always', notAsker: true },
      ],
    });
    const servers = await world.agent.tools(soon());
    expect(servers).toMatchObject([
      {
        server: 'one',
        isUp: true,
        missing: 0,
        tools: [
          { name: 'drop', approval: 'anybody' },
          { name: 'one_add', approval: 'nobody', description: 'Adds two numbers.', schema: addTool.inputSchema },
        ],
      },
      { server: 'two', tools: [{ name: 'two_add', approval: 'others' }] },
    ]);
    expect(world.model.requests).toEqual([]);
  });

  test('of a server that cannot be reached are those it had, and nobody waits for it longer than they want', async () => {
    await using server = await startToolServer({ tools: [addTool] });
    await using world = await startAgent({
      toolServers: [{ name: 'one', url: server.url, headers: {} }],
      limits: { toolConnectMs: 60_000 },
    });
    // Nobody waits, so that nothing is known yet.
    expect(await world.agent.tools(AbortSignal.abort())).toEqual([
      { server: 'one', isUp: false, tools: [], missing: 0 },
    ]);
    expect(await world.agent.tools(soon())).toMatchObject([{ isUp: true, tools: [{ name: 'add' }] }]);
    await server.close();
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: 'no' });
    await world.ask('1+2');
    expect(await world.agent.tools(AbortSignal.abort())).toMatchObject([{ isUp: false, tools: [{ name: 'add' }] }]);
  });

  test('that are more than is read of one server are counted', async () => {
    const tools = Array.from({ length: 1_010 }, (_, at) => ({ ...addTool, name: `add${at}` }));
    await using server = await startToolServer({ tools });
    await using world = await startAgent({ toolServers: [{ name: 'one', url: server.url, headers: {} }] });
    const [one] = await world.agent.tools(soon());
    expect([one?.tools.length, one?.missing]).toEqual([1_000, 10]);
  });
});

describe('the arguments of a tool', () => {
  const argument = (property: unknown, defs: object = {}) =>
    toArguments({ type: 'object', properties: { x: property }, $defs: defs })[0];

  test('are told in the order of the schema, with what is required', () => {
    const schema = {
      type: 'object',
      properties: { b: { type: 'number', description: 'second' }, a: { type: 'integer' } },
      required: ['a'],
    };
    expect(toArguments(schema)).toEqual([
      { name: 'b', kind: 'number', choices: [], isRequired: false, description: 'second' },
      { name: 'a', kind: 'integer', choices: [], isRequired: true, description: '' },
    ]);
  });

  test.each([
    [{ type: 'string' }, 'text'],
    [{ type: ['boolean', 'null'] }, 'boolean'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'object' }, 'object'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'anything'],
    [{ type: ['integer', 'string'] }, 'anything'],
    [{ type: 'date' }, 'anything'],
    [{ type: 'constructor' }, 'anything'],
    [{ $ref: '#/$defs/Name' }, 'text'],
    [{ $ref: '#/$defs/Round' }, 'anything'],
    [{ $ref: '#/$defs/__proto__' }, 'anything'],
    [{ $ref: 'https://example.org/schema' }, 'anything'],
    [{ anyOf: 'nonsense' }, 'anything'],
    [true, 'anything'],
    [null, 'anything'],
  ])('%j is %s', (property, kind) => {
    const defs = { Name: { type: 'string' }, Round: { $ref: '#/$defs/Round' } };
    expect(argument(property, defs)).toMatchObject({ kind, choices: [] });
  });

  test('that must be chosen tell their choices', () => {
    expect(argument({ enum: ['red', 1, null] })).toMatchObject({ kind: 'choice', choices: ['red', '1', 'null'] });
    expect(argument({ const: 'only' })).toMatchObject({ kind: 'choice', choices: ['only'] });
    const color = { enum: ['red', 'blue'], description: 'of the line' };
    expect(argument({ $ref: '#/$defs/Color' }, { Color: color })).toMatchObject({
      kind: 'choice',
      choices: ['red', 'blue'],
      description: 'of the line',
    });
  });

  test('may be none, whatever the schema is', () => {
    for (const schema of [{}, { properties: [] }, { properties: null, required: 'x' }])
      expect(toArguments(schema)).toEqual([]);
  });
});

describe('a history', () => {
  test('is what the channel has of ended turns, and another channel has none', async () => {
    await using world = await startAgent();
    world.model.enqueue({ text: '42' });
    const turn = await world.ask('15+27');
    const turns = await world.agent.history(turn.question.channelId);
    expect(turns).toMatchObject([{ question: { text: '15+27' }, end: { type: 'answered' }, delivery: null }]);
    expect(await world.agent.summary(turn.question.channelId)).toBeUndefined();
    expect(await world.agent.history('elsewhere')).toEqual([]);
    await world.agent.forget(turn.question.channelId);
    expect(await world.agent.history(turn.question.channelId)).toEqual([]);
  });

  test('that cannot be read is never taken for an empty one', async () => {
    await using world = await startAgent();
    world.store.failsOn = (call) => call === 'loadHistory';
    await expect(world.agent.history(toQuestion('?').channelId)).rejects.toMatchObject({ code: 'store-failed' });
  });
});
