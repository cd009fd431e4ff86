/**
 * While a tool server or a member does harm in one channel, the members of another are answered, and memory stays bounded.
 * How fast they are answered is what `npm run bench -- attacks` tells.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttackedWorld, flood, startAttackedWorld, toolAttacks } from '../support/attacks.ts';

let attacked: AttackedWorld;

/** The bot takes 267 MiB at most on two quiet processors; on busy ones its garbage is collected later. */
const mostBytes = 512 * 1024 * 1024;
/** What waits for an answer longer than this waits for the attack to end: the attacks of old took minutes, or never ended. */
const patienceMs = 20_000;

beforeAll(async () => {
  attacked = await startAttackedWorld();
});

afterAll(() => attacked?.[Symbol.asyncDispose]());

describe('another channel is answered while', () => {
  test.each(toolAttacks)(
    '$name',
    async (attack) => {
      const channel = attacked.createChannel('attacked');
      const isOver = await attack.begin(attacked, channel);
      for (let asked = 0; asked < 5; asked += 1) expect(await attacked.waitsElsewhere()).toBeLessThan(patienceMs);
      await channel.waitFor(isOver, { timeoutMs: patienceMs });
      expect(await attacked.mostMemory()).toBeLessThan(mostBytes);
    },
    120_000,
  );

  test(flood.name, async () => {
    const channel = attacked.createChannel('flooded');
    await flood.begin(attacked, channel);
    for (let asked = 0; asked < 5; asked += 1) expect(await attacked.waitsElsewhere()).toBeLessThan(patienceMs);
    const mine = channel.says(attacked.mina, `${attacked.mention} and mine?`);
    // Five messages in five seconds is what Discord takes in a channel: the flood alone would take minutes.
    await channel.waitFor(() => channel.messages.some(({ repliesTo }) => repliesTo === mine.id), {
      timeoutMs: 30_000,
    });
    expect(await attacked.mostMemory()).toBeLessThan(mostBytes);
  }, 120_000);
});
