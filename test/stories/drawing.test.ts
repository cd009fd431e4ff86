/** A member asks for a picture: npm start, the real calculator that draws it, a scripted model. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld();
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string) {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** Name and description of the one picture of a message. */
function pictureOf(message: SimulatedMessage | undefined): readonly (string | undefined)[] {
  expect(message?.attachments).toHaveLength(1);
  const [attachment] = message?.attachments ?? [];
  expect(attachment?.contentType).toBe('image/png');
  expect(Buffer.from(attachment?.data ?? []).toString('latin1', 1, 4)).toBe('PNG');
  return [attachment?.filename, attachment?.description];
}

const plot = {
  toolCalls: [{ name: 'plot', arguments: '{"expressions":["x^2","sin(x)"],"from":-5,"to":5,"title":"두 곡선"}' }],
};
const chart = {
  toolCalls: [
    { name: 'chart', arguments: '{"kind":"bars","labels":["사과","배"],"series":[{"values":[3,5]}]}' },
    { name: 'chart', arguments: '{"kind":"pie","labels":["rent","food"],"series":[{"values":[3,1]}]}' },
  ],
};

test('one picture is attached under the notice, and its description is the text that the model is given', async () => {
  const channel = createChannel('plot');
  world.model.enqueue(plot, { text: '그렸습니다.' });
  channel.says(jimin, `${mention} x^2와 sin(x)를 그려 줘`);
  await expectToStand(channel, [/^✅ plot\(.*→ 두 곡선: x\^2, sin\(x\)의 그래프/, '', '그렸습니다.']);
  const description = '두 곡선: x^2, sin(x)의 그래프, x는 -5부터 5까지, y는 -1부터 25까지.';
  expect(pictureOf(botMessages(channel)[1])).toEqual(['image-1.png', description]);
  const given = world.model.requests.at(-1)?.messages.at(-1);
  expect(given?.text).toMatch(
    /^두 곡선: x\^2, sin\(x\)의 그래프.*\n\(image "image-1.png", image\/png, \d+ bytes: the members see it\)$/,
  );
});

test('so it is with /ask, and each of several pictures has its own description', async () => {
  const channel = createChannel('charts');
  world.model.enqueue(chart, { text: '두 그림입니다.' });
  await channel.asks(jimin, 'ask', { question: '막대그래프와 원그래프를 그려 줘' });
  await expectToStand(channel, [/^> 막대.*\n✅ chart\(.*\n✅ chart\(/, '', '', '두 그림입니다.']);
  expect(botMessages(channel).slice(1, 3).map(pictureOf)).toEqual([
    ['image-1.png', '막대그래프: 사과 3, 배 5.'],
    ['image-1.png', 'Pie chart: rent 3, food 1.'],
  ]);
});

test('what cannot be drawn is said in the notice, and the model can go on', async () => {
  const channel = createChannel('refused');
  const call = { toolCalls: [{ name: 'plot', arguments: '{"expressions":["1/0"]}' }] };
  world.model.enqueue(call, { text: '1/0은 값이 없습니다.' });
  channel.says(jimin, `${mention} 1/0 그래프`);
  await expectToStand(channel, [
    '❌ plot({"expressions":["1/0"]}) → Cannot divide by zero (at position 2).',
    '1/0은 값이 없습니다.',
  ]);
});
