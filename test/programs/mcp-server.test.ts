import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment, freePort, startProgram } from '../support/program.ts';

const launcher = fileURLToPath(new URL('../../src/programs/launch.js', import.meta.url));

describe('npm run mcp-server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('serves, and %s to npm stops it with status 0', async (signal) => {
    const port = await freePort();
    const program = startProgram('mcp-server', { MCP_PORT: String(port) }, { viaNpm: true });
    const { url } = await program.waitForEvent('listening');
    expect(url).toBe(`http://127.0.0.1:${port}/mcp`);
    expect(await add(String(url))).toContain('"text":"42"');
    program.process.kill(signal);
    // npm of this version passes on the child's status when it was asked to stop.
    expect(await program.ended).toMatchObject({ code: 0 });
    await expect(add(String(url))).rejects.toThrow('fetch failed');
  });

  test('a signal that comes twice changes nothing', async () => {
    const program = startProgram('mcp-server', { MCP_PORT: String(await freePort()) });
    await program.waitForEvent('listening');
    program.process.kill('SIGTERM');
    program.process.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test('a port in use ends it with status 1 and one message that names MCP_PORT', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const program = startProgram('mcp-server', { MCP_PORT: port });
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.errors).toContain(`MCP_PORT: port ${port} of 127.0.0.1 is in use`);
    expect(program.errors).not.toContain('    at ');
    taken.close();
  });

  test('an address of another machine ends it with status 1 and one message that names MCP_HOST', async () => {
    const program = startProgram('mcp-server', { MCP_HOST: '192.0.2.1', MCP_PORT: String(await freePort()) });
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.errors).toContain('MCP_HOST: cannot listen on 192.0.2.1');
  });

  test('a bad setting ends it with status 1', async () => {
    const program = startProgram('mcp-server', { MCP_PORT: 'eight thousand' });
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.errors).toContain('MCP_PORT: should be a whole number from 1 to 65535.');
  });
});

describe('started by another program', () => {
  async function startChild(settings: Readonly<Record<string, string>>) {
    const child = fork(launcher, ['mcp-server'], { env: cleanEnvironment(settings), stdio: 'ignore' });
    const ended = once(child, 'exit');
    const [message] = await once(child, 'message');
    return { child, message, ended };
  }

  test('tells its parent where it listens, and leaves signals to it', async () => {
    const port = await freePort();
    const { child, message, ended } = await startChild({ MCP_PORT: String(port) });
    const url = `http://127.0.0.1:${port}/mcp`;
    expect(message).toEqual({ type: 'listening' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) child.kill(signal);
    expect(await add(url)).toContain('"text":"42"');
    child.disconnect();
    expect(await ended).toEqual([0, null]);
  });

  test('ends when its parent is gone', async () => {
    const { child, ended } = await startChild({ MCP_PORT: String(await freePort()) });
    child.disconnect();
    expect(await ended).toEqual([0, null]);
  });

  test('tells its parent why it cannot listen', async () => {
    const { message, ended } = await startChild({ MCP_HOST: '192.0.2.1', MCP_PORT: String(await freePort()) });
    const advice = expect.stringContaining('cannot listen on 192.0.2.1');
    expect(message).toEqual({ type: 'failed', problems: [{ variable: 'MCP_HOST', advice }] });
    expect(await ended).toEqual([1, null]);
  });
});

async function add(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":15,"b":27}}}',
  });
  return response.text();
}
