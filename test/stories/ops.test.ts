/** The operator's port of a running bot. */
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../support/program.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let world: World | undefined;
afterEach(() => world?.[Symbol.asyncDispose]());

async function start(settings: Readonly<Record<string, string>> = {}) {
  const port = await freePort();
  world = await startWorld({
    discord: { guildLocale: 'en-US' },
    settings: { OPS_PORT: String(port), ...settings },
  });
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
  };
  return { world, get };
}

/** The values of a metric, by its labels as they are written. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('says that the process lives, that it is ready, and what it did, whatever the level of the log', async () => {
  const { world: started, get } = await start();
  const { general, discord, model } = started;
  model.enqueue(
    { toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }], usage: { promptTokens: 100, completionTokens: 9 } },
    { text: '42', usage: { promptTokens: 120, cachedTokens: 64, completionTokens: 3 } },
  );
  const jimin = discord.createUser({ name: 'jimin', locale: 'en-US' });
  const question = general.says(jimin, `<@${discord.bot.id}> 15 + 27?`);
  await replyTo(question, general);
  expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  const ready = await get('/readyz');
  expect([ready.status, JSON.parse(ready.text)]).toEqual([200, { gateway: true, store: true, lease: true }]);
  const read = async () => (await get('/metrics')).text;
  await expect.poll(async () => valuesOf(await read(), 'jupan_turns_total')).toEqual({ '{outcome="answered"}': 1 });
  const text = await read();
  expect(valuesOf(text, 'jupan_tokens_total')).toEqual({
    '{kind="prompt"}': 220,
    '{kind="cached"}': 64,
    '{kind="output"}': 12,
  });
  expect(valuesOf(text, 'jupan_tool_call_seconds_count')).toEqual({ '{tool="add",ok="true"}': 1 });
  expect(valuesOf(text, 'jupan_first_sign_seconds_count')).toEqual({ '': 1 });
  expect(valuesOf(text, 'jupan_dollars_total')['']).toBeGreaterThan(0);
  expect(Object.keys(valuesOf(text, 'jupan_discord_requests_total')).join()).toContain('method="POST"');
  expect(valuesOf(text, 'process_resident_memory_bytes')['']).toBeGreaterThan(1e7);
  for (const id of [jimin.id, question.id, general.id, general.guild?.id ?? '']) expect(text).not.toContain(id);
});

test('is not ready while Discord is away, and answers nothing but GET', async () => {
  const { world: started, get } = await start();
  expect((await get('/readyz', 'POST')).status).toBe(405);
  expect((await get('/')).status).toBe(404);
  started.discord.gateway.setDown(true);
  await expect.poll(async () => JSON.parse((await get('/readyz')).text)).toMatchObject({ gateway: false, store: true });
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
});
