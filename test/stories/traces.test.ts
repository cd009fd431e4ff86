/** Traces of a running bot, as a collector gets them. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecord } from '../crash/support/record.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let receiver: OtlpReceiver;
let world: World | undefined;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
  await receiver[Symbol.asyncDispose]();
});

async function start(settings: Readonly<Record<string, string>> = {}) {
  world = await startWorld({
    discord: { guildLocale: 'en-US' },
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...settings },
  });
  return { started: world, jimin: world.discord.createUser({ name: 'jimin', displayName: 'Jimin Kim' }) };
}

type Started = Awaited<ReturnType<typeof start>>;

/** A question with one call of a tool, to its answer. */
async function ask({ started, jimin }: Started) {
  const { general, discord, model } = started;
  model.enqueue(
    { toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }], usage: { promptTokens: 100, completionTokens: 9 } },
    { text: 'It is forty-two.', usage: { promptTokens: 120, cachedTokens: 64, completionTokens: 3 } },
  );
  const question = general.says(jimin, `<@${discord.bot.id}> how many apples?`);
  await replyTo(question, general, (content) => content === 'It is forty-two.');
  return question;
}

const spansOf = (turnId: string) => {
  const root = receiver.spans.find(({ attributes }) => attributes['jupan.turn.id'] === turnId);
  return receiver.spans.filter(({ traceId }) => traceId === root?.traceId);
};
const arrived = async (turnId: string) => {
  await expect.poll(() => spansOf(turnId).length, { timeout: 15_000 }).toBeGreaterThan(0);
  return spansOf(turnId);
};

test('a turn is one trace of the conventions’ names, with nothing that anybody wrote and no id of a person', async () => {
  const bot = await start({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20very-secret-key',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    LOG_LEVEL: 'debug',
  });
  const question = await ask(bot);
  const spans = await arrived(question.id);
  expect(spans.map(({ name }) => name)).toEqual([
    'invoke_agent jupan',
    'chat gpt-4o',
    'execute_tool add',
    'chat gpt-4o',
  ]);
  const [root, ...parts] = spans;
  expect(root?.parentId).toBe('');
  expect(parts.map(({ parentId }) => parentId)).toEqual(parts.map(() => root?.spanId));
  expect(root?.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.usage.input_tokens': 220,
    'gen_ai.usage.output_tokens': 12,
    'jupan.turn.outcome': 'answered',
  });
  for (const { startedAt, endedAt } of parts) {
    expect(startedAt).toBeGreaterThanOrEqual(root?.startedAt ?? Number.NaN);
    expect(endedAt).toBeLessThanOrEqual(root?.endedAt ?? Number.NaN);
  }
  expect(receiver.headers.authorization).toBe('Bearer very-secret-key');
  expect(receiver.raw).toContain('deployment.environment.name');
  const { jimin, started } = bot;
  const own = [
    'apples',
    'forty',
    '"a"',
    jimin.id,
    jimin.name,
    'Jimin',
    started.general.id,
    started.general.guild?.id ?? '-',
  ];
  expect(own.filter((text) => receiver.raw.includes(text))).toEqual([]);
  expect(started.program.output).not.toContain('very-secret-key');
});

test('what was written goes along where the operator wants it, as JSON where the collector does', async () => {
  const bot = await start({
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  const [root, , tool, last] = await arrived((await ask(bot)).id);
  expect(receiver.headers['content-type']).toBe('application/json');
  expect(root?.attributes['gen_ai.input.messages']).toContain('how many apples?');
  expect(last?.attributes['gen_ai.output.messages']).toContain('forty-two');
  expect(tool?.attributes).toMatchObject({
    'gen_ai.tool.call.arguments': '{"a":15,"b":27}',
    'gen_ai.tool.call.result': '42',
  });
});

test.each(['away', 'silent'] as const)('a collector that is %s delays no answer and not the end', async (mode) => {
  receiver.mode = mode;
  const bot = await start();
  await ask(bot);
  await expect.poll(() => receiver.requests).toBeGreaterThan(0);
  await ask(bot);
  expect(await bot.started.stop()).toEqual({ code: 0, signal: null });
  expect(bot.started.program.log.filter(({ event }) => event === 'stopped-late')).toEqual([]);
});

test('what a killed bot had not sent is sent by the next one, and what one has sent before its end is not', async () => {
  receiver.mode = 'away';
  const bot = await start();
  const question = await ask(bot);
  using record = openRecord(bot.started.settings.STORE_URL?.slice('sqlite://'.length) ?? '');
  const { id: channelId } = bot.started.general;
  await expect.poll(() => [record.history(channelId).length, record.allUnfinished().length]).toEqual([1, 0]);
  await expect.poll(() => receiver.requests).toBeGreaterThan(0);
  await bot.started.kill();
  receiver.mode = 'well';
  await bot.started.start();
  expect(await arrived(question.id)).toHaveLength(4);
  await bot.started.stop();
  const before = spansOf(question.id).length;
  await bot.started.start();
  const later = await ask(bot);
  expect(await arrived(later.id)).toHaveLength(4);
  expect(spansOf(question.id)).toHaveLength(before);
});

test('what traces need is loaded only where there is a collector', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-loaded-'));
  try {
    const { started } = await start({ NODE_V8_COVERAGE: folder });
    await started.stop();
    expect(await loadedScripts(folder)).toContain('@opentelemetry/sdk-trace');
    await rm(folder, { recursive: true });
    await started.start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    await started.stop();
    expect(await loadedScripts(folder)).not.toContain('@opentelemetry');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** The addresses of all scripts that were run, as Node's coverage lists them. */
async function loadedScripts(folder: string): Promise<string> {
  const files = await readdir(folder);
  expect(files.length).toBeGreaterThan(0);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.match(/"url":"[^"]+"/g) ?? []).join('\n');
}
