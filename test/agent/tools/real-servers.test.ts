/** Servers that others wrote, as they are installed from npm: what members would add to MCP_CONFIG. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/agent/turn.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import { freePort } from '../../support/program.ts';
import { startAgent } from '../support/start-agent.ts';

const { resolve } = createRequire(import.meta.url);
const everything = resolve('@modelcontextprotocol/server-everything/dist/index.js');
const filesystem = resolve('@modelcontextprotocol/server-filesystem/dist/index.js');
const fine = { text: 'fine' };

/** Has the model make one call. */
async function callOf(server: ToolServerConfig, name: string, args: object, onForm?: Record<string, string>) {
  await using world = await startAgent({ toolServers: [server], limits: { toolConnectMs: 15_000 } });
  world.model.enqueue({ toolCalls: [{ name, arguments: { ...args } }] }, fine);
  const progress: unknown[] = [];
  const turn = await world.ask('go', {
    onChange: (changed: Turn, _draft, live) => {
      progress.push(...live.progress.values());
      const [form] = live.forms;
      if (form !== undefined && onForm !== undefined)
        setImmediate(() => world.agent.answerForm(changed.question.id, form.id, { action: 'accept', values: onForm }));
    },
  });
  world.model.assertComplete();
  return { result: turn.steps[0]?.results[0], progress, tools: world.model.requests[0]?.tools ?? [], world, turn };
}

describe('server-everything', () => {
  let overHttp: ChildProcess;
  let overSse: ChildProcess;
  const ways: Record<string, ToolServerConfig> = {};

  beforeAll(async () => {
    const [httpPort, ssePort] = [await freePort(), await freePort()];
    const start = async (kind: string, port: number) => {
      const child = spawn(process.execPath, [everything, kind], {
        env: { ...process.env, PORT: String(port) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const listening = Promise.withResolvers<void>();
      child.stderr.on('data', (chunk: Buffer) => {
        if (/port|listening|running/i.test(chunk.toString())) listening.resolve();
      });
      child.once('exit', (code) => listening.reject(new Error(`server-everything ${kind} ended with ${code}`)));
      await listening.promise;
      return child;
    };
    [overHttp, overSse] = await Promise.all([start('streamableHttp', httpPort), start('sse', ssePort)]);
    Object.assign(ways, {
      stdio: { name: 'everything', command: process.execPath, args: [everything, 'stdio'], env: {} },
      'Streamable HTTP': { name: 'everything', url: `http://127.0.0.1:${httpPort}/mcp`, headers: {} },
      'the older transport, found by itself': {
        name: 'everything',
        url: `http://127.0.0.1:${ssePort}/sse`,
        headers: {},
      },
      'the older transport, named': {
        name: 'everything',
        url: `http://127.0.0.1:${ssePort}/sse`,
        headers: {},
        type: 'sse',
      },
    });
  });

  afterAll(() => {
    overHttp.kill();
    overSse.kill();
  });

  test.each(['stdio', 'Streamable HTTP'])(
    'researches as a task, and asks the asker meanwhile, over %s',
    async (way) => {
      const server = ways[way];
      if (server === undefined) throw new Error(`no ${way}`);
      const args = { topic: 'python', ambiguous: true };
      const { result, turn } = await callOf(server, 'simulate-research-query', args, { interpretation: 'snake' });
      expect(result).toMatchObject({ ok: true, text: expect.stringContaining('Research Report: python (snake)') });
      expect(turn.steps[0]?.tasks).toHaveLength(1);
    },
  );

  describe.each(['stdio', 'Streamable HTTP', 'the older transport, found by itself', 'the older transport, named'])(
    'over %s',
    (way) => {
      const config = () => {
        const found = ways[way];
        if (found === undefined) throw new Error(`no ${way}`);
        return found;
      };

      test('adds', async () => {
        const { result } = await callOf(config(), 'get-sum', { a: 40, b: 2 });
        expect(result).toMatchObject({ ok: true, text: expect.stringContaining('42') });
      });

      test('is asked for what its results link to', async () => {
        const [text, blob] = ['demo://resource/dynamic/text/2', 'demo://resource/dynamic/blob/1'];
        const read = (uri: string) => ({ name: 'read_resource', arguments: { uri } });
        const links = { toolCalls: [{ name: 'get-resource-links', arguments: { count: 2 } }] };
        const answers = [links, { toolCalls: [read(text), read(blob)] }, fine];
        await using world = await startAgent({ toolServers: [config()], answers });
        const { steps } = await world.ask('go');
        expect(steps[0]?.results[0]).toMatchObject({ links: [blob, text] });
        expect(steps[1]?.results.map(({ text: given }) => given).toSorted()).toEqual([
          expect.stringContaining('Resource 1: This is a base64 blob'),
          expect.stringContaining('Resource 2: This is a plaintext resource'),
        ]);
      });

      test('shows a picture', async () => {
        const { result } = await callOf(config(), 'get-tiny-image', {});
        expect(result?.files).toMatchObject([
          { name: 'image-1.png', mimeType: 'image/png', bytes: expect.any(Number) },
        ]);
      });

      test('tells how far it is', async () => {
        const { result, progress } = await callOf(config(), 'trigger-long-running-operation', {
          duration: 2,
          steps: 4,
        });
        expect(result?.ok).toBe(true);
        expect(progress).toContainEqual({ progress: 2, total: 4 });
      });

      test('asks the asker', async () => {
        const { result } = await callOf(config(), 'trigger-elicitation-request', {}, { name: 'Mina' });
        expect(result).toMatchObject({ ok: true, text: expect.stringContaining('Mina') });
      });

      test('has a page opened, before the call is made or while it runs', async () => {
        const page = { url: 'https://example.com/connect', errorPath: true };
        const { result } = await callOf(config(), 'trigger-url-elicitation', page, {});
        expect(result).toMatchObject({ ok: true, text: expect.stringContaining('"action": "accept"') });
      });

      test('gives structured content that fits its schema', async () => {
        const { result } = await callOf(config(), 'get-structured-content', { location: 'New York' });
        expect(result).toMatchObject({ ok: true, text: expect.stringContaining('temperature') });
      });
    },
  );
});

describe('server-filesystem', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jupan-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const config = (): ToolServerConfig => ({
    name: 'files',
    command: process.execPath,
    args: [filesystem, folder],
    env: {},
    approval: 'destructive',
    deny: ['move_file'],
  });

  test('reads a file without asking', async () => {
    writeFileSync(join(folder, 'note.txt'), 'buy rice');
    const { result, tools } = await callOf(config(), 'read_text_file', { path: join(folder, 'note.txt') });
    expect(result).toMatchObject({ ok: true, text: 'buy rice' });
    expect(tools.map(({ name }) => name)).not.toContain('move_file');
  });

  test('writes one only when a person approves', async () => {
    const path = join(folder, 'new.txt');
    await using world = await startAgent({ toolServers: [config()], limits: { toolConnectMs: 15_000 } });
    const write = { toolCalls: [{ name: 'write_file', arguments: { path, content: 'written' } }] };
    world.model.enqueue(write, fine, write, fine);
    const decide = (decision: 'approved' | 'denied') =>
      world.ask('write', {
        onChange: (turn) => {
          const waiting = turn.steps[0]?.approvals?.find((approval) => approval.decision === undefined);
          if (waiting !== undefined)
            setImmediate(() => world.agent.decide(turn.question.id, waiting.callId, { decision, by: 'u1' }));
        },
      });
    await decide('denied');
    expect(() => readFileSync(path)).toThrow('ENOENT');
    await decide('approved');
    expect(readFileSync(path, 'utf8')).toBe('written');
    world.model.assertComplete();
  });
});
