import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startHttpHost } from '../../src/mcp-server/http-host.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';
import { createFixtureServer } from './fixture-server.ts';

const suite = fileURLToPath(new URL('../../node_modules/.bin/conformance', import.meta.url));

test('the calculator passes every scenario of the official suite that applies to it, and no listed one', async () => {
  const server = await startCalculatorServer({ host: '127.0.0.1', port: 0, log: silentLogger });
  try {
    const { code, output } = await runSuite(server.url, 'conformance-calculator.yml');
    for (const scenario of ['server-initialize: 2', 'ping: 2', 'tools-list: 3', 'dns-rebinding-protection: 2']) {
      expect(output).toContain(`✓ ${scenario} passed, 0 failed`);
    }
    expect(output).toContain('Total: 34 passed');
    expect(code, output).toBe(0);
  } finally {
    await server.close();
  }
});

test('its HTTP host carries any other server: the suite’s own tools, prompts, resources, completion and log levels', async () => {
  const host = await startHttpHost({
    host: '127.0.0.1',
    port: 0,
    log: silentLogger,
    createServer: createFixtureServer,
  });
  try {
    const { code, output } = await runSuite(host.url, 'conformance-host.yml');
    expect(code, output).toBe(0);
    expect(output).toContain('Total: 53 passed');
  } finally {
    await host.close();
  }
});

async function runSuite(url: string, expectedFailures: string): Promise<{ code: unknown; output: string }> {
  // Under another name than localhost the suite's DNS rebinding scenario does not work.
  const address = url.replace('127.0.0.1', 'localhost');
  const baseline = fileURLToPath(new URL(expectedFailures, import.meta.url));
  const child = spawn(process.execPath, [suite, 'server', '--url', address, '--expected-failures', baseline], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
