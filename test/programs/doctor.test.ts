/** `npm run doctor` in a real terminal, beside a local Discord, model and store in every state of brokenness. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTurnStore } from '../../src/agent/store/open.ts';
import { silentLogger } from '../../src/log.ts';
import { startCalculatorServer } from '../../src/mcp-server/server.ts';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { insufficientQuota } from '../../src/simulator/model/failures.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/simulator/model/model-server.ts';
import { makeTurn } from '../agent/store/turns.ts';
import { startEndpoint } from '../support/endpoint.ts';
import { mayMount } from '../support/may-mount.ts';
import { freePort, startProgram } from '../support/program.ts';
import { noTerminal, openTerminal, type TerminalOptions } from '../support/terminal.ts';
import { startWorld } from '../support/world.ts';

let folder: string;
let discord: SimulatedDiscord;
let model: ModelServer;
let settings: Readonly<Record<string, string>>;

async function prepare(options: { discord?: SimulatedDiscordOptions; model?: ModelServerOptions } = {}) {
  await Promise.all([discord?.close(), model?.close()]);
  discord = await startDiscord({ isPublic: false, ...options.discord });
  model = await startModelServer({ respond: () => ({ text: 'OK' }), ...options.model });
  settings = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(await freePort()),
    STORE_URL: `sqlite://${folder}/data/jupan.sqlite`,
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-doctor-'));
  await prepare();
});
afterEach(async () => {
  await Promise.all([discord.close(), model.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function doctor(
  changes: Readonly<Record<string, string>> = {},
  options: Partial<TerminalOptions> = {},
  args: readonly string[] = [],
) {
  const terminal = openTerminal('doctor', args, { cwd: folder, ...options, settings: { ...settings, ...changes } });
  const status = await terminal.ended;
  expect(discord.problems).toEqual([]);
  return { status, screen: terminal.screen };
}

/** An earlier store with something in it. */
async function makeStore() {
  const store = await openTurnStore(settings.STORE_URL ?? '', { log: silentLogger });
  await store.saveHistory('general', [makeTurn('1')]);
  await store.close();
}

describe.skipIf(noTerminal !== undefined)(
  `in a terminal${noTerminal === undefined ? '' : ` (skipped: ${noTerminal})`}`,
  () => {
    test('all is well: says so of every part, ends with 0, and has changed nothing', async () => {
      await using calculator = await startCalculator();
      await makeStore();
      const { status, screen } = await doctor({ MCP_PORT: calculator.port });
      expect(screen).toMatch(/✓ Settings: All can be read/);
      expect(screen).toMatch(/✓ Token: Discord takes it: the bot is Jupan/);
      expect(screen).toMatch(/1000 of 1000 log-ins/);
      expect(screen).toMatch(/✓ Intents: The bot asks for Guilds, GuildMessages, DirectMessages, and/);
      expect(screen).toMatch(/! Commands: Not registered: \/ask, .*\n {4}→ Start the bot/);
      expect(screen).toMatch(/✓ Permissions: .*: nothing is missing in 2 channels/);
      expect(screen).toMatch(/✓ Model: gpt-4o answers \(\d+\.\d s\)/);
      expect(screen).toMatch(/✓ Price: \$2\.5 for a million/);
      expect(screen).toMatch(
        /✓ Tool servers: calculator: 9 tools, streamable-http \(no credentials\), MCP 2026-07-28, \d+ ms/,
      );
      expect(screen).toMatch(/✓ Store: .*jupan\.sqlite: written and read back in \d+ ms/);
      expect(screen).toMatch(/✓ Clock: Within 5 s/);
      expect(screen).toMatch(/✓ Versions: Jupan 0\.1\.0, Node 24/);
      expect(screen).toMatch(/✓ Limits: No budget/);
      expect(status).toBe(0);
      expect(model.problems).toEqual([]);
      expect(discord.requests.map(({ method }) => method)).not.toContain('PUT');
      const store = await openTurnStore(settings.STORE_URL ?? '', { log: silentLogger });
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
      await store.close();
    });

    test('speaks Korean where the terminal does', async () => {
      const { screen, status } = await doctor({ LC_ALL: 'ko_KR.UTF-8' });
      expect(screen).toMatch(/✓ 토큰: Discord가 받아들입니다/);
      expect(screen).toMatch(/작동합니다\. 다만 1가지를 더 좋게/);
      expect(status).toBe(0);
    });

    test('makes no store where there is none, and says that the first start will', async () => {
      const { screen } = await doctor();
      expect(screen).toMatch(/jupan\.sqlite: not there yet; the first start makes it/);
      expect(await readdir(folder)).toEqual([]);
    });

    test('a token that Discord refuses', async () => {
      const { status, screen } = await doctor({ DISCORD_TOKEN: 'no-such-token' });
      expect(screen).toMatch(
        /✗ Token: Discord refuses it.*\n {4}→ At https:\/\/discord\.com\/developers\/applications/,
      );
      expect(screen).toMatch(/– Permissions: Not looked at/);
      // The rest is looked at all the same.
      expect(screen).toMatch(/✓ Model: gpt-4o answers/);
      expect(screen).not.toContain('no-such-token');
      expect(screen).toMatch(/✓ Clock/);
      expect(status).toBe(1);
    });

    test('no settings at all: every one that is missing is named', async () => {
      const { status, screen } = await doctor({ DISCORD_TOKEN: '', OPENAI_BASE_URL: '', LC_ALL: 'ko_KR.UTF-8' });
      expect(screen).toMatch(/✗ 설정: DISCORD_TOKEN 값이 없습니다/);
      expect(screen).toMatch(/✗ {3}OPENAI_API_KEY 값이 없습니다/);
      expect(screen).toMatch(/✗ 토큰: 토큰이 없습니다/);
      expect(status).toBe(1);
    });

    test('an intent that is wanted and not granted', async () => {
      const { status, screen } = await doctor({ DISCORD_MESSAGE_CONTENT: 'on' });
      expect(screen).toMatch(/✗ Intents: .*Message Content.*\n {4}→ Switch them on at/);
      expect(status).toBe(1);
      await prepare({ discord: { grantsMessageContent: true } });
      expect((await doctor({ DISCORD_MESSAGE_CONTENT: 'on' })).screen).toMatch(/✓ Intents: .*MessageContent/);
    });

    test('where Discord posts commands: nowhere, to nobody, to what answers as it must, and to what does not', async () => {
      expect((await doctor()).screen).toMatch(/✓ Interactions: Commands and presses come over the gateway/);
      const unset = await doctor({ INTERACTIONS_PORT: '4499' });
      expect(unset.screen).toMatch(/! Interactions: INTERACTIONS_PORT is set, and Discord has no address/);
      expect(unset.status).toBe(0);
      let refusal = 401;
      await using endpoint = await startEndpoint(({ headers }) =>
        /^0+$/.test(String(headers['x-signature-ed25519'])) ? [refusal] : [200, '{"type":1}'],
      );
      await discord.endpoint.set(endpoint.url);
      const elsewhere = await doctor();
      expect(elsewhere.screen).toMatch(
        /✗ Interactions: .*none of them arrives\.\n {4}→ Set INTERACTIONS_PORT, or empty/,
      );
      expect(elsewhere.status).toBe(1);
      const { screen, status } = await doctor({ INTERACTIONS_PORT: '4499' });
      expect(screen).toMatch(/✓ Interactions: .*a wrong signature is turned away/);
      expect(status).toBe(0);
      refusal = 502;
      const korean = await doctor({ INTERACTIONS_PORT: '4499', LC_ALL: 'ko_KR.UTF-8' });
      expect(korean.screen).toMatch(/! 상호작용: .*올바르게 응답하지 않습니다\(HTTP 502\)/);
    });

    test('permissions that are missing: which channel lacks what, and what will not work there', async () => {
      const [general, random] = discord.channels;
      const [guild] = discord.guilds;
      if (guild === undefined) throw new Error('no guild');
      const rules = discord.createChannel(guild, 'rules');
      rules.overwrite(guild.id, { deny: ['SendMessages', 'SendMessagesInThreads'] });
      rules.deny('SendMessages', 'SendMessagesInThreads');
      general?.deny('SendMessages', 'AttachFiles');
      random?.deny('ReadMessageHistory');
      const { status, screen } = await doctor();
      expect(screen).toMatch(
        /✗ Permissions: .*: in 1 channel something will not work:\n {6}#general lacks Send Messages \(it cannot answer there\), Attach Files/,
      );
      expect(screen).toMatch(/! .*: in 1 channel something could be better:\n {6}#random lacks Read Message History/);
      expect(screen).not.toContain('#rules');
      expect(status).toBe(1);
    });

    test('a bot that was timed out, and a bot in no server', async () => {
      discord.guilds[0]?.timeOut(discord.bot);
      expect((await doctor()).screen).toMatch(/✗ Permissions: .*timed the bot out/);
      await prepare({ discord: { guildLocale: 'none' } });
      const { status, screen } = await doctor();
      expect(screen).toMatch(/! Permissions: The bot is in no server\.\n {4}→ .*oauth2\/authorize\?client_id=\d+/);
      expect(status).toBe(0);
    });

    test('a key that the model server refuses', async () => {
      await prepare({ model: { apiKey: 'good-key' } });
      const { status, screen } = await doctor({ OPENAI_API_KEY: 'dead-key-123' });
      expect(screen).toMatch(/✗ Model: gpt-4o does not answer: .*\n {4}→ The server refuses the key/);
      expect(screen).not.toContain('dead-key-123');
      expect(status).toBe(1);
    });

    test('a model that the server does not know, and an account without money', async () => {
      await prepare({ model: { models: ['gpt-6-luna'] } });
      const { status, screen } = await doctor({ OPENAI_MODEL: 'gpt-9' });
      expect(screen).toMatch(/✗ Model: gpt-9 does not answer: .*\n {4}→ The server does not know this model/);
      expect(status).toBe(1);
      await prepare({ model: { answers: [insufficientQuota()] } });
      expect((await doctor()).screen).toMatch(/→ The account has no money left/);
    });

    test('a default model that is gone: its successor answers', async () => {
      await prepare({ model: { models: ['gpt-6-luna'] } });
      const { status, screen } = await doctor();
      expect(screen).toMatch(/! {3}The server does not know gpt-4o any more, so gpt-6-luna is asked instead/);
      expect(screen).toMatch(/✓ Price: \$0\.1 /);
      expect(status).toBe(0);
    });

    test('tool servers: one that is not there, one that wants credentials, one whose program is missing', async () => {
      await writeFile(
        join(folder, 'tools.json'),
        JSON.stringify({
          mcpServers: {
            gone: { url: `http://127.0.0.1:${await freePort()}/mcp` },
            locked: { url: `${model.baseUrl}/mcp` },
            missing: { command: 'no-such-program-here' },
          },
        }),
      );
      await prepare({ model: { apiKey: 'good-key' } });
      await writeFile(
        join(folder, 'tools.json'),
        (await readFile(join(folder, 'tools.json'), 'utf8')).replace(
          /"http:\/\/[^"]*v1\/mcp"/,
          `"${model.baseUrl}/mcp"`,
        ),
      );
      const { status, screen } = await doctor({ MCP_CONFIG: join(folder, 'tools.json'), OPENAI_API_KEY: 'good-key' });
      expect(screen).toMatch(
        /✗ Tool servers: gone: its tools cannot be used \(ECONNREFUSED\)\.\n {4}→ Start that server/,
      );
      expect(screen).toMatch(/✗ {3}locked: its tools cannot be used .*\n {4}→ It wants other credentials/);
      expect(screen).toMatch(/✗ {3}missing: .*\n {4}→ Its program cannot be started/);
      expect(status).toBe(1);
    });

    test('a store that may be read and not written', async () => {
      await makeStore();
      await chmod(join(folder, 'data'), 0o555);
      await chmod(join(folder, 'data/jupan.sqlite'), 0o444);
      await chmod(folder, 0o755);
      // Nothing is read-only for root.
      const uid = process.getuid?.() === 0 ? 65_534 : undefined;
      const { status, screen } = await doctor({}, { uid });
      expect(screen).toMatch(/✗ Store: .* cannot be used: .*\n {4}→ It may be read and not written/);
      expect(status).toBe(1);
      await chmod(join(folder, 'data'), 0o755);
    });

    test.skipIf(!mayMount)(
      `a full disk${mayMount ? '' : ' (skipped: this user may not mount a small one)'}`,
      async () => {
        const disk = join(folder, 'data');
        await mkdir(disk);
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
        try {
          await makeStore();
          await fill(disk);
          const { status, screen } = await doctor();
          expect(screen).toMatch(/✗ Store: .* cannot be used: .*full.*\n {4}→ There is no room left/);
          expect(status).toBe(1);
        } finally {
          execFileSync('umount', [disk]);
        }
      },
    );

    test('a file-size limit that leaves no room for a write', async () => {
      await makeStore();
      const { size } = await stat(join(folder, 'data/jupan.sqlite'));
      // Blocks of 512 bytes, below what a log of writes needs.
      const before = `ulimit -f ${Math.floor(size / 512 / 4)}`;
      const { status, screen } = await doctor({ NODE_DISABLE_COMPILE_CACHE: '1' }, { before });
      expect(screen).toMatch(/✗ Store: .* cannot be used/);
      expect(status).toBe(1);
    });

    test('a store that others can read, or that is encrypted with another key', async () => {
      await makeStore();
      await chmod(join(folder, 'data/jupan.sqlite'), 0o644);
      const open = await doctor();
      expect(open.screen).toMatch(
        /! {3}Other users of this machine can read what members write\.\n {4}→ chmod 600 .*jupan\.sqlite/,
      );
      expect((await stat(join(folder, 'data/jupan.sqlite'))).mode & 0o777).toBe(0o644);
      const sealed = await openTurnStore(settings.STORE_URL ?? '', {
        log: silentLogger,
        storeKey: 'a secret of some length',
      });
      await sealed.loadHistory('general');
      await sealed.close();
      const other = await doctor({ STORE_KEY: 'another secret of some length' });
      expect(other.screen).toMatch(/✗ Store: STORE_KEY is not the secret/);
      expect(other.screen).not.toContain('another secret');
      expect(other.status).toBe(1);
    });

    test.each([
      { aheadMs: 3_600_000, text: /✗ Clock: 1:00:\d\d behind Discord’s/ },
      { aheadMs: -3_600_000, text: /✗ Clock: (?:1:00|0:59):\d\d ahead of Discord’s/ },
    ])('a clock that is an hour off: $aheadMs', async ({ aheadMs, text }) => {
      await prepare({ discord: { clockAheadMs: aheadMs } });
      const { status, screen } = await doctor();
      expect(screen).toMatch(text);
      expect(status).toBe(1);
    });

    test('a bad file of the operator, and budgets in dollars without a price', async () => {
      await writeFile(join(folder, 'jupan.json'), '{"budgets": [{"of": "bot", "per": "month", "dollars": 5}]}');
      const { status, screen } = await doctor({ JUPAN_CONFIG: 'jupan.json', OPENAI_MODEL: 'my-own' });
      expect(screen).toMatch(/✗ Price: Unknown: the budgets in dollars do not hold\./);
      expect(screen).toMatch(/✓ Limits: 1 budget:\n {6}bot: 5 dollars a month/);
      expect(status).toBe(1);
      await writeFile(join(folder, 'jupan.json'), '{"budgets": 5}');
      expect((await doctor({ JUPAN_CONFIG: 'jupan.json' })).screen).toMatch(
        /✗ Settings: JUPAN_CONFIG names jupan\.json, where "budgets" is wrong/,
      );
    });

    test('a Discord that cannot be reached', async () => {
      const port = await freePort();
      const { status, screen } = await doctor({ DISCORD_API_URL: `http://127.0.0.1:${port}/api` });
      expect(screen).toMatch(/✗ Token: Discord cannot be reached \(ECONNREFUSED\)/);
      expect(status).toBe(1);
    });

    test('an .env that others can read', async () => {
      await writeFile(join(folder, '.env'), 'X=1\n', { mode: 0o644 });
      expect((await doctor()).screen).toMatch(/! {3}Other users of this machine can read \.env.*\n {4}→ chmod 600/);
    });
  },
);

test('beside a bot that runs: it answers on, its store is not taken away, and its commands are all there', async () => {
  await using world = await startWorld({ model: { respond: () => ({ text: 'OK' }) } });
  const examined = startProgram('doctor', world.settings);
  expect(await examined.ended).toMatchObject({ code: 0 });
  expect(examined.output).toContain('A bot is answering with it right now.');
  expect(examined.output).toMatch(/✓ Commands: All \d+ are registered/);
  expect(examined.output).toMatch(/! {3}Anybody may add this bot/);
  expect(world.program.log.filter(({ level }) => level === 'error')).toEqual([]);
  const member = world.discord.createUser({ name: 'min' });
  const question = world.general.says(member, `<@${world.discord.bot.id}> hello`);
  await world.general.waitFor(({ messages }) => messages.some(({ repliesTo }) => repliesTo === question.id), {
    timeoutMs: 25_000,
  });
  expect(world.discord.gateway.identifies).toBe(1);
});

test('--json says the same to programs', async () => {
  const examined = startProgram('doctor', { ...settings, DISCORD_TOKEN: 'wrong' }, { args: ['--json'], cwd: folder });
  expect(await examined.ended).toMatchObject({ code: 1 });
  const said: { ok: boolean; findings: { check: string; status: string }[] } = JSON.parse(examined.output);
  expect(said.ok).toBe(false);
  expect(said.findings.find(({ check }) => check === 'token')).toMatchObject({ status: 'problem' });
  expect(said.findings.find(({ check }) => check === 'store')).toMatchObject({ status: 'ok' });
});

test('words that mean nothing are answered with how it is meant', async () => {
  const examined = startProgram('doctor', settings, { args: ['--nonsense'], cwd: folder });
  expect(await examined.ended).toMatchObject({ code: 2 });
  expect(examined.errors).toContain('Usage: npm run doctor');
});

async function startCalculator() {
  const port = await freePort();
  const server = await startCalculatorServer({ host: '127.0.0.1', port, log: silentLogger });
  return { port: String(port), [Symbol.asyncDispose]: () => server.close() };
}

/** To the last byte. */
async function fill(disk: string): Promise<void> {
  for (const size of [65_536, 4096, 512]) {
    for (;;) {
      const isFull = await writeFile(join(disk, 'filler'), Buffer.alloc(size), { flag: 'a' }).then(
        () => false,
        () => true,
      );
      if (isFull) break;
    }
  }
}
