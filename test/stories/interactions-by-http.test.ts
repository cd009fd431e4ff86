/** Commands and presses that Discord posts to the bot: that they are answered as those of the gateway are, and what else knocks at that port. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { labelsOf, press, useCommand } from '../support/private.ts';
import { freePort, startProgram } from '../support/program.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

let world: World;
let port: number;
let alex: SimulatedUser;

const callback = '/interactions/{interaction.id}/{interaction.token}/callback';

beforeAll(async () => {
  port = await freePort();
  world = await startWorld({
    discord: { guildLocale: 'en-US' },
    settings: { INTERACTIONS_PORT: String(port) },
    postsInteractions: true,
  });
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
});

/** What Discord found wrong that a test has brought about. */
const ownProblems: string[] = [];

afterEach(() => {
  expect(world.discord.problems).toEqual(ownProblems);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** As a command of Discord, so far as the port looks at it. */
function ping(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id: '1', application_id: world.discord.applicationId, type: 1, token: 't', ...changes });
}

/** What the port answers to that body. */
async function post(body: string, headers: Readonly<Record<string, string>>) {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text() };
}

describe('what Discord posts', () => {
  test('is answered by the callback: a question, its privacy, a panel, a press, a dialog, and suggestions', async () => {
    const { discord, model } = world;
    const channel = createChannel('all-of-it');
    const before = discord.endpoint.deliveries.length;
    model.enqueue({ text: 'it is 42' }, { text: 'for your eyes' });
    await channel.asks(alex, 'ask', { question: '15 + 27?' });
    await expectToStand(channel, ['> 15 + 27?\nit is 42']);
    await channel.asks(alex, 'ask', { question: 'and in secret?', private: 'true' });
    const secret = await channel.waitFor(() =>
      channel.messages.find(({ content }) => content.endsWith('for your eyes')),
    );
    expect(secret.isEphemeral).toBe(true);
    const help = await useCommand(channel, alex, 'help');
    model.enqueue({ text: 'added' });
    await press(channel, alex, help, labelsOf(help)[0] ?? '');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.endsWith('added')));
    expect(await channel.completes(alex, 'tools', 'tool', 'sq')).not.toEqual([]);
    const said = channel.says(alex, 'one and one');
    const menu = await channel.uses(alex, said.id, 'Ask Jupan');
    const dialog = await channel.waitFor(() => channel.dialogOf(menu));
    model.enqueue({ text: 'about that' });
    const [field = ''] = dialog.fields.map(({ customId }) => customId);
    await channel.submits(alex, menu, { [field]: 'What is it?' });
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.endsWith('about that')));
    await expect
      .poll(() => discord.endpoint.deliveries.slice(before).map(({ status }) => status))
      .toEqual([202, 202, 202, 202, 202, 202, 202]);
  });

  test('is answered while the gateway is away', async () => {
    const { discord, model } = world;
    const channel = createChannel('no-gateway');
    discord.gateway.drop();
    model.enqueue({ text: 'by HTTP' });
    await channel.asks(alex, 'ask', { question: 'there?' });
    await expectToStand(channel, ['> there?\nby HTTP']);
    await discord.waitForBot();
  });

  test('is answered once when it comes twice', async () => {
    const { discord, model } = world;
    const channel = createChannel('twice');
    const held = new Hold();
    model.enqueue({ text: [held, 'once'] });
    const id = await channel.asks(alex, 'ask', { question: 'again?' });
    await held.reached;
    expect(await discord.endpoint.repeat(id)).toBe(true);
    held.release();
    await expectToStand(channel, ['> again?\nonce']);
    expect(await discord.endpoint.repeat(id)).toBe(true);
    await useCommand(channel, alex, 'help');
    expect(botMessages(channel).filter(({ content }) => content.endsWith('once'))).toHaveLength(1);
    expect(model.requests.filter(({ body }) => JSON.stringify(body).includes('again?'))).toHaveLength(1);
  });
});

describe('the port', () => {
  test('answers PING, and turns away what is not signed by Discord, not fresh, or for another application', async () => {
    const { endpoint } = world.discord;
    const now = Math.floor(Date.now() / 1000);
    const body = ping();
    expect(await post(body, endpoint.sign(body))).toEqual({ status: 200, text: '{"type":1}' });
    const other = ping({ application_id: '1', type: 2, id: '77' });
    const statuses = await Promise.all([
      post(body, {}),
      post(body, { ...endpoint.sign(body), 'x-signature-ed25519': 'f'.repeat(128) }),
      post(body, { ...endpoint.sign(body), 'x-signature-ed25519': 'short' }),
      post(`${body} `, endpoint.sign(body)),
      post(body, { ...endpoint.sign(body), 'x-signature-timestamp': String(now - 1) }),
      post(body, endpoint.sign(body, now - 120)),
      post(body, endpoint.sign(body, now + 120)),
      post(other, endpoint.sign(other)),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 401, 401]);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(405);
    const late = await world.program.waitForEvent('interaction-too-old');
    expect(late.advice).toContain('clock');
  });

  test('turns away garbage, and what is too large before it is there', async () => {
    const { endpoint } = world.discord;
    for (const body of ['', 'null', '[1]', '{"type":2', '{"type":2}', '{"type":2,"id":7}', '\u0000', '{"id":"x"}'])
      expect({ body, ...(await post(body, endpoint.sign(body))) }).toMatchObject({ body, status: 400 });
    const large = 'x'.repeat(600_000);
    expect((await post(large, endpoint.sign(large))).status).toBe(413);
    const { promise, resolve } = Promise.withResolvers<number>();
    const chunked = request({ port, method: 'POST', headers: endpoint.sign('') }, (answer) =>
      resolve(answer.statusCode ?? 0),
    );
    chunked.on('error', () => {}); // It is hung up on.
    chunked.write(large);
    expect(await promise).toBe(413);
    chunked.destroy();
  });

  test('makes nothing of interactions that nobody knows, and goes on', async () => {
    const { discord } = world;
    const channel = createChannel('odd');
    const { guild } = channel;
    const odd = [
      { type: 99, id: '9000000000000000001' },
      { type: 2, id: '9000000000000000002' },
      { type: 2, id: '9000000000000000003', guild_id: guild?.id, data: { type: 1, name: 'ask' } },
      { type: 3, id: '9000000000000000004', data: {}, member: null, user: 'nobody' },
    ];
    await Promise.all(
      odd.map(async (interaction) => {
        const body = ping(interaction);
        expect((await post(body, discord.endpoint.sign(body))).status).toBe(202);
      }),
    );
    expect((await useCommand(channel, alex, 'help')).content).toContain('How to ask here');
  });

  test('hangs up on who is slow, and answers Discord meanwhile', async () => {
    const channel = createChannel('slow');
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    const signed = Object.entries(world.discord.endpoint.sign('{}')).map(([name, value]) => `${name}: ${value}\r\n`);
    const slow = Array.from({ length: 60 }, (_, index) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {}); // It is hung up on.
      socket.resume();
      // Half of them never end their head, the others never send what they have promised.
      socket.write(index % 2 === 0 ? head : `${head}${signed.join('')}content-length: 100\r\n\r\n{`);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    expect((await useCommand(channel, alex, 'help')).content).toContain('How to ask here');
    await Promise.all(slow);
  });
});

describe('a bot that is killed', () => {
  test('after it was told and before it could acknowledge answers the question once in the channel', async () => {
    const { discord, model } = world;
    const channel = createChannel('killed-before');
    const held = new Hold();
    model.enqueue({ text: [held, 'never'] }, { text: 'yes' });
    discord.faults.add({ route: callback, times: 99, effect: { type: 'reset' } });
    const id = await channel.asks(alex, 'ask', { question: 'still there?' });
    await held.reached;
    await expect.poll(() => discord.requests.some(({ path }) => path.includes(`/interactions/${id}/`))).toBe(true);
    await world.kill();
    held.release();
    discord.faults.clear();
    await world.start();
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.endsWith('yes')), {
      timeoutMs: 25_000,
    });
    ownProblems.push('/ask was not acknowledged within 3000 ms.');
    await expect.poll(() => discord.problems, { timeout: 10_000 }).toEqual(ownProblems);
    expect(await discord.endpoint.repeat(id)).toBe(true);
    await useCommand(channel, alex, 'help');
    expect(botMessages(channel).filter(({ content }) => content.endsWith('yes'))).toHaveLength(1);
  });

  test('after it has acknowledged goes on, in the response', async () => {
    const { model } = world;
    const channel = createChannel('killed-after');
    const held = new Hold();
    model.enqueue({ text: [held, 'never'] }, { text: 'gone on with' });
    await channel.asks(alex, 'ask', { question: 'and now?' });
    await held.reached;
    await world.kill();
    held.release();
    await world.start();
    await expectToStand(channel, ['> and now?\ngone on with']);
  });
});

describe('a bot that is set up for one side alone', () => {
  test('says so: a port without an address, an address without a port, and a port that another has', async () => {
    const taken = startProgram('bot', {
      ...world.settings,
      MCP_PORT: String(await freePort()),
      STORE_URL: 'memory://',
    });
    expect(await taken.ended).toMatchObject({ code: 1 });
    expect(taken.output).toMatch(/INTERACTIONS_PORT.{1,20}is in use by another program/);
    await world.stop();
    await world.start();
    expect(await world.program.waitForEvent('interactions-by-http')).toMatchObject({ level: 'info' });
    await world.stop();
    await world.start({ INTERACTIONS_PORT: '' });
    const elsewhere = await world.program.waitForEvent('interactions-elsewhere');
    expect(elsewhere).toMatchObject({ level: 'error', endpointUrl: `http://127.0.0.1:${port}/` });
    await world.discord.endpoint.set(undefined);
    await world.stop();
    await world.start();
    expect(await world.program.waitForEvent('interactions-endpoint-unset')).toMatchObject({ level: 'warn' });
    // Over the gateway, then.
    expect((await useCommand(createChannel('as-ever'), alex, 'help')).content).toContain('How to ask here');
  });
});
