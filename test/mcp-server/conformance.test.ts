import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startHttpHost } from '../../src/mcp-server/http-host.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';
import { createFixtureServer } from './fixture-server.ts';

const suite = fileURLToPath(new URL('../../node_modules/.bin/conformance', import.meta.url));
const address = { host: '127.0.0.1', port: 0, log: silentLogger };

describe.each([
  {
    name: 'of the revisions before 2026-07-28',
    options: ['--spec-version', '2025-11-25'],
    suffix: '',
    calculator: ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'],
    totals: [34, 53],
  },
  {
    name: 'of revision 2026-07-28',
    options: ['--requirements', '2026-07-28'],
    suffix: '-2026-07-28',
    calculator: [
      'tools-list',
      'server-sse-multiple-streams',
      'dns-rebinding-protection',
      'input-required-result-unsupported-methods',
      'input-required-result-validate-input',
      'http-header-validation',
    ],
    totals: [99, 123],
  },
])('the official suite $name', ({ options, suffix, calculator, totals }) => {
  test('the calculator passes every scenario that applies to it, and no listed one', async () => {
    const server = await startCalculatorServer(address);
    try {
      const { code, output } = await runSuite(server.url, options, `conformance-calculator${suffix}.yml`);
      expect(code, output).toBe(0);
      expect(passedOf(output)).toEqual(calculator);
      expect(output).toContain(`Total: ${totals[0]} passed`);
    } finally {
      await server.close();
    }
  }, 60_000);

  test('its HTTP host carries any other server: the suite’s own tools, prompts, resources and completion', async () => {
    const host = await startHttpHost({ ...address, createServer: createFixtureServer });
    try {
      const { code, output } = await runSuite(host.url, options, `conformance-host${suffix}.yml`);
      expect(code, output).toBe(0);
      expect(output).toContain(`Total: ${totals[1]} passed`);
    } finally {
      await host.close();
    }
  }, 60_000);
});

/** Names of the scenarios that have a check, fail none, and are not listed: those have warnings. */
function passedOf(output: string): (string | undefined)[] {
  return [...output.matchAll(/^✓ (\S+): [1-9]\d* passed, 0 failed$/gm)]
    .map(([, scenario]) => scenario)
    .filter((scenario) => !output.includes(`  ~ ${scenario}\n`));
}

async function runSuite(
  url: string,
  options: readonly string[],
  expectedFailures: string,
): Promise<{ code: unknown; output: string }> {
  // Under another name than localhost the suite's DNS rebinding scenario does not work.
  const target = url.replace('127.0.0.1', 'localhost');
  const baseline = fileURLToPath(new URL(expectedFailures, import.meta.url));
  const args = ['server', '--url', target, ...options, '--expected-failures', baseline];
  const child = spawn(process.execPath, [suite, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
