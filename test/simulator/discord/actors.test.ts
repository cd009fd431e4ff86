import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { generalOf } from './bot.ts';

const withoutChecks = { checkBodies: false } as const;

test('waits until a channel shows what is looked for', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const waiting = general.waitFor(({ messages }) => messages.find(({ content }) => content === 'second'));
  general.says(member, 'first');
  const second = general.says(member, 'second');
  expect(await waiting).toBe(second);
  expect(await general.waitFor(({ messages }) => messages.length)).toBe(2);
});

test('gives up waiting with the transcript, at once when aborted or when the look throws', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min', displayName: '민' }), generalOf(discord)];
  const first = general.says(member, '1+1');
  general.says(member, 'well?', { repliesTo: first.id });
  const never = () => undefined;
  await expect(general.waitFor(never, { timeoutMs: 10 })).rejects.toThrow(
    'After 10 ms: nothing to be found in general:\n민: 1+1\n민 ↩: well?',
  );
  const abort = new AbortController();
  const waiting = general.waitFor(never, { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(general.waitFor(never, { signal: abort.signal })).rejects.toThrow('enough');
  const look = () => {
    throw new Error('not what I expected');
  };
  await expect(general.waitFor(look)).rejects.toThrow('not what I expected');
});

test('shows messages as they stood when they were read', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const message = general.says(member, 'one');
  const before = general.messages;
  general.edits(message.id, 'two');
  general.says(member, 'three');
  expect(before.map(({ content }) => content)).toEqual(['one']);
  expect(general.messages.map(({ content }) => content)).toEqual(['two', 'three']);
});

test('tells observers what a client would show, until they leave', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const seen: string[] = [];
  const stop = discord.observe(({ type }) => seen.push(type));
  const thread = general.startThread('sums');
  const message = thread.says(member, 'hi');
  thread.edits(message.id, 'hello');
  thread.deletes(message.id);
  discord.removeChannel(general);
  stop();
  discord.openDm(member);
  expect(seen).toEqual([
    'channel-create',
    'message-create',
    'message-update',
    'message-delete',
    'channel-delete',
    'channel-delete',
  ]);
  expect(discord.channel(thread.id)).toBeUndefined();
});

test('gives the same channel as the same object, and one line to each member', async () => {
  await using discord = await startDiscord(withoutChecks);
  const member = discord.createUser({ name: 'min', displayName: '민' });
  const direct = discord.openDm(member);
  expect(discord.openDm(member)).toBe(direct);
  expect(discord.channel(direct.id)).toBe(direct);
  expect(direct).toMatchObject({ kind: 'dm', name: '민' });
  expect(direct).not.toHaveProperty('guild');
  const thread = generalOf(discord).startThread('sums');
  expect(thread).toMatchObject({ kind: 'thread', parentId: generalOf(discord).id, guild: discord.guilds[0] });
  expect(discord.users.map(({ name }) => name)).toEqual(['Jupan', 'min']);
});

test('says what an actor cannot do', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  expect(() => general.says(member, 'x'.repeat(4001))).toThrow('at most 4000 characters');
  expect(() => general.says(member, 'x', { repliesTo: '1' })).toThrow('There is no message 1 in general');
  expect(() => general.edits('1', 'x')).toThrow('There is no message 1 in general');
  expect(() => general.startThread('a').startThread('b')).toThrow('and a is a thread');
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('there is no guild');
  discord.removeGuild(guild);
  expect(() => discord.createChannel(guild, 'new')).toThrow('not in that guild any more');
  expect(discord.channels).toEqual([]);
});

test('says which port it cannot have, and gives it back when it closes', async () => {
  const first = await startDiscord(withoutChecks);
  const port = Number(new URL(first.apiUrl).port);
  await expect(startDiscord({ ...withoutChecks, port })).rejects.toThrow('EADDRINUSE');
  await first.close();
  await using second = await startDiscord({ ...withoutChecks, port, token: 'my.own.token' });
  expect([second.apiUrl, second.token]).toEqual([first.apiUrl, 'my.own.token']);
});
