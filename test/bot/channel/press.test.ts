import { expect, test } from 'vitest';
import { type ButtonPress, readButtonId, toButtonId } from '../../../src/bot/channel/press.ts';

const presses: readonly ButtonPress[] = [
  { action: 'approve', turnId: '12345678901234567890', target: '11.31' },
  { action: 'fill', turnId: '1', target: '0.0.5' },
  { action: 'stop', turnId: '12345678901234567890', target: '' },
  { action: 'again', turnId: '1', target: '' },
  { action: 'why', turnId: '1', target: '' },
];

test('the name of a button is read as what it means, and fits', () => {
  for (const press of presses) {
    expect(readButtonId(toButtonId(press))).toEqual(press);
    expect(toButtonId(press).length).toBeLessThanOrEqual(100);
  }
});

test('what is no button of ours means nothing', () => {
  for (const id of ['', 'again', 'again:', 'shout:1', 'again:1:2:3', ':1']) expect(readButtonId(id)).toBeUndefined();
});
