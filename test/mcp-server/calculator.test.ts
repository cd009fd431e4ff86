import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type CallToolResult, CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';

let server: Awaited<ReturnType<typeof startCalculatorServer>>;
let client: Client;

beforeAll(async () => {
  server = await startCalculatorServer({ host: '127.0.0.1', port: 0, log: silentLogger });
  client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  // The client checks every result against the output schemas that it has listed.
  await client.listTools();
});

afterAll(async () => {
  await client.close();
  await server.close();
});

describe('the list of tools', () => {
  test('names every tool of the contract, in a steady order, and says that calls may be made at once', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'add',
      'subtract',
      'multiply',
      'divide',
      'power',
      'sqrt',
      'evaluate',
      'plot',
      'chart',
    ]);
    for (const tool of tools) {
      expect(tool.title).toMatch(/^[A-Z]/);
      expect(tool.annotations).toMatchObject({ readOnlyHint: true, idempotentHint: true, openWorldHint: false });
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    }
    for (const tool of tools.slice(0, 7)) {
      expect(tool.description).toContain('may be made at once');
      expect(tool.outputSchema).toMatchObject({ required: ['result'] });
    }
    for (const tool of tools.slice(7)) expect(tool.outputSchema).toMatchObject({ required: ['description'] });
    expect(tools[0]?.inputSchema).toMatchObject({
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    });
    expect(tools[5]?.inputSchema.required).toEqual(['a']);
    expect(tools[6]?.inputSchema).toMatchObject({ properties: { expression: { type: 'string' } } });
  });
});

describe('results', () => {
  test.each([
    ['add', { a: 15, b: 27 }, '42'],
    ['add', { a: 0.1, b: 0.2 }, '0.3'],
    ['add', { a: -5, b: 5 }, '0'],
    ['subtract', { a: 1, b: 0.9 }, '0.1'],
    ['multiply', { a: 123456789, b: 987654321 }, '121932631112635269'],
    ['divide', { a: 7, b: 8 }, '0.875'],
    ['divide', { a: 1, b: 3 }, `0.${'3'.repeat(50)}`],
    ['power', { a: 2, b: 100 }, '1267650600228229401496703205376'],
    ['power', { a: 2, b: -2 }, '0.25'],
    ['power', { a: 2, b: 0.5 }, '1.4142135623730950488016887242096980785696718753769'],
    ['sqrt', { a: 16 }, '4'],
    ['sqrt', { a: 0.25 }, '0.5'],
    ['evaluate', { expression: '(15 + 27) * 3 / 4' }, '31.5'],
    ['add', { a: '3', b: ' -4.5e1 ' }, '-42'],
  ])('%s %j is %s, and nothing else', async (name, given, text) => {
    const result = await call(name, given);
    expect(result).toEqual({ content: [{ type: 'text', text }], structuredContent: { result: Number(text) } });
  });

  test.each([
    ['9007199254740993', '1', '9007199254740994'],
    ['-9007199254740993', '-1', '-9007199254740994'],
    ['1000000000000000000000000000001', '1', '1000000000000000000000000000002'],
    ['1e21', '1', '1000000000000000000001'],
    ['1E-5', '1e3', '1000.00001'],
    ['0.1234567890123456789', '0.0000000000000000001', '0.123456789012345679'],
    ['12345678901234567890', '0.5', '12345678901234567890.5'],
    ['1.0', '2.50', '3.5'],
    ['-0', '0', '0'],
  ])('the digits of %s + %s on the wire are the digits that are added', async (a, b, text) => {
    const { status, body } = await post(`{"name":"add","arguments":{"a":${a},"b":${b}}}`);
    expect(status).toBe(200);
    expect(body).toContain(`"text":"${text}"`);
    expect(body).toContain(`"structuredContent":{"result":${text}}`);
  });

  test('a client that sends raw numbers gets exact ones', async () => {
    const result = await call('add', { a: JSON.rawJSON('9007199254740993'), b: 1 });
    expect(result.content).toEqual([{ type: 'text', text: '9007199254740994' }]);
  });

  test('a number beyond double precision is still a valid result for a client that checks the schema', async () => {
    const { content, structuredContent } = await call('power', { a: 10, b: 400 });
    const text = `1${'0'.repeat(400)}`;
    expect(content).toEqual([{ type: 'text', text }]);
    expect(structuredContent).toEqual({ result: text });
    const tiny = await call('evaluate', { expression: 'exp(-1000)' });
    expect(tiny.structuredContent).toEqual({ result: 0 });
    expect(tiny.content).toEqual([{ type: 'text', text: expect.stringMatching(/^5\.0759\d+e-435$/) }]);
  });
});

describe('bad input is a tool error with one clear sentence', () => {
  test.each([
    ['add', { a: 'fifteen', b: 1 }, '"a" must be a number such as 42 or -0.5, but it is text that is no number.'],
    ['add', { a: '', b: 1 }, '"a" must be a number such as 42 or -0.5, but it is text that is no number.'],
    ['add', { a: '0x10', b: 1 }, '"a" must be a number such as 42 or -0.5, but it is text that is no number.'],
    ['add', { a: 'Infinity', b: 1 }, '"a" must be a number such as 42 or -0.5, but it is text that is no number.'],
    ['add', { a: 1, b: true }, '"b" must be a number such as 42 or -0.5, but it is true.'],
    ['add', { a: 1, b: null }, '"b" must be a number such as 42 or -0.5, but it is null.'],
    ['add', { a: [1], b: 1 }, '"a" must be a number such as 42 or -0.5, but it is a list.'],
    ['add', { a: {}, b: 1 }, '"a" must be a number such as 42 or -0.5, but it is an object.'],
    ['add', { a: 1 }, 'The argument "b" is missing: add takes "a" and "b".'],
    ['add', undefined, 'The argument "a" is missing: add takes "a" and "b".'],
    ['add', { a: 1, b: 2, c: 3 }, 'There is no argument "c": add takes "a" and "b".'],
    ['divide', { a: 1, b: 0 }, 'Cannot divide by zero.'],
    ['sqrt', { a: -1 }, 'The square root of a negative number is not a real number.'],
    ['power', { a: -8, b: 0.5 }, 'This power of a negative number is not a real number.'],
    ['power', { a: 9, b: 99999999 }, 'The result is too large: it would have more than 10,000 digits.'],
    ['add', { a: '1e99999', b: 1 }, 'A number is too long: numbers may have up to 10,000 digits.'],
    ['evaluate', { expression: 42 }, '"expression" must be text such as "2 * (3 + 4)", but it is a number.'],
    ['evaluate', { expression: '2 + (3' }, 'The "(" at position 5 is never closed.'],
  ])('%s %j', async (name, given, text) => {
    const result = await call(name, given);
    expect(result).toEqual({ content: [{ type: 'text', text }], isError: true });
  });

  test('a number of a million digits is refused', async () => {
    const { body } = await post(`{"name":"add","arguments":{"a":${'9'.repeat(1_000_000)},"b":1}}`);
    expect(body).toContain('A number is too long');
    expect(body).toContain('"isError":true');
  });

  test('an unknown tool is a protocol error that names the tools there are', async () => {
    await expect(call('modulo', {})).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('add, subtract'),
    });
  });

  test('others are served while a batch of expressions takes all the work it may', async () => {
    const expression = Array(600).fill('(7^5000/3^9000)').join('+');
    const heavy = { name: 'evaluate', arguments: { expression } };
    const batch = Array.from({ length: 3 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: heavy }));
    let isBatchAnswered = false;
    const answered = send(JSON.stringify(batch)).finally(() => {
      isBatchAnswered = true;
    });
    expect((await call('add', { a: 15, b: 27 })).structuredContent).toEqual({ result: 42 });
    expect(isBatchAnswered).toBe(false);
    const { body } = await answered;
    expect(body.match(/takes too much work/g)).toHaveLength(3);
  });
});

async function call(name: string, given: Record<string, unknown> | undefined): Promise<CallToolResult> {
  return CallToolResultSchema.parse(await client.callTool({ name, arguments: given }));
}

/** Sends the parameters of a call as they are written. */
function post(parameters: string): Promise<{ status: number; body: string }> {
  return send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${parameters}}`);
}

async function send(text: string): Promise<{ status: number; body: string }> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: text,
  });
  return { status: response.status, body: await response.text() };
}
