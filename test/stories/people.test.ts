/** What members decide and fill in while a turn runs, and what tools show them: the whole bot, with a tool server that asks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  SimulatedChannel,
  SimulatedDialog,
  SimulatedMessage,
  SimulatedUser,
} from '../../src/simulator/discord/discord.ts';
import type { Step } from '../../src/simulator/model/model-server.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../agent/support/tool-server.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

const picture = Buffer.from('a picture, more or less');
const page = 'https://accounts.example.com/connect';
const runs: string[] = [];
const tools: TestTool[] = [
  {
    name: 'delete',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
    annotations: {},
    run: ({ path }) => {
      runs.push(String(path));
      return `deleted ${path}`;
    },
  },
  {
    name: 'shred',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
    annotations: {},
    run: ({ path }) => {
      runs.push(String(path));
      return `shredded ${path}`;
    },
  },
  {
    name: 'book',
    annotations: { readOnlyHint: true },
    run: async (_args, _signal, client) => {
      const answer = await client.elicit('Where to, @everyone?', {
        type: 'object',
        properties: {
          city: { type: 'string', title: 'City' },
          nights: { type: 'integer', title: 'Nights', minimum: 1, maximum: 9 },
          breakfast: { type: 'boolean', title: 'Breakfast', default: true },
        },
        required: ['city', 'nights'],
      });
      return JSON.stringify(answer);
    },
  },
  {
    name: 'connect',
    annotations: { readOnlyHint: true },
    run: async (_args, _signal, client) =>
      JSON.stringify(await client.open('Connect [your](https://evil.example) account', `${page}?state=\`\`\`a`, '7')),
  },
  {
    name: 'draw',
    annotations: { readOnlyHint: true },
    run: () => ({ content: [{ type: 'image', data: picture.toString('base64'), mimeType: 'image/png' }] }),
  },
  {
    name: 'search',
    annotations: { readOnlyHint: true },
    run: async (_args, _signal, client) => {
      await client.progress(2, 5, 'reading');
      await searched.promise;
      return 'found';
    },
  },
];
let searched = Promise.withResolvers<void>();

let world: World;
let server: TestToolServer;
let folder: string;
let alex: SimulatedUser;
let stranger: SimulatedUser;
let approver: SimulatedUser;
let mention: string;

beforeAll(async () => {
  server = await startToolServer({ tools, isStreaming: true, hasSessions: true });
  folder = await mkdtemp(join(tmpdir(), 'jupan-people-'));
  const path = join(folder, 'servers.json');
  await writeFile(
    path,
    JSON.stringify({
      mcpServers: {
        desk: { url: server.url, approval: 'destructive', deny: ['shred'] },
        vault: { url: server.url, approval: { when: 'always', notAsker: true }, allow: ['shred'] },
      },
    }),
  );
  // The role must have an id before the bot is told of it.
  const roleId = '123456789012345678';
  world = await startWorld({ program: 'bot', settings: { MCP_CONFIG: path, APPROVAL_ROLES: roleId } });
  world.discord.createRole('Approvers', roleId);
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  stranger = world.discord.createUser({ name: 'stranger', locale: 'en-US' });
  approver = world.discord.createUser({ name: 'boss', locale: 'ko', roleIds: [roleId], isModerator: true });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server.close();
  await rm(folder, { recursive: true });
});

function createChannel(name: string, locale = 'en-US') {
  return world.discord.createChannel(world.discord.createGuild({ name, locale }), name);
}

const callOf = (name: string, args: object = {}): Step => ({ toolCalls: [{ name, arguments: { ...args } }] });
const deletion = (path: string): Step => callOf('delete', { path });

interface Button {
  readonly custom_id: string;
  readonly label: string;
}

function buttonsOf({ components }: SimulatedMessage): Button[] {
  return components.flatMap((row) => (row as { readonly components: Button[] }).components);
}

/** The message with that button, and the button's name on the wire. */
async function buttonOf(channel: SimulatedChannel, label: string) {
  const message = await channel.waitFor(
    () => botMessages(channel).find((candidate) => buttonsOf(candidate).some((button) => button.label === label)),
    { timeoutMs: 10_000 },
  );
  const id = buttonsOf(message).find((button) => button.label === label)?.custom_id ?? '';
  return { message, id };
}

async function press(channel: SimulatedChannel, user: SimulatedUser, label: string): Promise<string> {
  const { message, id } = await buttonOf(channel, label);
  return channel.presses(user, message.id, id);
}

function privateReply(channel: SimulatedChannel, content: string): Promise<SimulatedMessage> {
  return channel.waitFor(
    () => channel.messages.find((message) => message.isEphemeral === true && message.content === content),
    { timeoutMs: 10_000 },
  );
}

describe('a call that must be approved', () => {
  test('waits with two buttons, and is made when the asker approves it; the buttons are gone then', async () => {
    const channel = createChannel('approve');
    world.model.enqueue(deletion('a'), { text: 'Deleted.' });
    channel.says(alex, `${mention} delete a`);
    const { message } = await buttonOf(channel, 'Approve');
    expect(message.content).toBe('✋ delete({"path":"a"}) – waits for approval');
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Approve', 'Deny', 'Always…']);
    expect(runs).not.toContain('a');
    await press(channel, alex, 'Approve');
    await expectToStand(channel, ['✅ delete({"path":"a"}) → deleted a', 'Deleted.']);
    expect(botMessages(channel).map((shown) => buttonsOf(shown).map(({ label }) => label))).toEqual([
      [],
      ['Again', 'Why?'],
    ]);
    expect(runs.filter((path) => path === 'a')).toHaveLength(1);
  });

  test('is not made when it is denied', async () => {
    const channel = createChannel('deny', 'ko');
    world.model.enqueue(deletion('b'), { text: '지우지 않았습니다.' });
    channel.says(alex, `${mention} b를 지워줘`);
    await press(channel, alex, '거부');
    await expectToStand(channel, [/^❌ delete\({"path":"b"}\) → Not run: .*denied/, '지우지 않았습니다.']);
    expect(runs).not.toContain('b');
  });

  test('is decided by the asker or a listed role, and by nobody else', async () => {
    const channel = createChannel('roles');
    world.model.enqueue(deletion('c'), { text: 'Deleted.' });
    channel.says(alex, `${mention} delete c`);
    await press(channel, stranger, 'Approve');
    await privateReply(channel, 'Only the member who asked, or one with a role that may approve, can decide that.');
    expect(runs).not.toContain('c');
    const { message, id } = await buttonOf(channel, 'Approve');
    await channel.presses(approver, message.id, id);
    await expect.poll(() => runs, { timeout: 10_000 }).toContain('c');
    await channel.presses(alex, message.id, id);
    await privateReply(channel, 'That is settled already.');
    await channel.waitFor(() => channel.messages.some(({ content }) => content === 'Deleted.'));
  });

  test('is approved by another than the asker where its server wants that; the asker may deny it', async () => {
    const channel = createChannel('not-asker');
    world.model.enqueue(callOf('shred', { path: 'x' }), { text: 'Shredded.' });
    channel.says(alex, `${mention} shred x`);
    const { message, id } = await buttonOf(channel, 'Approve');
    await channel.presses(alex, message.id, id);
    await privateReply(channel, 'This call needs the approval of somebody else than the member who asked.');
    expect(runs).not.toContain('x');
    await channel.presses(approver, message.id, id);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === 'Shredded.'), {
      timeoutMs: 10_000,
    });
    expect(runs.filter((path) => path === 'x')).toHaveLength(1);
    world.model.enqueue(callOf('shred', { path: 'y' }), { text: 'Left alone.' });
    channel.says(alex, `${mention} shred y`);
    await press(channel, alex, 'Deny');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === 'Left alone.'), {
      timeoutMs: 10_000,
    });
    expect(runs).not.toContain('y');
  });

  test('is not decided by a press that comes from another channel', async () => {
    const channel = createChannel('place');
    const elsewhere = createChannel('elsewhere');
    world.model.enqueue(deletion('z'), { text: 'Not deleted.' });
    channel.says(alex, `${mention} delete z`);
    const { id } = await buttonOf(channel, 'Approve');
    const copy = elsewhere.says(world.discord.bot, 'a copy of the message');
    await elsewhere.presses(alex, copy.id, id);
    await privateReply(elsewhere, 'That belongs to another channel.');
    expect(runs).not.toContain('z');
    await press(channel, alex, 'Deny');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === 'Not deleted.'), {
      timeoutMs: 10_000,
    });
  });

  test('goes on waiting after a crash, and its buttons work', async () => {
    const channel = createChannel('crash');
    world.model.enqueue(deletion('d'), { text: 'Deleted.' });
    channel.says(alex, `${mention} delete d`);
    const { message, id } = await buttonOf(channel, 'Approve');
    await world.kill();
    await world.start();
    await channel.presses(alex, message.id, id);
    await expectToStand(channel, ['✅ delete({"path":"d"}) → deleted d', 'Deleted.']);
    expect(runs.filter((path) => path === 'd')).toHaveLength(1);
  });

  test('goes on in a thread that was archived meanwhile', async () => {
    const thread = createChannel('archived').startThread('a long talk');
    world.model.enqueue(deletion('old'), { text: 'Deleted.' });
    thread.says(alex, `${mention} delete old`);
    const { message, id } = await buttonOf(thread, 'Approve');
    world.discord.restrict(thread, 'archived');
    await thread.presses(alex, message.id, id);
    await thread.waitFor(() => thread.messages.some(({ content }) => content === 'Deleted.'), { timeoutMs: 10_000 });
    await thread.waitFor(() => thread.messages.some(({ content }) => /^✅ delete/.test(content)));
  });

  test('of /ask is approved in the response', async () => {
    const channel = createChannel('ask');
    world.model.enqueue(deletion('e'), { text: 'Deleted.' });
    await channel.asks(alex, 'ask', { question: 'delete e' });
    await press(channel, alex, 'Approve');
    await expectToStand(channel, ['> delete e\n✅ delete({"path":"e"}) → deleted e', 'Deleted.']);
  });

  test('is one of several: each pair of buttons says for which', async () => {
    const channel = createChannel('several');
    world.model.enqueue(
      {
        toolCalls: [
          { name: 'delete', arguments: { path: 'f' } },
          { name: 'delete', arguments: { path: 'g' } },
        ],
      },
      { text: 'Half done.' },
    );
    channel.says(alex, `${mention} delete both`);
    const { message } = await buttonOf(channel, 'Approve 1: delete');
    const [approveFirst, , , denySecond] = buttonsOf(message);
    await channel.presses(alex, message.id, approveFirst?.custom_id ?? '');
    await channel.presses(alex, message.id, denySecond?.custom_id ?? '');
    await expectToStand(channel, [
      /^✅ delete\({"path":"f"}\) → deleted f\n❌ delete\({"path":"g"}\) → /,
      'Half done.',
    ]);
  });
});

/** What a member fills in, by the labels of the fields and of the choices, as their client sends it. */
function toValues({ fields }: SimulatedDialog, byLabel: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    fields.map(({ customId, label, options }) => {
      const text = byLabel[label] ?? '';
      return [customId, options.find((option) => option.label === text)?.value ?? text];
    }),
  );
}

describe('a form', () => {
  test('opens for the asker alone, says what is wrong, and gives the tool what was filled in', async () => {
    const channel = createChannel('form');
    world.model.enqueue(callOf('book'), { text: 'Booked.' });
    channel.says(alex, `${mention} book a room`);
    const { message } = await buttonOf(channel, 'Fill in');
    expect(message.content).toBe('🔧 book({})\n📝 desk asks: Where to, @everyone?');
    expect(message.pings).toEqual([]);
    await press(channel, stranger, 'Fill in');
    await privateReply(channel, 'Only the member who asked can answer that.');

    const pressId = await press(channel, alex, 'Fill in');
    const dialog = await channel.waitFor(() => channel.dialogOf(pressId));
    expect(dialog).toMatchObject({
      title: 'desk',
      fields: [
        { label: 'City', isRequired: true, options: [] },
        { label: 'Nights', isRequired: true },
        {
          label: 'Breakfast',
          options: [
            { label: 'Yes', isPreset: true },
            { label: 'No', isPreset: false },
          ],
        },
      ],
    });
    await channel.submits(alex, pressId, toValues(dialog, { City: 'Seoul', Nights: 'ten' }));
    await privateReply(channel, '“Nights” takes a whole number. Please fill in the form again.');
    const again = await press(channel, alex, 'Fill in');
    await channel.waitFor(() => channel.dialogOf(again));
    await channel.submits(alex, again, toValues(dialog, { City: 'Seoul', Nights: '3', Breakfast: 'No' }));
    const answer = '{"action":"accept","content":{"city":"Seoul","nights":3,"breakfast":false}}';
    await channel.waitFor(() => channel.messages.some(({ content }) => content === `✅ book({}) → ${answer}`));
    await channel.waitFor(() => channel.messages.some(({ content }) => content === 'Booked.'));
  });

  test('may be declined; also in the response to /ask', async () => {
    const channel = createChannel('declined');
    world.model.enqueue(callOf('book'), { text: 'Not booked.' });
    await channel.asks(alex, 'ask', { question: 'book a room' });
    await press(channel, alex, 'Decline');
    await expectToStand(channel, ['> book a room\n✅ book({}) → {"action":"decline"}', 'Not booked.']);
  });
});

describe('a page to open', () => {
  test('is named by its host in the channel, shown whole to the asker alone, and fetched by nobody', async () => {
    const channel = createChannel('page');
    world.model.enqueue(callOf('connect'), { text: 'Connected.' });
    channel.says(alex, `${mention} connect`);
    const { message } = await buttonOf(channel, 'Show the address');
    expect(message.content).toBe(
      '🔧 connect({})\n🔗 desk wants you to open a page on accounts.example.com: Connect [your]\\(https://evil.example) account',
    );
    expect(JSON.stringify(message.components)).not.toContain('state=');
    await press(channel, stranger, 'Show the address');
    await privateReply(channel, 'Only the member who asked can answer that.');
    await press(channel, alex, 'Show the address');
    const shown = await channel.waitFor(() =>
      channel.messages.find(({ isEphemeral, content }) => isEphemeral && content.includes('```')),
    );
    expect(shown.content).toContain(`\n\`\`\`\n${page}?state=%60%60%60a\n\`\`\`\n`);
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Open the page', 'Continue', 'Decline']);
    expect(buttonsOf(shown)[0]).toMatchObject({ style: 5, url: `${page}?state=%60%60%60a` });
    const accepted = buttonsOf(shown).find(({ label }) => label === 'Continue')?.custom_id ?? '';
    await channel.presses(alex, shown.id, accepted);
    await channel.waitFor(() =>
      channel.messages.some(({ content }) => content === '✅ connect({}) → {"action":"accept"}'),
    );
    await channel.waitFor(() => channel.messages.some(({ content }) => content === 'Connected.'));
    await channel.waitFor(() => channel.messages.some(({ content }) => content === 'Thank you, I go on.'));
  });

  test('may be declined', async () => {
    const channel = createChannel('page-declined');
    world.model.enqueue(callOf('connect'), { text: 'Not connected.' });
    channel.says(alex, `${mention} connect`);
    await buttonOf(channel, 'Show the address');
    await press(channel, alex, 'Decline');
    await channel.waitFor(() => channel.messages.some(({ content }) => content === 'Not connected.'));
  });
});

describe('what a tool returns and reports', () => {
  test('a picture is attached below the notice, in a message that can ping nobody and comes once', async () => {
    const channel = createChannel('picture');
    world.model.enqueue(callOf('draw'), { text: 'There it is.' });
    const question = channel.says(alex, `${mention} draw`);
    await replyTo(question, channel, (content) => content === 'There it is.');
    const [notice, file, answer] = botMessages(channel);
    expect(notice?.content).toMatch(/^✅ draw\({}\) → \(image "image-1.png"/);
    expect(
      file?.attachments.map(({ filename, data, description }) => [filename, Buffer.from(data), description]),
    ).toEqual([['image-1.png', picture, 'Picture from draw']]);
    expect(file?.nonce).toBe(`${question.id}0f0`);
    expect(answer?.content).toBe('There it is.');
  });

  test('a picture goes with /ask, too', async () => {
    const channel = createChannel('picture-ask');
    world.model.enqueue(callOf('draw'), { text: 'There it is.' });
    await channel.asks(alex, 'ask', { question: 'draw' });
    await channel.waitFor(() => botMessages(channel).length === 3);
    const described = botMessages(channel)[1]?.attachments.map(({ filename, description }) => [filename, description]);
    expect(described).toEqual([['image-1.png', 'Picture from draw']]);
  });

  test('a picture that Discord does not take is one line, and the answer comes all the same', async () => {
    const channel = createChannel('refused');
    world.model.enqueue(callOf('draw'), { text: 'There it is.' }, callOf('draw'), { text: 'Again.' });
    const tooLarge = { code: 40005, message: 'Request entity too large' };
    world.discord.faults.add({
      method: 'POST',
      route: new RegExp(`/channels/${channel.id}/messages`),
      // The notice comes first.
      skip: 1,
      effect: { type: 'status', status: 413, body: tooLarge },
    });
    channel.says(alex, `${mention} draw`);
    await expectToStand(channel, [/^✅ draw/, '⚠️ Discord did not accept the files here.', 'There it is.']);
    world.discord.faults.clear();
    const question = channel.says(alex, `${mention} draw again`);
    await replyTo(question, channel, (content) => content === 'Again.');
    expect(botMessages(channel).filter(({ attachments }) => attachments.length > 0)).toHaveLength(1);
  });

  test('progress stands in the notice while the tool runs', async () => {
    const channel = createChannel('progress');
    searched = Promise.withResolvers<void>();
    world.model.enqueue(callOf('search'), { text: 'Found.' });
    channel.says(alex, `${mention} search`);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '🔧 search({}) 40 % reading'));
    searched.resolve();
    await expectToStand(channel, ['✅ search({}) → found', 'Found.']);
  });
});

describe('/stop', () => {
  test('ends the running answer for its asker and for moderators, and nobody else; the next question goes on', async () => {
    const channel = createChannel('stop');
    searched = Promise.withResolvers<void>();
    world.model.enqueue(callOf('search'), { text: 'The second answer.' });
    channel.says(alex, `${mention} search`);
    channel.says(alex, `${mention} and then this`);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith('🔧 search')));
    await channel.asks(stranger, 'stop', {});
    await privateReply(channel, 'Only the member who asked, or a moderator, can stop this answer.');
    await channel.asks(alex, 'stop', {});
    await privateReply(channel, 'I am stopping.');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '⚠️ Stopped.'));
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === 'The second answer.'));
    expect(botMessages(channel).filter(({ content }) => content.startsWith('❌ search'))).toHaveLength(1);
    await channel.asks(approver, 'stop', {});
    await privateReply(channel, '이 채널에서 답하고 있는 질문이 없습니다.');
    searched.resolve();
  });
});

describe('/stop all', () => {
  test('ends what runs and drops what waits, for moderators and nobody else, and says how many', async () => {
    const channel = createChannel('stop-all');
    searched = Promise.withResolvers<void>();
    world.model.enqueue(callOf('search'));
    channel.says(alex, `${mention} search`);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith('🔧 search')));
    for (const text of ['one', 'two', 'three']) channel.says(stranger, `${mention} waits ${text}`);
    await channel.asks(stranger, 'ask', { question: 'waits four' });
    await channel.waitFor(() => botMessages(channel).some(({ interaction }) => interaction?.isThinking));
    await channel.asks(alex, 'stop', { all: 'true' });
    await privateReply(channel, 'Only a moderator can stop everything in this channel.');
    await channel.asks(approver, 'stop', { all: 'true' });
    await privateReply(channel, '이 채널의 질문 5개를 멈췄습니다.');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '⚠️ Stopped.'));
    // Of what waits, only a command would go on thinking: it is told.
    await channel.waitFor(() => botMessages(channel).some(({ content }) => /^> waits four\n⚠️ /.test(content)));
    world.model.enqueue({ text: 'at last' });
    const question = channel.says(alex, `${mention} and now?`);
    await replyTo(question, channel, (content) => content === 'at last');
    expect(JSON.stringify(world.model.requests.map(({ body }) => body))).not.toContain('waits one');
    searched.resolve();
  });
});

describe('/forget', () => {
  test('deletes the channel’s history, for those who may manage messages', async () => {
    const channel = createChannel('forget');
    world.model.enqueue({ text: 'Noted.' }, { text: 'Which one?' });
    await replyTo(channel.says(alex, `${mention} my number is 12345`), channel, (content) => content === 'Noted.');
    await expect(channel.asks(stranger, 'forget', {})).rejects.toThrow('permissions');
    await channel.asks(approver, 'forget', {});
    await privateReply(channel, '이 채널에서 나눈 대화를 모두 잊었습니다.');
    await replyTo(channel.says(alex, `${mention} what is it?`), channel, (content) => content === 'Which one?');
    expect(JSON.stringify(world.model.requests.at(-1)?.body)).not.toContain('12345');
  });

  test('works for everybody in a direct message', async () => {
    const channel = world.discord.openDm(alex);
    world.model.enqueue({ text: 'Noted.' }, { text: 'Which one?' });
    await replyTo(channel.says(alex, 'my number is 67890'), channel, (content) => content === 'Noted.');
    await channel.asks(alex, 'forget', {});
    await privateReply(channel, 'I have forgotten our conversation in this channel.');
    await replyTo(channel.says(alex, 'what is it?'), channel, (content) => content === 'Which one?');
    expect(JSON.stringify(world.model.requests.at(-1)?.body)).not.toContain('67890');
  });
});
