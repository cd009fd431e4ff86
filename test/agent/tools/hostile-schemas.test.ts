/** Schemas that take for ever, or all memory: nobody else waits for them, and the call is left to its server. */

import { afterAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../../../src/agent/tools/plain-schema.ts';
import { SchemaCheck } from '../../../src/agent/tools/schema-check.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, toQuestion } from '../support/start-agent.ts';
import { watchStretches } from '../support/stretches.ts';
import { startToolServer, type TestTool } from '../support/tool-server.ts';

const fine = { text: 'fine' };

/** 2.9 kB that stand for 2^40 schemas. */
const doubling = {
  type: 'object',
  properties: { a: { $ref: '#/$defs/d0' } },
  $defs: Object.fromEntries(
    Array.from({ length: 40 }, (_, depth) => [
      `d${depth}`,
      depth === 39 ? { type: 'null' } : { allOf: [1, 2].map(() => ({ $ref: `#/$defs/d${depth + 1}` })) },
    ]),
  ),
};
const patterns = {
  type: 'object',
  properties: { a: { allOf: Array.from({ length: 20 }, (_, place) => ({ pattern: `^(a+)+${place}$` })) } },
};
const unique = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } };
const deep: object = JSON.parse(`${'{"items":'.repeat(2_900)}{}${'}'.repeat(2_900)}`);

const hostile: [string, object, unknown][] = [
  ['references that double', doubling, null],
  ['twenty patterns that take for ever', patterns, `${'a'.repeat(40)}!`],
  ['types that are no text', { type: 'object', properties: { a: { type: [{ toString: 1 }, ['null']] } } }, null],
  [
    'ten thousand objects of which none may be another',
    unique,
    Array.from({ length: 10_000 }, (_, place) => ({ a: [place] })),
  ],
];

function toTool(inputSchema: object): TestTool {
  return { name: 'work', inputSchema, annotations: { readOnlyHint: true }, run: () => 'done' };
}

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

describe('a schema of', () => {
  test.each(hostile)('%s: holds nobody up, and the call goes to its server unchecked', async (_, schema, a) => {
    await using server = await startToolServer({ tools: [toTool(schema)] });
    await using world = await startAgent({
      toolServers: [{ name: 'server', url: server.url, headers: {} }],
      respond: ({ messages }) => {
        const last = messages.at(-1);
        return last?.role === 'tool' || last?.text.includes('hello') === true
          ? fine
          : { toolCalls: [{ name: 'work', arguments: { a } }] };
      },
    });
    await world.ask('hello');
    using stretches = watchStretches();
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
    expect(stretches.longest()).toBeLessThan(1_000);
  });

  test('references that double costs its time once', async () => {
    const check = new SchemaCheck();
    const value = { a: null };
    expect(await check.problemWith(doubling, value)).toBeUndefined();
    // Would take a second each, one after another.
    const again = await Promise.race([
      Promise.all(Array.from({ length: 60 }, () => check.problemWith(doubling, value))),
      new Promise((resolve) => setTimeout(() => resolve('late'), 10_000)),
    ]);
    expect(again).not.toBe('late');
    const pattern = { type: 'object', properties: { a: { pattern: '^x' } } };
    expect(await check.problemWith(pattern, { a: 'y' })).toBe('/a must match pattern "^x"');
    await check.close();
  });

  test('more levels than anybody needs takes the tool away and nothing else', async () => {
    const plain: TestTool = { ...toTool({ type: 'object' }), name: 'other' };
    await using server = await startToolServer({ tools: [toTool(deep), plain] });
    await using world = await startAgent({
      toolServers: [{ name: 'server', url: server.url, headers: {} }],
      answers: [{ toolCalls: [{ name: 'other', arguments: {} }] }, fine],
    });
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
    expect(world.model.requests[0]?.tools.map(({ name }) => name)).toEqual(['other']);
  });
});

test('a call that was interrupted is not held against the schema again on the way up', async () => {
  const started = Promise.withResolvers<void>();
  const waiting: TestTool = {
    ...toTool({ type: 'object' }),
    run: () => {
      started.resolve();
      return new Promise(() => {});
    },
  };
  await using server = await startToolServer({ tools: [waiting] });
  const toolServers = [{ name: 'server', url: server.url, headers: {}, trusted: true as const }];
  await using world = await startAgent({
    toolServers,
    answers: [{ toolCalls: [{ name: 'work', arguments: { a: 1 } }] }],
  });
  const turn = await takeStored(world.agent, toQuestion('go'), null);
  if (turn === undefined) throw new Error('not taken');
  const crash = new AbortController();
  const ran = run(world.agent, turn, { signal: crash.signal });
  await started.promise;
  crash.abort('suspend');
  await ran;
  // Checked, it would be refused.
  server.tools = [toTool({ type: 'object', properties: { a: { type: 'string' } } })];
  world.model.enqueue(fine);
  await run(world.restart(), turn);
  expect(resultsOf(turn)).toEqual([{ ok: true, text: 'done' }]);
});

describe('a plain schema is checked as any other', () => {
  const check = new SchemaCheck();
  afterAll(() => check.close());

  test.each<[object, unknown]>([
    [{ type: 'string' }, 1],
    [{ type: ['string', 'null'] }, 1],
    [{ type: 'integer' }, 1.5],
    [{ type: 'integer' }, 2 ** 60],
    [{ type: 'object', required: ['a', 'b'] }, { a: 1 }],
    [
      { type: 'object', properties: { a: {} }, additionalProperties: false },
      { a: 1, b: 2 },
    ],
    [{ type: 'array', items: { type: 'number' } }, [1, 'two', 3, 'four']],
    [
      { type: 'object', properties: { 'a/b': { type: 'object', properties: { '~c': { type: 'null' } } } } },
      { 'a/b': { '~c': 1 } },
    ],
    [{ enum: ['x', 'y'] }, 'z'],
    [{ enum: ['x', null] }, null],
    [{ type: 'number', minimum: 1, maximum: 2 }, 3],
    [{ type: 'number', minimum: 1 }, 0],
    [{ type: 'string', minLength: 3 }, '한글'],
    [{ type: 'string', maxLength: 1 }, '🙂'],
    [{ type: 'string', maxLength: 1 }, 'ab'],
  ])('%j of %j', async (schema, value) => {
    // A word that the checker on the spot does not know, and that says nothing.
    const thread = await check.problemWith({ ...schema, allOf: [{}] }, value);
    expect(problemsOf({ ...schema }, value, 4).join('; ') || undefined).toBe(thread);
  });
});

test('a name that every object has is one like any other', () => {
  const schema = { type: 'object', properties: { toString: { type: 'string' } }, required: ['toString'] };
  expect(problemsOf(schema, {}, 4)).toEqual(["they must have required property 'toString'"]);
  expect(problemsOf({ ...schema, required: [], additionalProperties: false }, { valueOf: 1 }, 4)).toEqual([
    'they must NOT have additional properties (valueOf)',
  ]);
});
