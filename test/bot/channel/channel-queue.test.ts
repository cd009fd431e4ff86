import { describe, expect, test } from 'vitest';
import { ChannelQueue } from '../../../src/bot/channel/channel-queue.ts';

/** A queue, and what began in it in this order. */
function open() {
  const queue = new ChannelQueue();
  const begun: string[] = [];
  const task = (name: string) => async () => {
    begun.push(name);
    await new Promise((resolve) => setImmediate(resolve));
  };
  queue.release();
  return { queue, begun, task };
}

describe('in one channel', () => {
  test('questions are answered one after another in the order asked', async () => {
    const { queue, begun, task } = open();
    for (const [name, member] of Object.entries({ a1: 'a', b1: 'b', a2: 'a', c1: 'c', a3: 'a', b2: 'b' }))
      queue.run('general', task(name), member);
    expect(begun).toEqual(['a1']);
    await queue.idle();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'c1', 'a3', 'b2']);
  });

  test('the others do not wait for all that one member has asked', async () => {
    const { queue, begun, task } = open();
    for (let number = 0; number < 100; number += 1) queue.run('general', task(`flood ${number}`), 'mallory');
    queue.run('general', task('mina'), 'mina');
    queue.run('general', task('jun'), 'jun');
    await queue.idle();
    expect(begun.indexOf('mina')).toBeLessThanOrEqual(4);
    expect(begun.indexOf('jun')).toBeLessThanOrEqual(5);
    expect(begun.filter((name) => name.startsWith('flood'))).toEqual(
      Array.from({ length: 100 }, (_, number) => `flood ${number}`),
    );
  });

  test('what is nobody’s comes after all that waits', async () => {
    const { queue, begun, task } = open();
    for (let number = 0; number < 9; number += 1) queue.run('general', task(`${number}`), 'mina');
    queue.run('general', task('forget'));
    queue.run('general', task('later'), 'mina');
    await queue.idle();
    expect(begun.slice(-2)).toEqual(['forget', 'later']);
  });
});

test('channels do not wait for each other, and nothing is left of an idle one', async () => {
  const { queue, begun, task } = open();
  const held = Promise.withResolvers<void>();
  queue.run('slow', () => held.promise, 'mina');
  queue.run('quick', task('quick'), 'mina');
  expect(begun).toEqual(['quick']);
  held.resolve();
  await queue.idle();
  queue.run('slow', task('slow'), 'mina');
  expect(begun).toEqual(['quick', 'slow']);
  await queue.idle();
});

test('what is held begins after what goes first, once it is released', async () => {
  const queue = new ChannelQueue();
  const begun: string[] = [];
  const task = (name: string) => async () => void begun.push(name);
  queue.run('general', task('asked now'), 'mina');
  queue.runFirst('general', task('left over'), 'mina');
  await queue.idle();
  expect(begun).toEqual(['left over']);
  queue.release();
  await queue.idle();
  expect(begun).toEqual(['left over', 'asked now']);
});
