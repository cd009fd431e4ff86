/** Numbers go through the whole chain to the letter: model, agent, tool server, and back to the model. */
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';
import { startAgent } from './support/start-agent.ts';
import { addTool, multiplyTool, startToolServer } from './support/tool-server.ts';

const echo = { ...addTool, inputSchema: {}, name: 'echo', run: () => 'heard' };

test.each([
  { name: 'add', args: '{"a":9007199254740993,"b":1}', result: '9007199254740994' },
  { name: 'add', args: '{"a":-9007199254740993,"b":-1}', result: '-9007199254740994' },
  { name: 'add', args: '{"a":1000000000000000000000000000000,"b":1}', result: '1000000000000000000000000000001' },
  {
    name: 'multiply',
    args: '{"a":123456789012345678901234567891,"b":987654321098765432109876543211}',
    result: String(123456789012345678901234567891n * 987654321098765432109876543211n),
  },
  { name: 'echo', args: '{"a":0.1000000000000000055511151231257827,"b":1.0}', result: 'heard' },
  { name: 'echo', args: '{"a":1e400,"b":-0,"c":[12345678901234567890,{"d":1E2}]}', result: 'heard' },
  { name: 'echo', args: '{"__proto__":{"a":1},"text":"9007199254740993"}', result: 'heard' },
])('$name $args', async ({ name, args, result }) => {
  await using server = await startToolServer({ tools: [addTool, multiplyTool, echo] });
  await using world = await startAgent({
    toolServers: [{ name: 'calculator', url: server.url, headers: {} }],
    answers: [{ toolCalls: [{ name, arguments: args }] }, { text: result }],
  });
  const turn = await world.ask('calculate');
  expect(server.sent('tools/call')[0]).toContain(`"arguments":${args}`);
  const [, assistant, tool] = world.model.requests[1]?.messages.slice(-3) ?? [];
  expect(assistant?.toolCalls[0]?.arguments).toBe(args);
  expect(tool?.text).toBe(result);
  expect(turn.steps[0]).toMatchObject({ calls: [{ arguments: args }], results: [{ ok: true, text: result }] });
  world.model.assertComplete();
});

test('with the real calculator', async () => {
  const calculator = await startCalculatorServer({ host: '127.0.0.1', port: 0, log: silentLogger });
  await using world = await startAgent({
    toolServers: [{ name: 'calculator', url: calculator.url, headers: {} }],
    answers: [
      { toolCalls: [{ name: 'add', arguments: '{"a":9007199254740993,"b":1}' }] },
      { toolCalls: [{ name: 'multiply', arguments: '{"a":123456789012345678901234567891,"b":3}' }] },
      { toolCalls: [{ name: 'divide', arguments: '{"a":1,"b":0}' }] },
      { text: 'done' },
    ],
  });
  const turn = await world.ask('calculate');
  expect(turn.steps.flatMap((step) => step.results)).toMatchObject([
    { ok: true, text: '9007199254740994' },
    { ok: true, text: '370370367037037036703703703673' },
    { ok: false, text: expect.stringMatching(/zero/i) },
  ]);
  world.model.assertComplete();
  await calculator.close();
});
