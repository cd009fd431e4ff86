/** Sending more than words: files, replies, forwards, the menu of a message and the file of a command, against the whole product. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  SimulatedChannel,
  SimulatedFile,
  SimulatedMessage,
  SimulatedUser,
} from '../../src/simulator/discord/discord.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

const notes: SimulatedFile = {
  name: 'notes.txt',
  data: Buffer.from('the numbers are 1, 2, 3'),
  contentType: 'text/plain',
};
const roleId = '323456789012345678';

let world: World;
let jimin: SimulatedUser;
let alex: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ model: { respond: () => ({ text: 'seen' }) } });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'en-US' });
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'ko' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(world.model.problems).toEqual([]);
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const guild = world.discord.createGuild({ name, locale: 'en-US' });
  return world.discord.createChannel(guild, name);
}

/** What the model was asked last. */
function lastAsked(): string {
  return world.model.requests.at(-1)?.messages.at(-1)?.text ?? '';
}

/** The answer to a command or a dialog. */
function answerTo(interactionId: string, channel: SimulatedChannel): Promise<SimulatedMessage> {
  return channel.waitFor(({ messages }) =>
    messages.find(({ interaction, content }) => interaction?.id === interactionId && content.includes('seen')),
  );
}

async function replyOf(channel: SimulatedChannel, interactionId: string): Promise<string> {
  const reply = await channel.waitFor(({ messages }) =>
    messages.find(({ interaction }) => interaction?.id === interactionId && !interaction.isThinking),
  );
  expect(reply.isEphemeral).toBe(true);
  return reply.content;
}

/** Chooses the message in the menu. @returns the id of the choice, once its dialog is open. */
async function choose(channel: SimulatedChannel, user: SimulatedUser, { id }: SimulatedMessage): Promise<string> {
  const choiceId = await channel.uses(user, id, 'Ask Jupan');
  await channel.waitFor(() => channel.dialogOf(choiceId));
  return choiceId;
}

describe('a file', () => {
  test('comes with the question, even without a word', async () => {
    const channel = createChannel('files');
    await replyTo(channel.says(jimin, `${mention} add these`, { files: [notes] }), channel);
    expect(lastAsked()).toContain('지민: add these');
    expect(lastAsked()).toContain('the numbers are 1, 2, 3');
    await replyTo(channel.says(jimin, mention, { files: [notes] }), channel);
    expect(lastAsked()).toContain('(see what is attached)');
  });

  test('that Discord does not hand out, or only from elsewhere, costs a line and no answer', async () => {
    const channel = createChannel('unreachable');
    const elsewhere = createChannel('elsewhere').says(jimin, '', { files: [{ ...notes, name: 'secret.txt' }] });
    const address = (elsewhere.attachments[0]?.url ?? '').replace('127.0.0.1', 'localhost');
    for (const fault of [
      { type: 'status', status: 404 },
      { type: 'redirect', to: address },
    ] as const) {
      world.discord.cdn.fail(fault, 3);
      const fetched = world.discord.cdn.fetched.length;
      const question = channel.says(jimin, `${mention} add these`, { files: [notes] });
      await replyTo(question, channel, (content) => content === 'seen');
      expect(botMessages(channel).at(-2)?.content).toMatch(/^⚠️ .*notes\.txt/);
      expect(world.discord.cdn.fetched.slice(fetched)).not.toContain(elsewhere.attachments[0]?.id);
    }
  });

  test('is one of ten, one with a name of 10,000 characters, beside ten of the message replied to: nothing is lost', async () => {
    const direct = world.discord.openDm(jimin);
    const files = Array.from({ length: 10 }, (_, number) => ({
      ...notes,
      name: number === 0 ? `${'n'.repeat(10_000)}.txt` : `notes-${number}.txt`,
    }));
    const said = direct.says(jimin, 'my files', { files });
    await replyTo(said, direct, (content) => content === 'seen');
    const question = direct.says(jimin, 'and these', { repliesTo: said.id, files });
    await replyTo(question, direct, (content) => content === 'seen');
    expect(lastAsked()).toContain('지민: and these');
  });
});

describe('a reply that mentions the bot', () => {
  test('brings the message along, with its author and its files', async () => {
    const direct = world.discord.openDm(alex);
    const said = direct.says(alex, 'here they are', { files: [notes] });
    await replyTo(said, direct);
    await replyTo(direct.says(alex, 'add them', { repliesTo: said.id }), direct);
    expect(lastAsked()).toContain('here they are');
    expect(lastAsked()).toContain('the numbers are 1, 2, 3');
    expect(lastAsked()).toContain('by="Alex"');
  });

  test('tells the model, and nobody else, that Discord hides it', async () => {
    const channel = createChannel('hidden');
    const said = channel.says(alex, 'the numbers are 1, 2, 3');
    await replyTo(channel.says(jimin, `${mention} add them`, { repliesTo: said.id }), channel);
    expect(lastAsked()).toContain('the platform does not show it to you');
    expect(lastAsked()).not.toContain('1, 2, 3');
    expect(botMessages(channel).map(({ content }) => content)).toEqual(['seen']);
  });

  test('is answered though the message was deleted while nobody listened', async () => {
    const channel = createChannel('deleted');
    await replyTo(channel.says(jimin, `${mention} hello`), channel);
    await world.stop();
    const said = channel.says(alex, 'the numbers are 1, 2, 3');
    const question = channel.says(jimin, `${mention} add them`, { repliesTo: said.id });
    channel.deletes(said.id);
    await world.start();
    await replyTo(question, channel);
    expect(lastAsked()).toContain('지민: add them');
    expect(lastAsked()).toContain('the platform does not show it to you');
  });

  test('says which older answer it means, by its beginning', async () => {
    const channel = createChannel('older');
    const first = await replyTo(channel.says(jimin, `${mention} first`), channel);
    await replyTo(channel.says(jimin, 'second', { repliesTo: first.id }), channel);
    expect(lastAsked()).toBe('지민: second');
    await replyTo(channel.says(jimin, 'third', { repliesTo: first.id }), channel);
    expect(lastAsked()).toContain('the question is a reply to it');
  });
});

test('a forward in a direct message is a question about it', async () => {
  const direct = world.discord.openDm(jimin);
  const said = createChannel('forwarded').says(alex, 'the numbers are 4, 5, 6', { files: [notes] });
  await replyTo(direct.forwards(jimin, said), direct);
  expect(lastAsked()).toContain('the numbers are 4, 5, 6');
  expect(lastAsked()).toContain('the numbers are 1, 2, 3');
  expect(lastAsked()).toContain('(see the forwarded message)');
});

test('a question that is edited while it waits takes its files along', async () => {
  const channel = createChannel('edited');
  const held = Promise.withResolvers<void>();
  const slow = await startWorld({
    model: {
      respond: async () => {
        await held.promise;
        return { text: 'seen' };
      },
    },
  });
  try {
    const [guild] = slow.discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    const place = slow.discord.createChannel(guild, channel.name);
    const member = slow.discord.createUser({ name: 'jimin' });
    const bot = `<@${slow.discord.bot.id}>`;
    place.says(member, `${bot} first`);
    await slow.model.waitForRequest(() => true, { timeoutMs: 25_000 });
    const question = place.says(member, `${bot} add thees`, { files: [notes] });
    place.edits(question.id, `${bot} add these`);
    held.resolve();
    await replyTo(question, place);
    const asked = slow.model.requests.at(-1)?.messages.at(-1)?.text ?? '';
    expect(asked).toContain('add these');
    expect(asked).toContain('the numbers are 1, 2, 3');
  } finally {
    await slow[Symbol.asyncDispose]();
  }
});

test('/ask takes a file, and names it above the answer', async () => {
  const channel = createChannel('ask');
  const asked = await channel.asks(jimin, 'ask', { question: 'add them', file: notes });
  expect((await answerTo(asked, channel)).content).toBe('> add them\n> 📎 notes.txt\nseen');
  expect(lastAsked()).toContain('the numbers are 1, 2, 3');
  const wordless = await channel.asks(jimin, 'ask', { question: ' ', file: notes });
  expect((await answerTo(wordless, channel)).content).toContain('(see what is attached)');
});

describe('Ask Jupan in the menu of a message', () => {
  test('is offered in Korean and English', () => {
    const [menu] = world.discord.commands.filter(({ kind }) => kind === 'message');
    expect(menu).toMatchObject({ name: 'Ask Jupan', nameLocalizations: { ko: 'Jupan에게 묻기' } });
  });

  test('opens a dialog, and what is asked there is answered in the channel with what the message says', async () => {
    const channel = createChannel('menu');
    const said = channel.says(alex, 'the numbers are **4, 5, 6**', { files: [notes] });
    const choiceId = await choose(channel, jimin, said);
    expect(channel.dialogOf(choiceId)).toMatchObject({
      title: 'Ask Jupan',
      fields: [{ isRequired: false, isLong: true }],
    });
    const asked = await channel.submits(jimin, choiceId, { question: 'how many?' });
    const answer = await answerTo(asked, channel);
    expect(answer.content).toBe('> how many?\n> ↳ Alex: the numbers are \\*\\*4, 5, 6\\*\\*\nseen');
    expect(answer.isEphemeral).not.toBe(true);
    expect(lastAsked()).toContain('지민: how many?');
    expect(lastAsked()).toContain('the numbers are **4, 5, 6**');
    expect(lastAsked()).toContain('the numbers are 1, 2, 3');
    expect(lastAsked()).toContain('by="Alex"');
  });

  test('asks about the message as it is where nothing is typed, in the language of whoever asks', async () => {
    const channel = createChannel('wordless');
    const choiceId = await choose(channel, alex, channel.says(jimin, 'hello'));
    expect(channel.dialogOf(choiceId)?.title).toBe('Jupan에게 묻기');
    const answer = await answerTo(await channel.submits(alex, choiceId, {}), channel);
    expect(answer.content).toBe('> (선택한 메시지를 봐 주세요)\n> ↳ 지민: hello\nseen');
  });

  test('is for those alone who may ask, at both steps', async () => {
    const guarded = await startWorld({
      settings: { ALLOWED_ROLES: roleId },
      model: { respond: () => ({ text: 'seen' }) },
    });
    try {
      const { discord, general } = guarded;
      discord.createRole('askers', roleId);
      const member = discord.createUser({ name: 'jimin', locale: 'en-US' });
      const said = general.says(member, 'hello');
      const refused = await general.uses(member, said.id, 'Ask Jupan');
      expect(await replyOf(general, refused)).toContain('not set up to answer you');
      expect(general.dialogOf(refused)).toBeUndefined();
      general.guild?.giveRole(member, roleId);
      const choiceId = await choose(general, member, said);
      general.guild?.takeRole(member, roleId);
      const late = await general.submits(member, choiceId, { question: 'what?' });
      expect(await replyOf(general, late)).toContain('not set up to answer you');
      expect(guarded.model.requests).toEqual([]);
      general.guild?.giveRole(member, roleId);
      await answerTo(await general.submits(member, choiceId, { question: 'what?' }), general);
    } finally {
      await guarded[Symbol.asyncDispose]();
    }
  });

  test('after a restart kindly asks to choose again, and gives back what was typed', async () => {
    const channel = createChannel('restarted');
    const choiceId = await choose(channel, jimin, channel.says(alex, 'hello'));
    await world.stop();
    await world.start();
    const before = world.model.requests.length;
    const asked = await channel.submits(jimin, choiceId, { question: 'a long question' });
    const reply = await replyOf(channel, asked);
    expect(reply).toContain('Please choose it once more');
    expect(reply).toContain('a long question');
    expect(world.model.requests).toHaveLength(before);
  });
});
