/**
 * How fast the calculator server answers, one call after another, beside the floor: a bare node:http server that parses
 * the same request and answers the same JSON. Both are asked by the same raw keep-alive client, in turns.
 */
import { Agent, createServer, request as httpRequest } from 'node:http';
import { silentLogger } from '../src/log.ts';
import { startCalculatorServer } from '../src/mcp-server/server.ts';
import { median, type Row, toTable } from './statistics.ts';

const rounds = 9;
const warmUpRounds = 3;
const callsPerRound = 1000;
const call = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'add', arguments: { a: 15, b: 27 } },
});
const answer = {
  result: { content: [{ type: 'text', text: '42' }], structuredContent: { result: 42 } },
  jsonrpc: '2.0',
  id: 1,
};

export const calculatorHead: Row = ['calculator, one call after another', 'calls/s', 'against bare'];

/** Medians over the rounds; `against bare` is that of the ratios within each round. Takes about 5 s. */
export async function measureCalculator(): Promise<Row[]> {
  await using bare = await startBareServer();
  const calculator = await startCalculatorServer({ host: '127.0.0.1', port: 0, log: silentLogger });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const speeds: { bare: number; calculator: number }[] = [];
  try {
    for (let round = 0; round < warmUpRounds + rounds; round += 1) {
      speeds.push({ bare: await measure(bare.url, agent), calculator: await measure(calculator.url, agent) });
    }
  } finally {
    agent.destroy();
    await calculator.close();
  }
  const counted = speeds.slice(warmUpRounds);
  const ratio = median(counted.map((speed) => speed.calculator / speed.bare));
  return [
    ['bare node:http', median(counted.map((speed) => speed.bare)).toFixed(0), '1.00'],
    ['calculator server', median(counted.map((speed) => speed.calculator)).toFixed(0), ratio.toFixed(2)],
  ];
}

async function measure(url: string, agent: Agent): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < callsPerRound; index += 1) await send(url, agent);
  return (callsPerRound * 1000) / (performance.now() - startedAt);
}

function send(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
      'Content-Length': Buffer.byteLength(call),
    };
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (text === JSON.stringify(answer)) resolve();
        else reject(new Error(`${url} answered ${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject).end(call);
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
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...answer, id }));
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
