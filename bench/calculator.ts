/**
 * How fast the calculator server answers, one call after another, beside the floor: a bare node:http server that parses
 * the same request and answers the same JSON. Both are asked by the same raw keep-alive client, in turns.
 */
import { Agent, createServer, request as httpRequest } from 'node:http';
import { silentLogger } from '../src/log.ts';
import { startCalculatorServer } from '../src/mcp-server/server.ts';
import { median, type Row, toTable } from './statistics.ts';

const rounds = 9;
/** V8 goes on making the calls faster for about as long. */
const warmUpRounds = 20;
const callsPerRound = 1000;
const params = { name: 'add', arguments: { a: 15, b: 27 } };
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The call as each era of MCP has it. */
const calls = {
  '2025-11-25': toCall(params, { 'MCP-Protocol-Version': '2025-11-25' }),
  '2026-07-28': toCall(
    { ...params, _meta: meta },
    { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'add' },
  ),
};

interface Call {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

function toCall(given: object, headers: Readonly<Record<string, string>>): Call {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: given });
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    },
  };
}

const result = { content: [{ type: 'text', text: '42' }], structuredContent: { result: 42 } };
/** What the calculator answers in either era, so that the bare server has as much to write. */
const results = {
  '2025-11-25': result,
  '2026-07-28': {
    ...result,
    resultType: 'complete',
    _meta: {
      'io.modelcontextprotocol/serverInfo': { name: 'jupan-calculator', title: 'Jupan calculator', version: '0.1.0' },
    },
  },
};

export const calculatorHead: Row = ['calculator, one call after another', 'calls/s', 'against bare'];

/** Medians over the rounds; `against bare` is that of the ratios within each round. Takes about 20 s. */
export async function measureCalculator(): Promise<Row[]> {
  await using bare = await startBareServer();
  const calculator = await startCalculatorServer({ host: '127.0.0.1', port: 0, log: silentLogger });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const speeds: Record<'bareEarlier' | 'earlier' | 'bareCurrent' | 'current', number>[] = [];
  try {
    for (let round = 0; round < warmUpRounds + rounds; round += 1) {
      speeds.push({
        bareEarlier: await measure(bare.url, agent, calls['2025-11-25']),
        earlier: await measure(calculator.url, agent, calls['2025-11-25']),
        bareCurrent: await measure(bare.url, agent, calls['2026-07-28']),
        current: await measure(calculator.url, agent, calls['2026-07-28']),
      });
    }
  } finally {
    agent.destroy();
    await calculator.close();
  }
  const counted = speeds.slice(warmUpRounds);
  const row = (name: string, which: keyof (typeof counted)[number], floor: keyof (typeof counted)[number]): Row => [
    name,
    median(counted.map((speed) => speed[which])).toFixed(0),
    median(counted.map((speed) => speed[which] / speed[floor])).toFixed(2),
  ];
  return [
    row('bare node:http, MCP 2025-11-25', 'bareEarlier', 'bareEarlier'),
    row('calculator server, MCP 2025-11-25', 'earlier', 'bareEarlier'),
    row('bare node:http, MCP 2026-07-28', 'bareCurrent', 'bareCurrent'),
    row('calculator server, MCP 2026-07-28', 'current', 'bareCurrent'),
  ];
}

async function measure(url: string, agent: Agent, call: Call): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < callsPerRound; index += 1) await send(url, agent, call);
  return (callsPerRound * 1000) / (performance.now() - startedAt);
}

function send(url: string, agent: Agent, { body, headers }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (text.includes('"text":"42"')) resolve();
        else reject(new Error(`${url} answered ${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject).end(body);
  });
}

async function startBareServer(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { id } = JSON.parse(text);
      const result = results[request.headers['mcp-method'] === undefined ? '2025-11-25' : '2026-07-28'];
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ result, jsonrpc: '2.0', id }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

if (import.meta.main) console.log(toTable(calculatorHead, await measureCalculator()));
