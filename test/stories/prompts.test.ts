/** Prompts of tool servers as slash commands: what members find, what becomes of it, and what is left of a server that changes or goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { type ServedContent, type ServedPrompt, startContentServer } from '../agent/support/content-server.ts';
import type { TestToolServer } from '../agent/support/tool-server.ts';
import { answerTo, useCommand } from '../support/private.ts';
import { botMessages, startWorld, type World } from '../support/world.ts';

const everything = resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const say = (text: string) => [{ role: 'user' as const, content: { type: 'text' as const, text } }];
const many: ServedPrompt = {
  name: 'Many',
  title: 'So many **values**',
  arguments: Array.from({ length: 30 }, (_, at) => ({ name: `value ${at}`, required: at === 29 })),
  messages: (args) => say(`many: ${JSON.stringify(args)}`),
};
const wiki: ServedContent = {
  prompts: [
    {
      name: 'Summarize_Page',
      description: 'Sums up a *page* for <@1>\n# at once',
      arguments: [{ name: '길이' }, { name: 'Page Title', required: true }],
      messages: (args) => say(`Sum up ${args['Page Title']} in ${args.길이 ?? 'some'} words.`),
    },
    { name: '요약', messages: () => say('요약해 주세요.') },
    {
      name: 'summarize page',
      messages: () => [
        ...say('Look at this:'),
        { role: 'user', content: { type: 'image', data: pixel, mimeType: 'image/png' } },
        { role: 'assistant', content: { type: 'text', text: 'I see a dot.' } },
        { role: 'user', content: { type: 'resource', resource: { uri: 'wiki://a', text: 'A page.' } } },
        { role: 'user', content: { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' } },
      ],
    },
    many,
    {
      name: 'picky',
      messages: () => {
        throw new Error('secret reason');
      },
    },
  ],
  complete: (argument, typed, given) => [`${argument} ${typed} ${JSON.stringify(given)}`, 'x'.repeat(200)],
};

let world: World;
let server: TestToolServer;
let asks: TestToolServer;
let folder: string;
let alex: SimulatedUser;
let jimin: SimulatedUser;

beforeAll(async () => {
  [server, asks] = await Promise.all([
    startContentServer(wiki),
    startContentServer({ prompts: [{ name: 'ask', messages: () => say('asked') }] }),
  ]);
  folder = await mkdtemp(join(tmpdir(), 'jupan-prompts-'));
  const path = join(folder, 'servers.json');
  const mcpServers = {
    everything: { command: process.execPath, args: [everything, 'stdio'] },
    'Wiki 위키!': { url: server.url },
    ask: { url: asks.url },
  };
  await writeFile(path, JSON.stringify({ mcpServers }));
  world = await startWorld({ program: 'bot', discord: { guildLocale: 'en-US' }, settings: { MCP_CONFIG: path } });
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  await untilCommand('wiki-위키 요약');
  await untilCommand('everything args-prompt');
  await untilCommand(/^ask-/);
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await Promise.all([server.close(), asks.close()]);
  await rm(folder, { recursive: true });
});

const names = () => world.discord.commands.map(({ name }) => name);
const puts = () => world.discord.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'));

async function untilCommand(name: string | RegExp): Promise<void> {
  const isMeant = (each: string) => (typeof name === 'string' ? each === name : name.test(each));
  const { promise, resolve: done } = Promise.withResolvers<void>();
  const look = () => {
    if (names().some(isMeant)) done();
  };
  const end = world.discord.observe(look);
  look();
  await promise;
  end();
}

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

async function answered(channel: SimulatedChannel, interactionId: string, end: string): Promise<string> {
  const message = await channel.waitFor(
    () =>
      channel.messages.find(({ interaction, content }) => interaction?.id === interactionId && content.endsWith(end)),
    { timeoutMs: 25_000 },
  );
  return message.content;
}

const lastAsked = () => world.model.requests.at(-1)?.messages.at(-1);

describe('the commands', () => {
  test('are the prompts of each server, in names that Discord takes and none of ours', () => {
    const prompts = names().filter((name) => name.includes(' ') && !name.startsWith('Ask'));
    expect(prompts).toEqual([
      'everything simple-prompt',
      'everything args-prompt',
      'everything completable-prompt',
      'everything resource-prompt',
      'wiki-위키 summarize_page',
      'wiki-위키 요약',
      'wiki-위키 summarize-page',
      'wiki-위키 picky',
      expect.stringMatching(/^ask-[0-9a-f]{4} ask$/),
    ]);
    // What has too many arguments is found there.
    expect(names()).toContain('prompt');
  });

  test('say what the server says, and what it does not say in the language of the member', () => {
    const byName = new Map(world.discord.commands.map((command) => [command.name, command]));
    const summarize = byName.get('wiki-위키 summarize_page');
    expect(summarize?.description).toBe('Sums up a *page* for <@1> # at once');
    expect(summarize?.options.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['page-title', true],
      ['길이', false],
    ]);
    expect(byName.get('wiki-위키 요약')?.descriptionLocalizations).toEqual({ ko: '이 서버의 프롬프트' });
  });

  test('have values suggested by the server, those that Discord takes', async () => {
    const channel = createChannel('suggested');
    const command = 'everything completable-prompt';
    const given = { department: 'Engineering' };
    const people = await channel.completes(alex, command, 'name', 'A', given);
    expect(people.map(({ value }) => value)).toEqual(['Alice']);
    const own = await channel.completes(alex, 'wiki-위키 summarize_page', 'page-title', 'Seo', { 길이: '9' });
    expect(own.map(({ value }) => value)).toEqual(['Page Title Seo {"길이":"9"}']);
  });
});

describe('using one', () => {
  test('asks in the words of the server, and shows what was chosen', async () => {
    const channel = createChannel('used');
    world.model.enqueue({ text: 'Done.' });
    const id = await channel.asks(alex, 'wiki-위키 summarize_page', { 'page-title': '*Seoul*\nKorea', 길이: '9' });
    expect(await answered(channel, id, 'Done.')).toBe(
      '> /wiki-위키 summarize_page page-title: *Seoul* Korea 길이: 9\nDone.',
    );
    expect(lastAsked()?.text).toMatch(/^Alex: \/wiki-위키 summarize_page .*\n\nThe author asks by a prompt/);
    expect(lastAsked()?.text).toMatch(/<prompt-(\w+) as="user">\nSum up \*Seoul\*\nKorea in 9 words\.\n<\/prompt-\1>$/);
  });

  test('takes its messages whole: text, pictures, resources, and says what is left out', async () => {
    const channel = createChannel('parts');
    world.model.enqueue({ text: 'A dot.' });
    const id = await channel.asks(alex, 'wiki-위키 summarize-page', {});
    await answered(channel, id, 'A dot.');
    const { text = '', pictures } = lastAsked() ?? {};
    expect(pictures).toHaveLength(1);
    expect(text).toMatch(/as="assistant">\nI see a dot\.\n/);
    expect(text).toMatch(/<file-\w+ name="wiki:\/\/a" of="the server Wiki 위키!">\nA page\.\n/);
    expect(text).toContain('[left out: "summarize page", of "the server Wiki 위키!", because it is neither');
    expect(botMessages(channel).some(({ content }) => content.includes('“summarize page”'))).toBe(true);
  });

  test('is as good with 30 arguments, by /prompt and its dialog', async () => {
    const channel = createChannel('many');
    const [found] = await channel.completes(jimin, 'prompt', 'prompt', 'many');
    expect(found?.name).toBe('So many **values** – Wiki 위키!');
    const open = async () => {
      const id = await channel.asks(jimin, 'prompt', { prompt: found?.value ?? '' });
      await channel.waitFor(() => channel.dialogOf(id));
      return id;
    };
    const refused = await open();
    expect(channel.dialogOf(refused)?.fields).toHaveLength(1);
    const refusal = await answerTo(channel, await channel.submits(jimin, refused, { arguments: 'value 0 = a' }));
    expect(refusal.content).toBe('프롬프트에 값이 더 필요합니다: `value 29`');
    world.model.enqueue({ text: '많네요.' });
    const lines = 'value 29 = z = 1\nand more\nvalue 1 =\nvalue 2 = b';
    const id = await channel.submits(jimin, await open(), { arguments: lines });
    expect(await answered(channel, id, '많네요.')).toContain(
      '> /prompt wiki-위키 many value-29: z = 1 and more value-2: b',
    );
    expect(lastAsked()?.text).toContain('many: {"value 29":"z = 1\\nand more","value 2":"b"}');
  });

  test('ends in one plain line where the server does not take it, and costs no model call', async () => {
    const channel = createChannel('refused');
    const id = await channel.asks(alex, 'wiki-위키 picky', {});
    const text = await answered(channel, id, 'with these values.');
    expect(text).toBe('> /wiki-위키 picky\n⚠️ The tool server does not take the prompt with these values.');
    expect(world.program.output).not.toContain('secret reason');
  });

  test('survives kill -9: what the server has said is not asked again', async () => {
    const channel = createChannel('killed');
    const held = new Hold();
    world.model.enqueue({ text: [held, 'never'] });
    const before = server.sent('prompts/get').length;
    const id = await channel.asks(alex, 'wiki-위키 요약', {});
    await held.reached;
    await channel.waitFor(() => botMessages(channel).some(({ interaction }) => interaction?.isThinking === true));
    await world.kill();
    held.release();
    world.model.enqueue({ text: 'Back.' });
    await world.start();
    await channel.waitFor(() => botMessages(channel).find(({ content }) => content.endsWith('Back.')), {
      timeoutMs: 25_000,
    });
    // Before it, one line may say that tool servers are not up again.
    await answered(channel, id, 'Back.');
    expect(botMessages(channel)[0]?.content).toMatch(/^> \/wiki-위키 요약\n/);
    expect(lastAsked()?.text).toContain('요약해 주세요.');
    expect(server.sent('prompts/get').length - before).toBe(1);
    // The restart took nobody's commands away.
    expect(names()).toContain('wiki-위키 picky');
  });
});

test('a command of an earlier process is a question while the next one is only registering it', async () => {
  const channel = createChannel('early');
  await world.kill();
  world.discord.faults.add({ route: /\/commands$/, times: 1, effect: { type: 'delay', delayMs: 3_000 } });
  world.model.enqueue({ text: 'In time.' });
  const started = world.start();
  await world.program.waitForEvent('ready');
  const id = await channel.asks(alex, 'wiki-위키 요약', {});
  expect(await answered(channel, id, 'In time.')).toMatch(/^> \/wiki-위키 요약\n/);
  await started;
});

describe('/attach', () => {
  const attach = (channel: SimulatedChannel, resource: string, more = {}) =>
    channel.asks(alex, 'attach', { resource, ...more });

  test('suggests resources by name, and what a template leads to', async () => {
    const channel = createChannel('found');
    // What is there at once is suggested: the server may still be on its way.
    const suggested = (typed: string) => channel.completes(alex, 'attach', 'resource', typed);
    await expect
      .poll(async () => (await suggested('architecture')).map(({ name }) => name), { timeout: 20_000 })
      .toEqual(['architecture.md – everything – demo://resource/static/document/architecture.md']);
    const address = 'demo://resource/dynamic/text/12';
    await expect
      .poll(async () => (await suggested(address)).map(({ value }) => value), { timeout: 20_000 })
      .toContain(address);
  });

  test('brings what was picked along with the question, as a file would come', async () => {
    const channel = createChannel('attached');
    const [found] = await channel.completes(alex, 'attach', 'resource', 'architecture');
    world.model.enqueue({ text: 'A server.' });
    const id = await attach(channel, found?.value ?? '', { question: 'What is it?' });
    expect(await answered(channel, id, 'A server.')).toBe('> What is it?\n> 📎 architecture.md\nA server.');
    expect(lastAsked()?.text).toMatch(
      /<file-\w+ name="demo:\/\/\S+architecture\.md" of="the server everything"( part="the beginning")?>\n# Everything Server/,
    );
    world.model.enqueue({ text: 'Text 12.' });
    await answered(channel, await attach(channel, 'demo://resource/dynamic/text/12'), 'Text 12.');
    expect(lastAsked()?.text).toContain('Alex: (see what is attached)');
    expect(lastAsked()?.text).toContain('Resource 12');
  });

  test.each([
    ['demo://resource/dynamic/text/{resourceId}', 'Write a value in place of each brace of this address:'],
    ['file:///etc/passwd', 'No tool server has that resource, as far as I can see.'],
  ])('says in one line what is wrong with %s', async (address, line) => {
    const channel = createChannel('wrong');
    expect((await answerTo(channel, await attach(channel, address))).content).toContain(line);
  });
});

describe('a server that changes', () => {
  test('has its commands replaced, once, and what is gone is said in one line', async () => {
    const channel = createChannel('changed');
    const before = puts().length;
    wiki.prompts = [{ name: 'new', messages: () => say('new') }, many];
    for (let times = 0; times < 20; times += 1) await server.announceChange('prompts');
    const gone = channel.asks(alex, 'wiki-위키 picky', {});
    expect(await answered(channel, await gone, 'any more.')).toMatch(/⚠️ The tool server does not have this prompt/);
    await untilCommand('wiki-위키 new');
    expect(names()).not.toContain('wiki-위키 picky');
    expect(puts().length - before).toBeLessThanOrEqual(2);
  });

  test('and goes, leaves its commands, which say in one line that it cannot be reached', async () => {
    const channel = createChannel('gone');
    await server.close();
    const id = await channel.asks(jimin, 'wiki-위키 new', {});
    expect(await answered(channel, id, '물어봐 주세요.')).toContain(
      '⚠️ 이 프롬프트를 가진 도구 서버에 연결할 수 없습니다.',
    );
    const choices = await channel.completes(alex, 'prompt', 'prompt', 'new');
    expect(choices.map(({ name }) => name)).toEqual(['new – Wiki 위키!']);
    const answer = await useCommand(channel, alex, 'prompt', { prompt: 'no such' });
    expect(answer.content).toBe('There is no such prompt any more. Type again to see those that there are.');
  });
});
