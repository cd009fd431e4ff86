/** What becomes of a question that is edited before its turn has begun. */
import { expect, test } from 'vitest';
import type { Question } from '../../../src/agent/turn.ts';
import { amendQuestion } from '../../../src/bot/channel/amend-question.ts';

const file = (name: string) => ({ name, bytes: 1, url: `https://cdn.discordapp.com/${name}` });
const replied = { relation: 'replied-to', authorName: 'Alex', text: 'the numbers' } as const;
const recent = { relation: 'recent', authorName: 'Alex', text: 'hello' } as const;
const hidden = { relation: 'replied-to', text: '', isHidden: true } as const;
const question: Question = {
  id: '1',
  channelId: '2',
  authorId: '3',
  authorName: 'jimin',
  text: 'add them',
  askedAt: 0,
  quotes: [replied, recent],
  attachments: [file('own'), { ...file('theirs'), quote: 0 }],
};
const { quotes: _, attachments: __, ...bare } = question;

test('what comes with it is what the message has now', () => {
  const asked = { text: 'add these', language: 'en', quotes: [replied], attachments: [file('new')] } as const;
  expect(amendQuestion(question, asked)).toEqual({
    ...question,
    text: 'add these',
    quotes: [replied, recent],
    attachments: [file('new')],
  });
  expect(amendQuestion({ ...bare, attachments: [file('own')] }, { text: 'add them', language: 'en' })).toEqual(bare);
});

test('what Discord does not tell again stays as it was, with its files', () => {
  const asked = { text: 'add these', language: 'en', quotes: [hidden] } as const;
  expect(amendQuestion(question, asked)).toEqual({
    ...question,
    text: 'add these',
    attachments: [{ ...file('theirs'), quote: 0 }],
  });
  expect(amendQuestion(bare, asked)).toEqual({ ...bare, text: 'add these', quotes: [hidden] });
});

test('nothing is amended that has not changed', () => {
  const asked = {
    text: 'add them',
    language: 'en',
    quotes: [replied],
    attachments: question.attachments ?? [],
  } as const;
  expect(amendQuestion(question, asked)).toBeUndefined();
  expect(amendQuestion(bare, { text: 'add them', language: 'ko' })).toBeUndefined();
});
