import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const suite = fileURLToPath(new URL('../../../node_modules/.bin/conformance', import.meta.url));
const program = fileURLToPath(new URL('./conformance-client.ts', import.meta.url));
const baseline = fileURLToPath(new URL('./conformance-client.yml', import.meta.url));

test('the agent passes every client scenario of the official suite that applies to it, and no listed one', async () => {
  const command = `${process.execPath} ${program}`;
  const options = ['--suite', 'all', '--timeout', '100000', '--expected-failures', baseline];
  const child = spawn(process.execPath, [suite, 'client', '--command', command, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  for (const scenario of [
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'auth/client-credentials-basic',
  ]) {
    expect(output).toMatch(new RegExp(`✓ ${scenario}: [1-9]\\d* passed, 0 failed`));
  }
  expect(code, output).toBe(0);
}, 120_000);
