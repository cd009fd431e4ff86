/** What goes wrong is said in one plain line, its cause is in the log, no secret is in either, and the next question works. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import type { Answer } from '../../src/simulator/model/answer.ts';
import { htmlPage, insufficientQuota, invalidKey, serverError } from '../../src/simulator/model/failures.ts';
import type { Step } from '../../src/simulator/model/model-server.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let alex: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ settings: { OPENAI_API_KEY: 'sk-a-secret-of-the-test' } });
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  expect(world.program.output).not.toContain('sk-a-secret-of-the-test');
  expect(world.program.output).not.toContain(world.discord.token);
  expect(world.program.output).not.toContain('a very private question');
  expect(world.program.log.filter(({ event }) => event === 'unhandled-rejection')).toEqual([]);
  await world[Symbol.asyncDispose]();
});

function createChannel(name: string) {
  const guild = world.discord.createGuild({ name, locale: 'en-US' });
  return world.discord.createChannel(guild, name);
}

async function expectNextQuestionWorks(channel: ReturnType<typeof createChannel>): Promise<void> {
  world.model.enqueue({ text: 'fine again' });
  await replyTo(channel.says(alex, `${mention} and now?`), channel, (content) => content === 'fine again');
}

describe('when the model fails, the member sees one plain line', () => {
  const repeated = (answer: Answer, times: number): Step[] => Array.from({ length: times }, () => answer);
  const failures: readonly (readonly [string, Step[], RegExp])[] = [
    ['a refused key', [invalidKey()], /does not accept my access/],
    ['no money left', [insufficientQuota()], /credit .* used up/],
    ['server errors', repeated(serverError(), 3), /had a problem/],
    ['a page of HTML', [htmlPage()], /had a problem|broke off/],
    ['nothing at all', repeated({ text: '' }, 2), /gave no answer/],
  ];
  test.each(failures)('%s', async (name, steps, line) => {
    const channel = createChannel(name.replaceAll(' ', '-'));
    world.model.enqueue(...steps);
    const answer = await replyTo(channel.says(alex, `${mention} a very private question`), channel);
    expect(answer.content).toMatch(/^⚠️ [^\n]+$/);
    expect(answer.content).toMatch(line);
    expect(botMessages(channel)).toHaveLength(1);
    await expectNextQuestionWorks(channel);
    expect(
      world.program.log.filter(({ event, outcome }) => event === 'turn-end' && outcome === 'failed').at(-1),
    ).toHaveProperty('code');
  });

  test('a stream that breaks off after the answer has begun keeps what came', async () => {
    const channel = createChannel('cut');
    world.model.enqueue({ text: ['The answer ', 'is ', '42.'], cutAfterChunks: 3, chunkDelayMs: 700 });
    const question = channel.says(alex, `${mention} what is it`);
    await replyTo(question, channel);
    await expectToStand(channel, ['The answer is', /^⚠️ [^\n]+$/]);
    await expectNextQuestionWorks(channel);
  });
});

describe('when a tool call fails, the notice says why and the model goes on', () => {
  test.each([
    ['malformed arguments', { name: 'add', arguments: '{"a":15,"b":' }],
    ['an unknown tool', { name: 'subtract_everything', arguments: '{}' }],
    ['arguments of the wrong kind', { name: 'add', arguments: '{"a":"many","b":1}' }],
    ['a division by zero', { name: 'divide', arguments: '{"a":1,"b":0}' }],
  ] as const)('%s', async (name, call) => {
    const channel = createChannel(name.replaceAll(' ', '-'));
    world.model.enqueue({ toolCalls: [call] }, { text: 'I could not.' });
    await replyTo(channel.says(alex, `${mention} do it`), channel);
    await expectToStand(channel, [/^❌ \w+\(.*\) → \S[^\n]+$/, 'I could not.']);
    await expectNextQuestionWorks(channel);
  });
});

test('when Discord fails for a moment, the answer comes once all the same', async () => {
  for (const effect of [
    { type: 'status', status: 500 },
    { type: 'fail-after-storing' },
    { type: 'reset-after-storing' },
    { type: 'reset' },
    { type: 'rate-limit', retryAfterMs: 300 },
    // Not Discord's: something between refuses for a moment.
    { type: 'status', status: 403, body: '<html>Forbidden</html>' },
    { type: 'status', status: 404, body: '<html>Not Found</html>' },
  ] as const) {
    const channel = createChannel(`discord-${effect.type}`);
    world.discord.faults.add({
      method: 'POST',
      route: new RegExp(`^/channels/${channel.id}/messages$`),
      times: 2,
      effect,
    });
    world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: '3' });
    await replyTo(channel.says(alex, `${mention} 1+2`), channel);
    await expectToStand(channel, ['✅ add({"a":1,"b":2}) → 3', '3']);
  }
});

test('an unclear failure of a follow-up to /ask leaves every message once', async () => {
  const channel = createChannel('ask-unclear');
  world.discord.faults.add({
    method: 'POST',
    route: /^\/webhooks\//,
    times: 1,
    effect: { type: 'fail-after-storing' },
  });
  world.model.enqueue(
    { text: 'adding', toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
    { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
    { text: '3' },
  );
  await channel.asks(alex, 'ask', { question: '1+2' });
  const notice = '✅ add({"a":1,"b":2}) → 3';
  await expectToStand(channel, ['> 1+2\nadding', notice, notice, '3']);
});

test('an acknowledgement that fails once or comes late does not lose the command', async () => {
  for (const effect of [
    { type: 'status', status: 500 },
    { type: 'delay', delayMs: 400 },
  ] as const) {
    const channel = createChannel(`acknowledge-${effect.type}`);
    world.discord.faults.add({ method: 'POST', route: /^\/interactions\//, times: 1, effect });
    world.model.enqueue({ text: 'hi' });
    await channel.asks(alex, 'ask', { question: 'hello' });
    await expectToStand(channel, ['> hello\nhi']);
  }
});

test('an answer that Discord does not take is no silent end', async () => {
  const channel = createChannel('refused');
  const post = { method: 'POST', route: new RegExp(`^/channels/${channel.id}/messages$`), times: 1 };
  const refuse = (code: number) =>
    world.discord.faults.add({ ...post, effect: { type: 'status', status: 400, body: { code, message: 'refused' } } });
  world.model.enqueue({ text: 'blocked' });
  refuse(200000);
  await replyTo(channel.says(alex, `${mention} AutoMod`), channel, (content) =>
    /^⚠️ Discord did not accept/.test(content),
  );
  world.model.enqueue({ text: 'no reply' });
  refuse(160002);
  channel.says(alex, `${mention} without the permission to read the history`);
  await channel.waitFor(() =>
    botMessages(channel).some(({ content, repliesTo }) => content === 'no reply' && !repliesTo),
  );
});

test('a channel that is deleted in the middle of a turn ends the turn and nothing else', async () => {
  const channel = createChannel('deleted');
  world.model.enqueue({ text: 'nobody reads this', chunkDelayMs: 50 });
  channel.says(alex, `${mention} gone soon`);
  await world.model.waitForRequest(({ messages }) => messages.at(-1)?.text === 'Alex: gone soon');
  world.discord.removeChannel(channel);
  await world.program.waitForEvent('channel-gone');
  await expectNextQuestionWorks(createChannel('another'));
});
