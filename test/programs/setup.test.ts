/** `npm run setup` in a real terminal, beside a local Discord and model: the whole way to a first answer, every refusal, and Ctrl-C wherever one may press it. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { type ModelServer, startModelServer } from '../../src/simulator/model/model-server.ts';
import { createOfflineModel } from '../../src/simulator/model/offline-model.ts';
import { startEndpoint } from '../support/endpoint.ts';
import { freePort, startProgram } from '../support/program.ts';
import { keys, noTerminal, openTerminal, type Terminal } from '../support/terminal.ts';

let folder: string;
let discord: SimulatedDiscord;
let model: ModelServer;
let port: number;
const opened: Terminal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-setup-'));
  port = await freePort();
  discord = await startDiscord({ guildLocale: 'none', isPublic: false });
  model = await startModelServer({
    apiKey: 'good-key',
    models: ['gpt-4o', 'small-one'],
    respond: createOfflineModel({ wordsPerSecond: Number.POSITIVE_INFINITY }),
  });
});
afterEach(async () => {
  for (const terminal of opened.splice(0)) terminal.kill();
  await Promise.all([discord.close(), model.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Where Discord is, as the environment of a real one would not say. */
const where = () => ({ DISCORD_API_URL: discord.apiUrl, MCP_PORT: String(port) });

function open(settings: Readonly<Record<string, string>> = {}): Terminal {
  const terminal = openTerminal('setup', [], {
    cwd: folder,
    settings: { ...where(), DOTENV_PATH: '.env', ...settings },
  });
  opened.push(terminal);
  return terminal;
}

async function answerAll(terminal: Terminal): Promise<void> {
  await terminal.shows('Bot token');
  terminal.press(discord.token, keys.enter);
  await terminal.shows('Discord knows the bot: Jupan');
  await terminal.shows('Who runs the language model?');
  terminal.press(keys.down, keys.enter);
  await terminal.shows('Its address, such as');
  terminal.press(model.baseUrl, keys.enter);
  await terminal.shows('API key');
  terminal.press('good-key', keys.enter);
  await terminal.shows('lists 2 models');
  await terminal.shows('Which model should answer?');
  terminal.press(keys.enter);
  await terminal.shows(/gpt-4o answers \(\d+\.\d s\)/);
  await terminal.shows('Where should conversations be kept?');
  terminal.press(keys.enter);
  await terminal.shows('jupan.sqlite can be used');
}

async function answerBudget(terminal: Terminal): Promise<void> {
  await terminal.shows('At most how many US dollars a month');
  terminal.press('many', keys.enter);
  await terminal.shows('This should be a number above 0');
  terminal.press('\u0015', '20', keys.enter);
  await terminal.shows('At most how many questions a day');
  terminal.press('30', keys.enter);
}

const readEnv = async () => parse(await readFile(join(folder, '.env'), 'utf8'));

describe.skipIf(noTerminal !== undefined)(
  `in a terminal${noTerminal === undefined ? '' : ` (skipped: ${noTerminal})`}`,
  () => {
    test('leads from nothing to a first answered question', async () => {
      const terminal = open();
      await answerAll(terminal);
      await answerBudget(terminal);
      await terminal.shows('.env is written');
      expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
      expect(await readEnv()).toEqual({
        DISCORD_TOKEN: discord.token,
        OPENAI_API_KEY: 'good-key',
        OPENAI_BASE_URL: model.baseUrl,
        JUPAN_CONFIG: 'jupan.json',
      });
      expect(JSON.parse(await readFile(join(folder, 'jupan.json'), 'utf8'))).toEqual({
        $schema: './jupan.schema.json',
        budgets: [
          { of: 'bot', per: 'month', dollars: 20 },
          { of: 'member', per: 'day', questions: 30 },
        ],
      });
      await terminal.shows(`oauth2/authorize?client_id=${discord.applicationId}`);
      await terminal.shows('Waiting until it is in a server');
      const guild = discord.createGuild({ name: 'Abacus club' });
      const channel = discord.createChannel(guild, 'sums');
      await terminal.shows('The bot is in Abacus club');
      await terminal.shows('Start the bot now');
      terminal.press(keys.enter);
      await terminal.shows('In your server, write: @Jupan');
      const member = discord.createUser({ name: 'min' });
      const question = channel.says(member, `<@${discord.bot.id}> add 15 and 27`);
      await terminal.shows('It has answered its first question');
      // The program says so when the turn has ended; its message is on the way then.
      await channel.waitFor(() =>
        channel.messages.some(({ repliesTo, content }) => repliesTo === question.id && content.includes('42')),
      );
      terminal.press(keys.interrupt);
      expect(await terminal.ended).toBe(0);
      expect(terminal.screen).toContain('The bot has ended');
      expect(terminal.screen).not.toContain(discord.token);
      expect(terminal.screen).not.toContain('good-key');
      expect(discord.problems).toEqual([]);
      // What it has written is what the doctor finds well.
      const examined = startProgram('doctor', { ...where(), DOTENV_PATH: '.env' }, { cwd: folder });
      expect(await examined.ended).toMatchObject({ code: 0 });
      expect(examined.output).toMatch(/Limits: 2 budgets/);
    });

    test('a token, a key and a store that do not work are said to be so and asked for again', async () => {
      const terminal = open();
      await terminal.shows('Bot token');
      terminal.press(keys.enter);
      await terminal.shows('This is needed.');
      terminal.press('no-such-token', keys.enter);
      await terminal.shows('Discord refuses this token');
      await terminal.shows('Bot token');
      terminal.press(discord.token, keys.enter);
      await terminal.shows('Who runs the language model?');
      terminal.press(keys.down, keys.enter);
      await terminal.shows('Its address');
      terminal.press('nonsense', keys.enter);
      await terminal.shows('This should be an http(s) address');
      terminal.press('\u0015', model.baseUrl, keys.enter);
      await terminal.shows('API key');
      terminal.press('dead-key', keys.enter);
      await terminal.shows('The server does not take it');
      await terminal.shows('Who runs the language model?');
      terminal.press(keys.down, keys.enter);
      await terminal.shows('Its address');
      terminal.press(model.baseUrl, keys.enter);
      await terminal.shows('API key');
      terminal.press('good-key', keys.enter);
      await terminal.shows('Which model should answer?');
      terminal.press(keys.down, keys.down, keys.enter);
      await terminal.shows('Name of the model');
      terminal.press('gpt-9', keys.enter);
      await terminal.shows('gpt-9 does not answer');
      await terminal.shows('Use it all the same?');
      terminal.press(keys.enter);
      await terminal.shows('Which model should answer?');
      terminal.press(keys.down, keys.enter);
      await terminal.shows('small-one answers');
      await terminal.shows('Where should conversations be kept?');
      terminal.press(keys.down, keys.enter);
      await terminal.shows('Its address: redis');
      terminal.press(`redis://127.0.0.1:${await freePort()}`, keys.enter);
      await terminal.shows('cannot be used: ');
      await terminal.shows('Where should conversations be kept?');
      terminal.press(keys.enter);
      // Nobody knows what that model costs.
      await terminal.shows('At most how many tokens a month');
      terminal.press(keys.enter);
      await terminal.shows('At most how many questions a day');
      terminal.press(keys.enter);
      await terminal.shows('.env is written');
      expect(await readEnv()).toEqual({
        DISCORD_TOKEN: discord.token,
        OPENAI_API_KEY: 'good-key',
        OPENAI_BASE_URL: model.baseUrl,
        OPENAI_MODEL: 'small-one',
      });
      await terminal.shows('Waiting until it is in a server');
      terminal.press(keys.interrupt);
      await terminal.shows('Stopped. Written: .env');
      expect(await terminal.ended).toBe(130);
      expect(await readdir(folder)).toEqual(['.env']);
    });

    test.each([
      ['at the token', async (terminal: Terminal) => terminal.shows('Bot token')],
      [
        'while something is tried',
        async (terminal: Terminal) => {
          discord.faults.add({ method: 'GET', route: '/applications/@me', effect: { type: 'delay', delayMs: 50_000 } });
          await terminal.shows('Bot token');
          terminal.press(discord.token, keys.enter);
          await terminal.shows('Trying it');
        },
      ],
      [
        'before the last question',
        async (terminal: Terminal) => {
          await answerAll(terminal);
          await terminal.shows('At most how many US dollars a month');
        },
      ],
    ])('Ctrl-C %s writes nothing', async (_, upTo) => {
      const terminal = open();
      await upTo(terminal);
      terminal.press(keys.interrupt);
      await terminal.shows('Stopped. Nothing was written.');
      expect(await terminal.ended).toBe(130);
      expect(await readdir(folder)).toEqual([]);
    });

    test('an .env that is there is left alone, unless one says that it may be changed', async () => {
      const before = `# mine\nDISCORD_TOKEN=${discord.token}\nLOG_LEVEL=debug\nSYSTEM_PROMPT="a # b"\n`;
      await writeFile(join(folder, '.env'), before, { mode: 0o644 });
      const first = open();
      await first.shows('There is a file .env already');
      first.press(keys.enter);
      await first.shows('It was left as it is');
      expect(await first.ended).toBe(0);
      expect(await readFile(join(folder, '.env'), 'utf8')).toBe(before);
      const second = open();
      await second.shows('There is a file .env already');
      second.press(keys.up, keys.enter);
      await second.shows('Bot token (empty keeps the one that is there)');
      second.press(keys.enter);
      await second.shows('Discord knows the bot');
      await second.shows('Who runs');
      second.press(keys.down, keys.enter);
      await second.shows('Its address');
      second.press(model.baseUrl, keys.enter);
      await second.shows('API key');
      second.press('good-key', keys.enter);
      await second.shows('Which model');
      second.press(keys.enter);
      await second.shows('Where should');
      second.press(keys.enter);
      await second.shows('US dollars');
      second.press(keys.enter);
      await second.shows('questions a day');
      second.press(keys.enter);
      await second.shows('.env is written');
      expect(await readFile(join(folder, '.env'), 'utf8')).toBe(
        `${before}OPENAI_API_KEY=good-key\nOPENAI_BASE_URL=${model.baseUrl}\n`,
      );
      expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
    });

    test('speaks Korean where the terminal does', async () => {
      const terminal = open({ LC_ALL: 'ko_KR.UTF-8' });
      await terminal.shows('주판 설치');
      await terminal.shows('봇 토큰');
      terminal.press(keys.interrupt);
      await terminal.shows('아무것도 쓰지 않았습니다');
      expect(await terminal.ended).toBe(130);
    });
  },
);

describe('for scripts', () => {
  const run = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
    startProgram('setup', { ...where(), ...settings }, { args, cwd: folder });

  test('takes flags and the environment, tries all of it and writes it', async () => {
    const args = ['--yes', '--base-url', model.baseUrl, '--dollars-per-month', '5', '--encrypt-store'];
    const setup = run(args, { DISCORD_TOKEN: discord.token, OPENAI_API_KEY: 'good-key' });
    expect(await setup.ended).toMatchObject({ code: 0 });
    expect(setup.output).toContain(`client_id=${discord.applicationId}`);
    expect(setup.output).not.toContain(discord.token);
    const { STORE_KEY, ...env } = await readEnv();
    expect(STORE_KEY).toMatch(/^[\w+/]{43}=$/);
    expect(env).toEqual({
      DISCORD_TOKEN: discord.token,
      OPENAI_API_KEY: 'good-key',
      OPENAI_BASE_URL: model.baseUrl,
      JUPAN_CONFIG: 'jupan.json',
    });
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
    const again = run(['--yes', '--token', discord.token, '--key', 'good-key', '--base-url', model.baseUrl]);
    expect(await again.ended).toMatchObject({ code: 1 });
    expect(again.errors).toContain('--update');
    const changed = run(['--yes', '--update', '--model', 'small-one']);
    expect(await changed.ended).toMatchObject({ code: 0 });
    expect(await readEnv()).toEqual({ STORE_KEY, ...env, OPENAI_MODEL: 'small-one' });
  });

  test('says where Discord posts commands, where nobody is set up to listen', async () => {
    await using endpoint = await startEndpoint(({ headers }) =>
      /^0+$/.test(String(headers['x-signature-ed25519'])) ? [401] : [200, '{"type":1}'],
    );
    await discord.endpoint.set(endpoint.url);
    const args = ['--yes', '--base-url', model.baseUrl, '--token', discord.token, '--key', 'good-key'];
    const setup = run(args);
    expect(await setup.ended).toMatchObject({ code: 0 });
    expect(setup.output).toContain(`posts commands and presses to ${endpoint.url}: set INTERACTIONS_PORT`);
    const set = run([...args, '--update'], { INTERACTIONS_PORT: '4499' });
    expect(await set.ended).toMatchObject({ code: 0 });
    expect(set.output).not.toContain('posts commands');
  });

  test.each([
    ['nothing given', [], /--token \(DISCORD_TOKEN\), --key \(OPENAI_API_KEY\)/],
    ['a wrong token', ['--token', 'wrong', '--key', 'good-key'], /Discord refuses this token/],
    [
      'a budget that is none',
      ['--token', 'TOKEN', '--key', 'good-key', '--base-url', 'MODEL', '--dollars-per-month', 'lots'],
      /--dollars-per-month: This should be a number/,
    ],
    ['a dead key', ['--token', 'TOKEN', '--key', 'dead-key', '--base-url', 'MODEL'], /gpt-4o does not answer/],
    [
      'an unknown model',
      ['--token', 'TOKEN', '--key', 'good-key', '--base-url', 'MODEL', '--model', 'gpt-9'],
      /gpt-9 does not answer/,
    ],
    [
      'a store that is none',
      ['--token', 'TOKEN', '--key', 'good-key', '--base-url', 'MODEL', '--store', 'sqlite:///proc/no/x.sqlite'],
      /cannot be used/,
    ],
  ])('%s: says so, writes nothing, and ends with 1', async (_, given, message) => {
    const args = given.map((word) => (word === 'TOKEN' ? discord.token : word === 'MODEL' ? model.baseUrl : word));
    const setup = run(['--yes', ...args]);
    expect(await setup.ended).toMatchObject({ code: 1 });
    expect(setup.errors).toMatch(message);
    expect(setup.errors).not.toContain('    at ');
    expect(await readdir(folder)).toEqual([]);
  });

  test('--wait waits until the bot is in a server', async () => {
    const setup = run(['--yes', '--wait', '--token', discord.token, '--key', 'good-key', '--base-url', model.baseUrl]);
    await setup.waitForOutput(/Waiting until/);
    discord.createGuild({ name: 'Abacus club' });
    expect(await setup.ended).toMatchObject({ code: 0 });
    expect(setup.output).toContain('The bot is in Abacus club');
  });

  test('without a terminal and without --yes it says what to do', async () => {
    const setup = run([]);
    expect(await setup.ended).toMatchObject({ code: 2 });
    expect(setup.errors).toContain('npm run setup -- --help');
  });
});
