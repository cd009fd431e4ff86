/**
 * How long a member waits in one channel while somebody does harm in another, beside quiet times of the same process, and
 * the most memory that the bot ever took. What attacks and what measures share a process: it is no faster than that.
 */
import { type Attack, type AttackedWorld, flood, startAttackedWorld, toolAttacks } from '../test/support/attacks.ts';
import { median, type Row } from './statistics.ts';

export const attacksHead: Row = [
  'answer in another channel while',
  'quiet, median',
  'attacked, median',
  'attacked, worst',
  'peak RSS of the bot',
];

/** The first questions warm up the process and do not count. */
const warmUpQuestions = 5;
const questions = 20;
/** An attack that is over soon is begun anew. */
const mostAttacks = 40;

export async function measureAttacks(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const attack of [...toolAttacks, flood]) rows.push(await measureAttack(attack));
  return rows;
}

/** Each in a process of its own, whose memory is then that attack's. */
async function measureAttack(attack: Attack): Promise<Row> {
  // Questions one upon the other would reach what Discord takes in a second, and wait for that instead.
  await using attacked = await startAttackedWorld({ globalRequestsPerSecond: Number.POSITIVE_INFINITY });
  for (let asked = 0; asked < warmUpQuestions; asked += 1) await attacked.waitsElsewhere();
  const quiet: number[] = [];
  for (let asked = 0; asked < questions; asked += 1) quiet.push(await attacked.waitsElsewhere());
  const waits = await waitsDuring(attack, attacked);
  const inMs = (ms: number) => `${ms.toFixed(0)} ms`;
  return [
    attack.name,
    inMs(median(quiet)),
    inMs(median(waits)),
    inMs(Math.max(...waits)),
    `${((await attacked.mostMemory()) / 2 ** 20).toFixed(0)} MB`,
  ];
}

/** Of questions that were asked while the attack was under way. */
async function waitsDuring(attack: Attack, attacked: AttackedWorld): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let attacks = 0; attacks < mostAttacks && waits.length < questions; attacks += 1) {
    const channel = attacked.createChannel(`attacked-${attacks}`);
    const isOver = await attack.begin(attacked, channel);
    while (!isOver() && waits.length < questions) waits.push(await attacked.waitsElsewhere());
  }
  return waits;
}
