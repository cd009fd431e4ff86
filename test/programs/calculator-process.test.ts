import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startCalculatorProcess } from '../../src/programs/calculator-process.ts';
import { freePort } from '../support/program.ts';

/** What a service manager may have put into the environment of the bot. */
const foreign = {
  DISCORD_TOKEN: 'a-secret-token',
  OPENAI_API_KEY: 'sk-secret',
  STORE_KEY: 'a secret that is long enough',
  STORE_URL: 'postgres://someone:secret@127.0.0.1/jupan',
  MCP_CONFIG: '/nonexistent/tool-servers.json',
  npm_config__authToken: 'npm-secret',
  AWS_SECRET_ACCESS_KEY: 'cloud-secret',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-calculator-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function start() {
  const port = await freePort();
  const calculator = startCalculatorProcess(
    { calculator: { host: '127.0.0.1', port }, logLevel: 'silent' },
    silentLogger,
  );
  return calculator;
}

test.skipIf(process.platform !== 'linux')(
  'has its own settings in its environment, and no secret of the bot',
  async () => {
    for (const [name, value] of Object.entries(foreign)) vi.stubEnv(name, value);
    vi.stubEnv('LC_ALL', 'ko_KR.UTF-8');
    const calculator = await start();
    try {
      await calculator.started;
      const [pid] = await childrenOf(process.pid);
      const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
      const names = environment.flatMap((pair) => pair.split('=')[0] || []);
      expect(names).toEqual(expect.arrayContaining(['PATH', 'HOME', 'LC_ALL', 'MCP_HOST', 'MCP_PORT', 'LOG_LEVEL']));
      expect(names.filter((name) => name in foreign)).toEqual([]);
      const isItsOwn = /^(?:MCP_HOST|MCP_PORT|LOG_LEVEL|PATH|HOME|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|NODE_\w+)$/;
      expect(names.filter((name) => !isItsOwn.test(name))).toEqual([]);
    } finally {
      await calculator.close();
    }
  },
);

test('does not read the file .env, where those secrets stand as well', async () => {
  await writeFile(join(folder, '.env'), 'MCP_CONFIG=no-such-file\nDISCORD_TOKEN=a-secret-token\n');
  const before = process.cwd();
  process.chdir(folder);
  const calculator = await start();
  try {
    await calculator.started;
  } finally {
    process.chdir(before);
    await calculator.close();
  }
});

test('says which setting is bad when it cannot listen where it should', async () => {
  const calculator = startCalculatorProcess(
    { calculator: { host: '192.0.2.1', port: 8000 }, logLevel: 'silent' },
    silentLogger,
  );
  await expect(calculator.started).rejects.toMatchObject({ problems: [{ variable: 'MCP_HOST' }] });
  await calculator.close();
});

test('says which setting is bad when its address is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const calculator = startCalculatorProcess(
    { calculator: { host: '127.0.0.1', port }, logLevel: 'silent' },
    silentLogger,
  );
  await expect(calculator.started).rejects.toMatchObject({ problems: [{ variable: 'MCP_PORT' }] });
  await calculator.close();
  taken.close();
});

async function childrenOf(pid: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const statuses = await Promise.all(pids.map((each) => readFile(`/proc/${each}/status`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => new RegExp(`^PPid:\\s*${pid}$`, 'm').test(statuses[index] ?? ''));
}
