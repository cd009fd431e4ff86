/** A store that is away when a question comes: the question waits, its author is told, and it is answered. */
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mention: string;
const waits = /^⚠️ I cannot read our conversation right now/;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' } });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

/** Renames the table under the bot: every read and write fails until it is named back. */
function rename(from: string, to: string): void {
  const database = new DatabaseSync(String(world.settings.STORE_URL).replace('sqlite://', ''), { timeout: 5000 });
  database.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  database.close();
}

function leaseHolder(): string {
  const database = new DatabaseSync(String(world.settings.STORE_URL).replace('sqlite://', ''), { readOnly: true });
  const found = database.prepare("SELECT value FROM entries WHERE key LIKE '%:lease'").get();
  database.close();
  return String(found?.value);
}
const takeStoreAway = () => rename('entries', 'away');
const bringStoreBack = () => rename('away', 'entries');

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

const isWaiting = (channel: SimulatedChannel) =>
  channel.waitFor(() => botMessages(channel).some(({ content }) => content.includes('⚠️')), { timeoutMs: 10_000 });

test('questions wait in the order asked, with one line that is gone when the answers stand', async () => {
  const channel = createChannel('in-order');
  takeStoreAway();
  const questions = ['one', 'two'].map((text) => channel.says(jimin, `${mention} ${text}`));
  await isWaiting(channel);
  await expectToStand(channel, [waits]);
  world.model.enqueue({ text: 'answer one' }, { text: 'answer two' });
  bringStoreBack();
  for (const question of questions) await replyTo(question, channel);
  await expectToStand(channel, ['answer one', 'answer two']);
});

test('/ask says that it waits in its response, and is answered', async () => {
  const channel = createChannel('ask');
  takeStoreAway();
  await channel.asks(jimin, 'ask', { question: 'hello' });
  await isWaiting(channel);
  await expectToStand(channel, [/^> hello\n⚠️ I cannot read/]);
  world.model.enqueue({ text: 'hi' });
  bringStoreBack();
  await expectToStand(channel, ['> hello\nhi']);
});

test('a question that is deleted while it waits takes the line with it', async () => {
  const channel = createChannel('deleted');
  takeStoreAway();
  const question = channel.says(jimin, `${mention} never mind`);
  await isWaiting(channel);
  channel.deletes(question.id);
  await expectToStand(channel, []);
  bringStoreBack();
});

test('a process that is stopped meanwhile leaves no line, answers after the start, and tells whoever used /ask', async () => {
  const [channel, other] = [createChannel('stopped'), createChannel('stopped-ask')];
  takeStoreAway();
  const question = channel.says(jimin, `${mention} later?`);
  await other.asks(jimin, 'ask', { question: 'lost' });
  await Promise.all([isWaiting(channel), isWaiting(other)]);
  await world.stop();
  await expectToStand(channel, []);
  await expectToStand(other, [/^> lost\n⚠️ I cannot keep conversations right now, so I did not take the question/]);
  bringStoreBack();
  world.model.enqueue({ text: 'now' });
  await world.start();
  await replyTo(question, channel);
  await expectToStand(channel, ['now']);
});

test('a process that is killed meanwhile answers after the start, once', async () => {
  const channel = createChannel('killed');
  takeStoreAway();
  const question = channel.says(jimin, `${mention} killed?`);
  await isWaiting(channel);
  await world.kill();
  bringStoreBack();
  world.model.enqueue({ text: 'alive' });
  await world.start();
  await replyTo(question, channel);
  expect(botMessages(channel).filter(({ repliesTo }) => repliesTo === question.id)).toHaveLength(1);
});

/** Kills the process in the middle of a turn, and starts another that finds the store away as soon as it has logged in. */
async function restartWithoutStore(channel: SimulatedChannel) {
  const held = new Hold();
  world.model.enqueue({ text: [held] });
  const question = channel.says(jimin, `${mention} hold`);
  await held.reached;
  await world.kill();
  held.release();
  // The log-in comes some seconds after the store was opened: time to take it away in between.
  world.discord.faults.add({ method: 'GET', route: '/gateway/bot', times: 3, effect: { type: 'status', status: 500 } });
  const started = world.start();
  await expect.poll(leaseHolder, { timeout: 10_000 }).toContain(`"pid":${world.program.process.pid}`);
  takeStoreAway();
  await world.program.waitForEvent('turns-not-read');
  return { question, started };
}

test('what is pressed before the turns of an earlier process are known is told in time to press again', async () => {
  const channel = createChannel('pressed-early');
  const { question, started } = await restartWithoutStore(channel);
  await channel.asks(jimin, 'stop', {});
  await channel.waitFor(() =>
    channel.messages.some(({ isEphemeral, content }) => isEphemeral && /^I cannot keep that right now/.test(content)),
  );
  world.model.enqueue({ text: 'hi' });
  bringStoreBack();
  await started;
  await replyTo(question, channel, (content) => content === 'hi');
});

test('/ask in the first moments comes after the turns of an earlier process', async () => {
  const channel = createChannel('asked-early');
  const { question, started } = await restartWithoutStore(channel);
  await channel.asks(jimin, 'ask', { question: 'now' });
  const bySaid: Respond = ({ messages }) => ({ text: messages.at(-1)?.text?.includes('now') ? 'newer' : 'older' });
  world.model.enqueue(bySaid, bySaid);
  bringStoreBack();
  await started;
  await replyTo(question, channel, (content) => content === 'older');
  await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '> now\nnewer'), {
    timeoutMs: 10_000,
  });
});
