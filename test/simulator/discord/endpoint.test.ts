/** The endpoint that an application may have for its interactions: how Discord saves its address, and what it posts there. */
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type Posted, startEndpoint } from '../../support/endpoint.ts';
import { callApi, generalOf, startBot } from './bot.ts';

const pong = '{"type":1}';

test('is saved when it answers PING in place and turns a wrong signature away, and not else', async () => {
  await using discord = await startDiscord();
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(discord.endpoint.publicKey, 'hex').toString('base64url') },
    format: 'jwk',
  });
  const isSigned = ({ headers, body }: Posted) =>
    verify(
      null,
      Buffer.from(`${headers['x-signature-timestamp']}${body}`),
      key,
      Buffer.from(String(headers['x-signature-ed25519']), 'hex'),
    );
  await using careless = await startEndpoint(() => [200, pong]);
  await using late = await startEndpoint(() => [202]);
  await using good = await startEndpoint((posted) => (isSigned(posted) ? [200, pong] : [401]));
  await expect(discord.endpoint.set(careless.url)).rejects.toThrow('wrong signature');
  await expect(discord.endpoint.set(late.url)).rejects.toThrow('PING');
  await expect(discord.endpoint.set('http://127.0.0.1:1/')).rejects.toThrow();
  const application = async () => (await callApi(discord, 'GET', '/applications/@me')).body;
  expect(await application()).toMatchObject({
    interactions_endpoint_url: null,
    verify_key: discord.endpoint.publicKey,
  });
  await discord.endpoint.set(good.url);
  expect(await application()).toMatchObject({ interactions_endpoint_url: good.url });
});

test('is posted what members use, and no session is told; an answer that is none ends it', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  await bot.client.application.commands.set([{ name: 'ping', description: 'Ping' }]);
  const told: string[] = [];
  bot.client.on(Events.InteractionCreate, ({ id }) => told.push(id));
  let status = 202;
  await using endpoint = await startEndpoint(({ headers, body }) => {
    if (/^0+$/.test(String(headers['x-signature-ed25519']))) return [401];
    return JSON.parse(body).type === 1 ? [200, pong] : [status];
  });
  await discord.endpoint.set(endpoint.url);
  const [general, min] = [generalOf(discord), discord.createUser({ name: 'min' })];
  const taken = await general.asks(min, 'ping', {});
  await expect.poll(() => discord.endpoint.deliveries).toMatchObject([{ interactionId: taken, status: 202 }]);
  expect(endpoint.posted.at(-1)?.body).toBe(discord.endpoint.payloadOf(taken));
  const { token } = JSON.parse(discord.endpoint.payloadOf(taken));
  const callback = await callApi(discord, 'POST', `/interactions/${taken}/${token}/callback`, { type: 5 });
  expect(callback.status).toBe(204);
  status = 500;
  const ended = new Promise((resolve) =>
    discord.observe((event) => {
      if (event.type === 'interaction-end' && event.interactionId !== taken) resolve(event.isAcknowledged);
    }),
  );
  await general.asks(min, 'ping', {});
  expect(await ended).toBe(false);
  expect(told).toEqual([]);
  await discord.endpoint.set(undefined);
  const again = once(bot.client, Events.InteractionCreate);
  await general.asks(min, 'ping', {});
  await again;
  expect(endpoint.posted).toHaveLength(4);
});
