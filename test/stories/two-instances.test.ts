/** More than one Jupan with one store: a second one by mistake, one that encrypts, and one for each half of the guilds. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Hold } from '../../src/simulator/model/hold.ts';
import { freePort, type Program, startProgram } from '../support/program.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

const others: Program[] = [];

afterEach(async () => {
  for (const other of others.splice(0)) {
    other.process.kill('SIGKILL');
    await other.ended;
  }
});

async function startOther(world: World, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const other = startProgram('start', { ...world.settings, MCP_PORT: String(await freePort()), ...settings });
  others.push(other);
  return other;
}

describe('a second instance on the same store', { timeout: 60_000 }, () => {
  test('says so and waits, answers nothing, and stops with status 0 when told to', async () => {
    await using world = await startWorld();
    const member = world.discord.createUser({ name: 'mina' });
    // Started by mistake with the very same settings, the calculator's address among them.
    const other = await startOther(world, { MCP_PORT: world.settings.MCP_PORT ?? '' });
    expect(await other.waitForEvent('store-in-use')).toMatchObject({ level: 'warn' });
    world.model.enqueue({ text: 'once' });
    await replyTo(world.general.says(member, `<@${world.discord.bot.id}> hi`), world.general);
    expect(world.discord.gateway.identifies).toBe(1);
    other.process.kill('SIGTERM');
    expect(await other.ended).toEqual({ code: 0, signal: null });
    expect(other.log.filter(({ event }) => event === 'store-in-use')).toHaveLength(1);
    expect(botMessages(world.general)).toHaveLength(1);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'takes over within seconds when the first ends by %s, in mid-turn',
    async (signal) => {
      await using world = await startWorld();
      const member = world.discord.createUser({ name: 'mina' });
      const other = await startOther(world);
      await other.waitForEvent('store-in-use');
      const held = new Hold();
      world.model.enqueue({ text: [held, 'never seen'] }, { text: 'from the second' });
      const question = world.general.says(member, `<@${world.discord.bot.id}> hi`);
      await held.reached;
      if (signal === 'SIGTERM') await world.stop();
      else await world.kill();
      held.release();
      await other.waitForEvent('ready');
      await replyTo(question, world.general, (content) => content === 'from the second');
      expect(botMessages(world.general).map(({ content }) => content)).toEqual(['from the second']);
    },
  );

  test('takes over from one that is frozen; thawed, that one says nothing and ends', async () => {
    await using world = await startWorld();
    const member = world.discord.createUser({ name: 'mina' });
    const other = await startOther(world);
    await other.waitForEvent('store-in-use');
    const held = new Hold();
    world.model.enqueue({ text: [held, 'from the first'] }, { text: 'from the second' });
    const question = world.general.says(member, `<@${world.discord.bot.id}> hi`);
    await held.reached;
    world.program.process.kill('SIGSTOP');
    held.release();
    await other.waitForEvent('ready', { timeoutMs: 25_000 });
    await replyTo(question, world.general, (content) => content === 'from the second');
    const before = world.general.transcript();
    world.program.process.kill('SIGCONT');
    expect(await world.program.ended).toEqual({ code: 1, signal: null });
    expect(world.program.output).toContain('Another Jupan has taken over this store');
    expect(world.general.transcript()).toBe(before);
    world.model.enqueue({ text: 'again' });
    await replyTo(world.general.says(member, `<@${world.discord.bot.id}> still there?`), world.general);
    expect(botMessages(world.general)).toHaveLength(2);
  });
});

describe('an instance with STORE_KEY on the store of one without', { timeout: 60_000 }, () => {
  test('leaves it alone while it answers; then it encrypts what is there, and knows all of it', async () => {
    await using world = await startWorld();
    const { discord, model, general } = world;
    const member = discord.createUser({ name: 'mina', displayName: 'Mina' });
    const ask = (text: string) => general.says(member, `<@${discord.bot.id}> ${text}`);
    const other = await startOther(world, { STORE_KEY: 'open sesame open sesame' });
    await other.waitForEvent('store-in-use');
    for (const [question, answer] of [
      ['remember 42', 'noted'],
      ['remember 43', 'noted, too'],
    ] as const) {
      model.enqueue({ text: answer });
      await replyTo(ask(question), general, (content) => content === answer);
    }
    expect(storedIn(world).every(([, value]) => !value.startsWith('aes-256-gcm:'))).toBe(true);
    await world.stop();
    await other.waitForEvent('ready');
    model.enqueue({ text: 'yes' });
    await replyTo(ask('all there?'), general, (content) => content === 'yes');
    const prompt = (model.requests.at(-1)?.messages ?? []).slice(1).map(({ text }) => text);
    expect(prompt).toEqual(['Mina: remember 42', 'noted', 'Mina: remember 43', 'noted, too', 'Mina: all there?']);
    expect(await other.waitForEvent('store-encrypted')).toMatchObject({ level: 'warn' });
    expect(storedIn(world).filter(([, value]) => !value.startsWith('aes-256-gcm:2:'))).toEqual([]);
    expect(discord.problems).toEqual([]);
  });
});

/** Every value that holds what members said, or could: all but the records of the lease and of the key, and what processes count together. */
function storedIn(world: World): (readonly [string, string])[] {
  using database = new DatabaseSync(String(world.settings.STORE_URL).replace('sqlite://', ''), { readOnly: true });
  return database
    .prepare("SELECT key, value FROM entries WHERE key NOT IN ('jupan:lease', 'jupan:encryption')")
    .all()
    .map(({ key, value }) => [String(key), String(value)] as const)
    .filter(([key]) => key !== 'jupan:value:store-opened-at' && !key.startsWith('jupan:shared:'));
}

describe('two processes with a shard each on one store', { timeout: 60_000 }, () => {
  test('answer side by side, each the questions of its guilds, and each resumes its own', async () => {
    await using world = await startWorld({ settings: { DISCORD_SHARDS: '0/2' } });
    const { discord, model } = world;
    const member = discord.createUser({ name: 'mina' });
    const shardOf = (guildId: string) => Number((BigInt(guildId) >> 22n) % 2n);
    const guildOf = (shard: number) => discord.guilds.find(({ id }) => shardOf(id) === shard);
    // The millisecond of its creation decides on a guild's shard.
    while (guildOf(0) === undefined || guildOf(1) === undefined) {
      discord.createGuild({ name: 'another guild' });
      await sleep(1);
    }
    let other = await startOther(world, { DISCORD_SHARDS: '1/2' });
    await other.waitForEvent('ready');
    const channels = [0, 1].map((shard) => {
      const guild = guildOf(shard);
      if (guild === undefined) throw new Error(`no guild of shard ${shard}`);
      return discord.createChannel(guild, 'talk');
    });
    for (const channel of channels) {
      model.enqueue({ text: 'yes' });
      await replyTo(channel.says(member, `<@${discord.bot.id}> there?`), channel);
      expect(botMessages(channel)).toHaveLength(1);
    }
    // A turn of the second shard is left behind: the first, started again, leaves it alone.
    const held = new Hold();
    model.enqueue({ text: [held] });
    const [, second] = channels;
    const question = second?.says(member, `<@${discord.bot.id}> and now?`);
    await held.reached;
    other.process.kill('SIGKILL');
    await other.ended;
    held.release();
    await world.stop();
    await world.start();
    expect(world.program.log.some(({ event }) => event === 'turns-resumed')).toBe(false);
    model.enqueue({ text: 'from the second' });
    other = await startOther(world, { DISCORD_SHARDS: '1/2' });
    if (second !== undefined && question !== undefined) await replyTo(question, second);
    expect(other.log.some(({ event }) => event === 'turns-resumed')).toBe(true);
    // One that would serve a shard of another waits.
    const third = await startOther(world, { DISCORD_SHARDS: '1/2' });
    await third.waitForEvent('store-in-use');
    expect(discord.problems).toEqual([]);
  });
});
