/** How a question stands above its answer where nothing else shows it. */
import { expect, test } from 'vitest';
import type { Question } from '../../../src/agent/turn.ts';
import { toHead } from '../../../src/bot/channel/question-head.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

const question: Question = {
  id: '1',
  channelId: '2',
  authorId: '3',
  authorName: 'jimin',
  text: 'how many?',
  askedAt: 0,
};
const file = (name: string) => ({ name, bytes: 1, url: '' });

test('alone it is its words', () => {
  const quotes = [{ relation: 'replied-to', authorName: 'Alex', text: 'unseen' } as const];
  expect(toHead({ ...question, quotes }, discordSurface)).toBe('how many?');
});

test('the message that it is about and the names of its files stand below, in a line each, without effect', () => {
  const quotes = [{ relation: 'chosen', authorName: '*Alex*', text: 'one\n**two** <@123456789012345678>' } as const];
  const attachments = [file('a_b.png'), { ...file('theirs.png'), quote: 0 }];
  expect(toHead({ ...question, quotes, attachments }, discordSurface)).toBe(
    'how many?\n↳ \\*Alex\\*: one \\*\\*two\\*\\* \\<@123456789012345678>\n📎 a_b.png',
  );
});

test('it is of no length that leaves no room for the answer', () => {
  const quotes = [{ relation: 'chosen', authorName: 'Alex', text: 'x'.repeat(4000) } as const];
  const attachments = Array.from({ length: 20 }, (_, place) => file(`${place}${'x'.repeat(200)}`));
  const head = toHead({ ...question, text: 'y'.repeat(4000), quotes, attachments }, discordSurface);
  expect(head.length).toBeLessThan(1050);
  expect(head.split('\n')).toHaveLength(1 + 1 + 3);
});
