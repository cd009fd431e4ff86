/**
 * The way of the README, step by step as it stands there: from a fresh clone to a bot that answers in one's server, which shall take
 * less than five minutes. `TEST_FRESH_INSTALL` has the packages installed as well, which takes a minute; without it those of this checkout
 * are used.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { startModelServer } from '../../src/simulator/model/model-server.ts';
import { createOfflineModel } from '../../src/simulator/model/offline-model.ts';
import { freePort, startProgram } from '../support/program.ts';
import { replyTo } from '../support/world.ts';

const mostMs = 5 * 60_000;
const installs = process.env.TEST_FRESH_INSTALL !== undefined;
const isCheckout = existsSync('.git');
if (!isCheckout) console.warn('Skipped: the way of the README begins with a clone, and this is no git checkout.');
if (!installs) console.warn('npm ci is left out of the way of the README, since TEST_FRESH_INSTALL is not set.');

test.skipIf(!isCheckout)(
  'from a fresh clone to a first answer takes less than five minutes',
  async () => {
    expect(stepsOf(readFileSync('README.md', 'utf8'))).toEqual(['npm ci', 'npm run setup', 'npm start']);
    await using world = await startSurroundings();
    const { discord, model, folder } = world;
    const clone = join(folder, 'jupan');
    // Discord itself, and a port of this machine that is free: a person has no need to say either.
    const around = { DISCORD_API_URL: discord.apiUrl, MCP_PORT: String(await freePort()), DOTENV_PATH: '.env' };
    const took = stopwatch();

    execFileSync('git', ['clone', '--quiet', resolve('.'), clone]);
    took('clone');
    if (installs) execFileSync('npm', ['ci'], { cwd: clone, stdio: 'ignore' });
    else await symlink(resolve('node_modules'), join(clone, 'node_modules'));
    took('npm ci');

    const given = ['--yes', '--wait', '--token', discord.token, '--key', 'good-key', '--base-url', model.baseUrl];
    const setup = startProgram('setup', around, { viaNpm: true, cwd: clone, args: given });
    // What a person does with the link.
    await setup.waitForOutput(/oauth2\/authorize\?client_id=/);
    const channel = discord.createChannel(discord.createGuild({ name: 'Abacus club' }), 'sums');
    expect(await setup.ended, setup.output).toMatchObject({ code: 0 });
    took('npm run setup');

    const bot = startProgram('start', around, { viaNpm: true, cwd: clone });
    try {
      await bot.waitForEvent('commands-registered');
      took('npm start');
      const member = discord.createUser({ name: 'min' });
      const question = channel.says(member, `<@${discord.bot.id}> add 15 and 27`);
      await replyTo(question, channel, (content) => content.includes('42'));
      took('first answer');
    } finally {
      bot.process.kill('SIGTERM');
      expect(await bot.ended).toMatchObject({ code: 0 });
    }
    console.info(took.all());
    expect(discord.problems).toEqual([]);
  },
  mostMs,
);

/** What is to be typed on Discord's page of the README: the block of commands, and what it says of the time after. */
function stepsOf(readme: string): string[] {
  const [, section = ''] = /\n## Set it up on Discord\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  const [, later = ''] = /From then on: `([^`]+)`/.exec(section) ?? [];
  return [...block.trim().split('\n'), later];
}

async function startSurroundings() {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'jupan-clone-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const discord = stack.use(await startDiscord({ guildLocale: 'none', isPublic: false }));
  const model = stack.use(
    await startModelServer({
      apiKey: 'good-key',
      models: ['gpt-4o'],
      respond: createOfflineModel({ wordsPerSecond: Number.POSITIVE_INFINITY }),
    }),
  );
  return { folder, discord, model, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Names what has passed since the call before. */
function stopwatch() {
  const laps: string[] = [];
  const startedAt = performance.now();
  let last = startedAt;
  const toText = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const lap = (name: string) => {
    laps.push(`${name} ${toText(performance.now() - last)}`);
    last = performance.now();
  };
  return Object.assign(lap, { all: () => `${laps.join(', ')}: ${toText(last - startedAt)} in all` });
}
