/** The writer at a real place: discord.js's REST against the simulated Discord. */
import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileReference } from '../../../src/agent/turn.ts';
import { PostedMessages, type PostedRecord, toOldKey, toOldRecord } from '../../../src/bot/channel/posted-messages.ts';
import { RequestQueue } from '../../../src/bot/channel/request-queue.ts';
import type { ShownMessage, Stage } from '../../../src/bot/channel/shown-message.ts';
import { Writer, type WriterOptions } from '../../../src/bot/channel/writer.ts';
import { createPlaces } from '../../../src/bot/discord/place.ts';
import { silentLogger } from '../../../src/log.ts';
import type {
  RestFault,
  SimulatedChannel,
  SimulatedDiscord,
  SimulatedMessage,
} from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';

let discord: SimulatedDiscord;
let channel: SimulatedChannel;
let question: SimulatedMessage;
let rest: REST;
let queue: RequestQueue;

beforeEach(async () => {
  discord = await startDiscord();
  const [first] = discord.channels;
  if (first === undefined) throw new Error('no channel');
  channel = first;
  question = channel.says(discord.createUser({ name: 'mina' }), `<@${discord.bot.id}> 15+27?`);
  rest = new REST({ api: discord.apiUrl, retries: 0, rejectOnRateLimit: () => true }).setToken(discord.token);
  queue = new RequestQueue();
});

afterEach(async () => {
  queue.close();
  rest.clearHashSweeper();
  rest.clearHandlerSweeper();
  await discord.close();
});

function openWriter(options: Partial<WriterOptions> = {}): Writer {
  return new Writer({
    place: createPlaces({ rest, botId: () => discord.bot.id })(question, {}),
    queue,
    log: silentLogger,
    turnId: question.id,
    posted: new PostedMessages(),
    isResumed: false,
    standIns: { answer: '⚠️ answer refused', files: '⚠️ files refused' },
    readFile: async () => Buffer.from('bytes'),
    onUnauthorized: () => {},
    ...options,
  });
}

function message(key: string, stage: Stage, content: string, more: Partial<ShownMessage> = {}): ShownMessage {
  return { key, stage, content, isReply: stage === 'final' || stage === 'draft', ...more };
}

function standing(): string[] {
  return channel.messages.slice(1).map(({ content }) => content);
}

function requests(method: string): number {
  return discord.requests.filter((request) => request.method === method).length;
}

function refuse(method: string, route: RegExp, status: number, code: number, more: Partial<RestFault> = {}): void {
  discord.faults.add({ method, route, effect: { type: 'status', status, body: { code, message: 'No.' } }, ...more });
}

const file: FileReference = { key: 'f', name: 'picture.png', mimeType: 'image/png', bytes: 5 };

describe('what Discord refuses by its content', () => {
  test('the edit of a draft is refused, and the answer stands all the same', async () => {
    const writer = openWriter();
    writer.show([message('0t0', 'draft', '15 and')]);
    await channel.waitFor(() => standing().length === 1);
    refuse('PATCH', /messages/, 400, 200_000);
    writer.show([message('0t0', 'draft', '15 and a bad word')]);
    await expect.poll(() => requests('PATCH'), { timeout: 5000 }).toBe(1);
    // No further draft is tried: each of them would raise an alarm with the moderators.
    writer.show([message('0t0', 'draft', '15 and a bad word more')]);
    expect(await writer.finish([message('0t0', 'final', '15 and 27 are 42.')])).toBe('shown');
    expect(standing()).toEqual(['15 and 27 are 42.']);
    expect(requests('PATCH')).toBe(2);
  });

  test('the first draft is refused, and the answer is posted all the same', async () => {
    refuse('POST', /messages/, 400, 240_000);
    const writer = openWriter();
    writer.show([message('0t0', 'draft', 'see http://harmful.example')]);
    await expect.poll(() => discord.requests.filter(({ path }) => /messages$/.test(path)).length).toBe(1);
    expect(await writer.finish([message('0t0', 'final', 'I cannot link to it.')])).toBe('shown');
    expect(standing()).toEqual(['I cannot link to it.']);
  });

  test('the answer is refused, and a line says so in its place: posted, or over the draft', async () => {
    refuse('POST', /messages/, 400, 200_000);
    expect(await openWriter().finish([message('0t0', 'final', 'a bad word')])).toBe('shown');
    expect(standing()).toEqual(['⚠️ answer refused']);

    const writer = openWriter({ posted: new PostedMessages() });
    writer.show([message('1t0', 'draft', 'a bad')]);
    await channel.waitFor(() => standing().length === 2);
    refuse('PATCH', /messages/, 400, 200_000);
    expect(await writer.finish([message('1t0', 'final', 'a bad word')])).toBe('shown');
    expect(standing()).toEqual(['⚠️ answer refused', '⚠️ answer refused']);
  });

  test('even that line is refused: the turn ends, and nothing is tried for ever', async () => {
    refuse('POST', /messages/, 400, 200_000, { times: 9 });
    expect(await openWriter().finish([message('0t0', 'final', 'a bad word')])).toBe('shown');
    expect(standing()).toEqual([]);
    expect(requests('POST')).toBe(2);
  });

  test('a notice is refused, and is posted once it says something else', async () => {
    refuse('POST', /messages/, 400, 200_000);
    const writer = openWriter();
    writer.show([message('0n0', 'notice', '🔧 say({"word":"bad"})')]);
    await expect.poll(() => discord.requests.filter(({ path }) => /messages$/.test(path)).length).toBe(1);
    const done = [message('0n0', 'notice', '✅ say(…) → fine'), message('1t0', 'final', 'Said.')];
    expect(await writer.finish(done)).toBe('shown');
    expect(standing()).toEqual(['✅ say(…) → fine', 'Said.']);
  });
});

describe('a permission that the bot lacks', () => {
  test.each([
    ['to attach files', 403, 50_013],
    ['by the size of the request', 413, 40_005],
  ])('%s: a line stands for the files, and the answer stands', async (_why, status, code) => {
    refuse('POST', /messages/, status, code);
    const messages = [message('0f0', 'notice', '', { files: [file] }), message('1t0', 'final', 'There it is.')];
    expect(await openWriter().finish(messages)).toBe('shown');
    expect(standing()).toEqual(['⚠️ files refused', 'There it is.']);
  });

  test('to attach files: messages that are there for that case stand for the file, also after a restart', async () => {
    refuse('POST', /messages/, 403, 50_013, { times: 1, skip: 1 });
    const otherwise = [message('0t1', 'final', 'and'), message('0t2', 'final', 'the rest')];
    const files = [{ name: 'answer.md', text: 'all of it' }];
    const messages = [message('0t0', 'final', 'a part'), message('0tw', 'final', 'see', { files, otherwise })];
    let record: PostedRecord = {};
    const posted = new PostedMessages({}, async (now) => {
      record = now;
    });
    expect(await openWriter({ posted }).finish(messages)).toBe('shown');
    expect(standing()).toEqual(['a part', 'and', 'the rest']);

    refuse('POST', /messages/, 403, 50_013);
    const resumed = openWriter({ posted: new PostedMessages(record), isResumed: true });
    expect(await resumed.finish(messages)).toBe('shown');
    expect(standing()).toEqual(['a part', 'and', 'the rest']);
    expect(requests('DELETE')).toBe(0);
  });

  test('to write at all ends the turn as gone, once', async () => {
    refuse('POST', /messages/, 403, 50_013, { times: 9 });
    expect(await openWriter().finish([message('0t0', 'final', '42')])).toBe('gone');
    expect(discord.requests.filter(({ path }) => /messages$/.test(path))).toHaveLength(1);
  });

  test('to show typing is no reason to say nothing', async () => {
    refuse('POST', /typing/, 403, 50_013, { times: 9 });
    const writer = openWriter();
    writer.show([]);
    await expect.poll(() => discord.requests.some(({ path }) => /typing$/.test(path))).toBe(true);
    expect(await writer.finish([message('0t0', 'final', '42')])).toBe('shown');
    expect(standing()).toEqual(['42']);
  });

  test('to edit leaves the message as it stands and goes on', async () => {
    const writer = openWriter();
    writer.show([message('0n0', 'notice', '🔧 add(…)')]);
    await channel.waitFor(() => standing().length === 1);
    refuse('PATCH', /messages/, 403, 50_013);
    const done = [message('0n0', 'notice', '✅ add(…) → 42'), message('1t0', 'final', '42')];
    expect(await writer.finish(done)).toBe('shown');
    expect(standing()).toEqual(['🔧 add(…)', '42']);
  });
});

describe('a file', () => {
  test('is put into words for those who cannot see it, as far as Discord takes them', async () => {
    const files = [
      { ...file, description: 'A cat.' },
      file,
      { name: 'a.md', text: '…', description: '말'.repeat(2000) },
    ];
    expect(await openWriter().finish([message('0f0', 'notice', '', { files })])).toBe('shown');
    const attachments = channel.messages.at(-1)?.attachments ?? [];
    expect(attachments.map(({ filename, description = '' }) => [filename, description.length])).toEqual([
      ['picture.png', 6],
      ['picture.png', 0],
      ['a.md', 1024],
    ]);
    expect(discord.problems).toEqual([]);
  });
});

describe('a picture of formulas', () => {
  const files = [{ name: 'formulas.png', formulas: ['x^2'], description: 'x^2' }];
  const messages = [message('0t0', 'final', 'x²'), message('0p', 'notice', '', { files, isExtra: true })];

  test('is drawn once the answer stands', async () => {
    const asked: unknown[] = [];
    const drawFormulas = async (formulas: readonly string[]) => {
      asked.push([formulas, standing()]);
      return Buffer.from('png');
    };
    expect(await openWriter({ drawFormulas }).finish(messages)).toBe('shown');
    expect(asked).toEqual([[['x^2'], ['x²']]]);
    const [attached] = channel.messages.at(-1)?.attachments ?? [];
    expect(attached).toMatchObject({ filename: 'formulas.png', description: 'x^2', size: 3 });
  });

  test.each([
    ['cannot be drawn', async () => undefined],
    ['is not to be drawn', undefined],
  ])('that %s is missed by nobody', async (_why, drawFormulas) => {
    expect(await openWriter({ drawFormulas }).finish(messages)).toBe('shown');
    expect(standing()).toEqual(['x²']);
  });

  test('that may not be attached is missed by nobody', async () => {
    refuse('POST', /messages/, 403, 50_013, { skip: 1 });
    expect(await openWriter({ drawFormulas: async () => Buffer.from('png') }).finish(messages)).toBe('shown');
    expect(standing()).toEqual(['x²']);
  });
});

describe('typing', () => {
  const typings = () => discord.requests.filter(({ path }) => /typing$/.test(path)).length;

  test('is shown at once, and not asked for again while an answer grows', async () => {
    const writer = openWriter();
    writer.show([]);
    await expect.poll(typings).toBe(1);
    writer.show([message('0t0', 'draft', '15')]);
    await channel.waitFor(() => standing().length === 1);
    // A message ends the typing that is shown: from half a second later on it would be asked for again.
    writer.show([message('0t0', 'draft', '15 and 27')]);
    await channel.waitFor(() => standing()[0] === '15 and 27');
    expect(typings()).toBe(1);
    await writer.finish([message('0t0', 'final', '42')]);
  });

  test.each(['draft', 'final'] as const)(
    'that is on its way is there before a %s: after it, it would stand for ten seconds',
    async (stage) => {
      discord.faults.add({ method: 'POST', route: /typing/, effect: { type: 'delay', delayMs: 200 } });
      const writer = openWriter();
      writer.show([]);
      writer.show([message('0t0', stage, '15')]);
      await channel.waitFor(() => standing().length === 1);
      const paths = discord.requests.map(({ path }) => path.replace(/.*\//, ''));
      expect(paths).toEqual(['typing', 'messages']);
      await writer.finish([message('0t0', 'final', '42')]);
      expect(typings()).toBe(1);
    },
  );

  test('that does not come holds up no answer for long', async () => {
    discord.faults.add({ method: 'POST', route: /typing/, effect: { type: 'delay', delayMs: 60_000 } });
    const writer = openWriter();
    writer.show([]);
    expect(await writer.finish([message('0t0', 'final', '42')])).toBe('shown');
    expect([standing(), typings()]).toEqual([['42'], 0]);
  });

  test('is asked for again between a notice and the answer', async () => {
    const writer = openWriter();
    writer.show([message('0n0', 'notice', '🔧 add(…)')]);
    await expect.poll(typings, { timeout: 5000 }).toBe(1);
    await writer.finish([message('0n0', 'notice', '✅'), message('1t0', 'final', '42')]);
  });
});

describe('what is on record', () => {
  test('holds a message before it is posted, and its id after that', async () => {
    const stored: [string, PostedRecord, number][] = [];
    const posted = new PostedMessages({}, async (record, when) => {
      stored.push([when, record, standing().length]);
    });
    const writer = openWriter({ posted });
    await writer.finish([message('0n0', 'notice', 'one'), message('1t0', 'final', 'two')]);
    const [first, second] = channel.messages.slice(1).map(({ id }) => id);
    expect(stored.map(([when, record, count]) => [when, Object.values(record).map(({ id }) => id), count])).toEqual([
      ['before', [''], 0],
      ['after', [first], 1],
      ['before', [first, ''], 1],
    ]);
    expect(second).toBeDefined();
  });

  test('a message that a moderator deletes is not posted again', async () => {
    const writer = openWriter();
    writer.show([message('0n0', 'notice', '🔧 add(…)')]);
    const [notice] = await channel.waitFor(() => channel.messages.length === 2 && channel.messages.slice(1));
    channel.deletes(notice?.id ?? '');
    const done = [message('0n0', 'notice', '✅ add(…) → 42'), message('1t0', 'final', '42')];
    expect(await writer.finish(done)).toBe('shown');
    expect(standing()).toEqual(['42']);
  });

  test('a draft of an earlier process that does not belong is taken away', async () => {
    const first = openWriter();
    first.show([message('0t0', 'draft', 'a'), message('0t1', 'draft', 'b')]);
    await channel.waitFor(() => standing().length === 2);
    first.stop();
    const [a, b] = channel.messages.slice(1).map(({ id }) => id);
    const posted = new PostedMessages({ '0t0': { id: a ?? '', shown: 'x' }, '0t1': { id: b ?? '', shown: 'y' } });
    expect(await openWriter({ posted, isResumed: true }).finish([message('0t0', 'final', 'short')])).toBe('shown');
    expect(standing()).toEqual(['short']);
  });
});

describe('over the messages of an old turn', () => {
  const old = [
    message('0n0', 'notice', 'old notice'),
    message('0f0', 'notice', '', { files: [file] }),
    message('1t0', 'final', 'old answer'),
    message('1t1', 'final', 'and its end', { isReply: false }),
  ];

  /** What stands of the old turn, as what another may be written over. */
  async function postOld(use: 'by-kind' | 'in-order' | 'none'): Promise<PostedRecord> {
    const posted = new PostedMessages();
    expect(await openWriter({ posted }).finish(old)).toBe('shown');
    return toOldRecord(posted.record, use);
  }

  const ids = () => channel.messages.slice(1).map(({ id }) => id);

  test('each new one goes over the next of its kind, and what is left over goes when all of them stand', async () => {
    const posted = new PostedMessages(await postOld('by-kind'));
    const [notice, , answer] = ids();
    const least: number[] = [];
    const stop = discord.observe(() => least.push(standing().length));
    const writer = openWriter({ posted, turnId: 'again' });
    expect(await writer.finish([message('0n0', 'notice', 'new'), message('1t0', 'final', 'new answer')])).toBe('shown');
    stop();
    expect(standing()).toEqual(['new', 'new answer']);
    expect(ids()).toEqual([notice, answer]);
    expect(least[1]).toBe(4);
    expect(discord.problems).toEqual([]);
  });

  test('once something is posted anew, what follows is, too: the order stays', async () => {
    const posted = new PostedMessages(await postOld('by-kind'));
    const [notice, , answer] = ids();
    const more = [message('0n0', 'notice', 'one'), message('1n0', 'notice', 'two'), message('2t0', 'final', 'three')];
    // A new turn has nonces of its own.
    const again = { ...question, id: `${BigInt(question.id) + 1n}`, originalId: question.id };
    const place = createPlaces({ rest, botId: () => discord.bot.id })(again, {});
    expect(await openWriter({ posted, place }).finish(more)).toBe('shown');
    expect(standing()).toEqual(['one', 'two', 'three']);
    expect(ids()[0]).toBe(notice);
    expect(ids()).not.toContain(answer);
    expect(channel.messages.at(-1)?.repliesTo).toBe(question.id);
  });

  test('whatever they are, in their order, where none is a reply; and over none of those that are long past', async () => {
    const inOrder = new PostedMessages(await postOld('in-order'));
    const [first] = ids();
    expect(await openWriter({ posted: inOrder }).finish([message('0t0', 'final', 'short')])).toBe('shown');
    expect([standing(), ids()]).toEqual([['short'], [first]]);
    const none = new PostedMessages(toOldRecord(inOrder.record, 'none'));
    const again = { ...question, id: `${BigInt(question.id) + 1n}`, originalId: question.id };
    const place = createPlaces({ rest, botId: () => discord.bot.id })(again, {});
    expect(await openWriter({ posted: none, place }).finish([message('0t0', 'final', 'anew')])).toBe('shown');
    expect(standing()).toEqual(['anew']);
    expect(ids()).not.toContain(first);
  });

  test('one that somebody has deleted is passed over, and one whose edit failed unclearly is written again', async () => {
    const posted = new PostedMessages(await postOld('in-order'));
    const [first = '', , third] = ids();
    channel.deletes(first);
    discord.faults.add({ method: 'PATCH', route: /messages/, skip: 1, effect: { type: 'fail-after-storing' } });
    expect(await openWriter({ posted }).finish([message('0t0', 'final', 'short')])).toBe('shown');
    expect([standing(), ids()]).toEqual([['short'], [third]]);
  });

  test('is on record before, so that what it said can be written back', async () => {
    const stored: PostedRecord[] = [];
    const record = await postOld('by-kind');
    const before = channel.messages.slice(1).map(({ content, components }) => [content, components]);
    const posted = new PostedMessages(record, async (now) => void stored.push(now));
    const writer = openWriter({ posted });
    writer.show([message('0n0', 'notice', 'new'), message('1n0', 'notice', 'more')]);
    await channel.waitFor(() => standing()[0] === 'new' && standing().at(-1) === 'more');
    writer.stop();
    // A later process finds what was stored, and the turn comes to nothing.
    expect(stored[0]?.['~0n0']).toMatchObject({ shown: '' });
    const resumed = openWriter({ posted: new PostedMessages(stored.at(-1)), isResumed: true });
    expect(await resumed.finish(old.map((each) => ({ ...each, key: toOldKey(each.key) })))).toBe('shown');
    expect(channel.messages.slice(1).map(({ content, components }) => [content, components])).toEqual(before);
  });
});

test('a message that an unclear try has left is edited where its buttons are not those of now', async () => {
  const button = (id: string) => [{ id, label: id, style: 'plain' as const }];
  discord.faults.add({ method: 'POST', route: /messages$/, effect: { type: 'reset-after-storing' } });
  const writer = openWriter();
  writer.show([message('0t0', 'draft', '42', { buttons: button('stop:1') })]);
  await channel.waitFor(() => standing().length === 1);
  expect(await writer.finish([message('0t0', 'final', '42', { buttons: button('why:1') })])).toBe('shown');
  expect(JSON.stringify(channel.messages.at(-1)?.components)).toContain('why:1');
  expect(standing()).toEqual(['42']);
});

test('a request that failed unclearly is made again, and posts nothing twice', async () => {
  discord.faults.add({ method: 'POST', route: /messages$/, effect: { type: 'fail-after-storing' } });
  expect(await openWriter().finish([message('0t0', 'final', '42')])).toBe('shown');
  expect(standing()).toEqual(['42']);
});
