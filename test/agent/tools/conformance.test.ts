import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runScenario } from './conformance-client.ts';

const suite = fileURLToPath(new URL('../../../node_modules/.bin/conformance', import.meta.url));
const program = fileURLToPath(new URL('./conformance-command.ts', import.meta.url));
const baseline = fileURLToPath(new URL('./conformance-client.yml', import.meta.url));

/** 39 of the 48 scenarios. */
const applying = [
  'initialize',
  'tools_call',
  'elicitation-sep1034-client-defaults',
  'sse-retry',
  'request-metadata',
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
  'auth/basic-cimd',
  'auth/scope-from-www-authenticate',
  'auth/scope-from-scopes-supported',
  'auth/scope-omitted-when-undefined',
  'auth/scope-step-up',
  'auth/scope-retry-limit',
  'auth/token-endpoint-auth-basic',
  'auth/token-endpoint-auth-post',
  'auth/token-endpoint-auth-none',
  'auth/pre-registration',
  'auth/2025-03-26-oauth-metadata-backcompat',
  'auth/2025-03-26-oauth-endpoint-fallback',
  'auth/resource-mismatch',
  'auth/offline-access-scope',
  'auth/offline-access-not-supported',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-not-advertised',
  'auth/iss-supported-missing',
  'auth/iss-wrong-issuer',
  'auth/iss-unexpected',
  'auth/iss-normalized',
  'auth/metadata-issuer-mismatch',
  'auth/client-credentials-basic',
  'sep-2322-client-request-state',
  'http-standard-headers',
  'http-custom-headers',
  'http-invalid-tool-headers',
  'json-schema-ref-no-deref',
  'json-schema-2020-12-preservation',
];

test('the agent passes every client scenario of the official suite that applies to it, and no listed one', async () => {
  const agents = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  agents.listen(0, '127.0.0.1');
  await once(agents, 'listening');
  const address = agents.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const command = `${process.execPath} ${program} http://127.0.0.1:${port}`;
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
  agents.close();
  agents.closeAllConnections();
  const passed = [...output.matchAll(/^✓ (\S+): [1-9]\d* passed, 0 failed$/gm)].map(([, scenario]) => scenario);
  expect(passed).toEqual(applying);
  // One whose checks all apply to something else counts for nothing.
  const isOfSkills = (line: string) => line.startsWith('✓ sep-2640-client-') && line.endsWith(': 0 passed, 0 failed');
  expect(output.split('\n').filter(isOfSkills)).toHaveLength(4);
  expect(code, output).toBe(0);
}, 120_000);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isWell = await runScenario(JSON.parse(await text(request)));
  response.writeHead(isWell ? 200 : 409).end();
}
