/**
 * No question is lost and none answered twice: the whole bot is killed (SIGKILL) wherever a turn touches the outside, and
 * started again. `CRASH_KILLS` sets how many kills (default: each checkpoint about once), `CRASH_SEED` repeats a run.
 */
import { afterAll, expect, test } from 'vitest';
import type { Death } from './support/fate.ts';
import { chooseSeed, createRandom } from './support/random.ts';
import { runStory } from './support/run-story.ts';
import { recall, type Story, stories } from './support/stories.ts';
import { findTraceBreaches } from './support/traces.ts';
import { type CrashWorld, startCrashWorld, until } from './support/world.ts';

const seed = chooseSeed();
const random = createRandom(seed);
const kills = Number(process.env.CRASH_KILLS ?? 250);
const plans = new Map([...stories, recall].map(({ name, plan }) => [name, plan]));
const worldsAtOnce = 2;
const mostFailures = 3;
/** Of one run that says nothing of the tools, because the machine stood still. */
const mostTries = 4;
let killed = 0;
let swept = 0;
let voidRuns = 0;
const worlds: CrashWorld[] = [];

afterAll(async () => {
  await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()));
});

test.each(stories)(
  '$name: killed anywhere, every question has one answer',
  async (story) => {
    while (worlds.length < worldsAtOnce) worlds.push(await startCrashWorld({ plans }));
    const [first] = worlds;
    if (first === undefined) throw new Error('no world');
    const { checkpoints } = await runStory(first, story, []);
    const waiting = chooseDeaths(checkpoints, Math.ceil(kills / stories.length));
    const failures: string[] = [];
    await Promise.all(
      worlds.map(async (_, index) => {
        for (let deaths = waiting.shift(); deaths !== undefined; deaths = waiting.shift()) {
          if (failures.length >= mostFailures) return;
          const failure = await runIn(index, story, deaths);
          if (failure !== undefined) failures.push(failure);
        }
      }),
    );
    expect(failures.join(`\n${'='.repeat(100)}\n`), `CRASH_SEED=${seed}`).toBe('');
    // Lives that are killed within a second send nothing, and the last hundred turns alone are sent again.
    await untilTraced();
  },
  3_600_000,
);

test('that were at least as many kills as asked for, and the store was swept all the time', () => {
  expect(killed).toBeGreaterThanOrEqual(kills);
  if (voidRuns > 0) console.info(`${voidRuns} runs were repeated, because the bot was kept from its tools.`);
  for (const { sweeps } of worlds) swept += sweeps;
  expect(swept).toBeGreaterThan(kills);
});

test('every turn is one trace, and its spans are what the record says, whichever life did it or sent it', async () => {
  await untilTraced();
}, 120_000);

async function untilTraced(): Promise<void> {
  for (const world of worlds) {
    await until(
      () => findTraceBreaches(world).length === 0,
      () => findTraceBreaches(world).join('\n'),
    );
  }
}

/** A failure costs the world it came about in: nothing of it shall reach the next story. */
async function runIn(index: number, story: Story, deaths: readonly Death[]): Promise<string | undefined> {
  const world = worlds[index];
  if (world === undefined) throw new Error('no world');
  try {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const outcome = await runStory(world, story, deaths);
      if (outcome.isVoid) {
        voidRuns += 1;
        continue;
      }
      killed += outcome.deaths;
      return undefined;
    }
    return `${story.name} was left without tools ${mostTries} times: either the machine stands still, or they come too late.`;
  } catch (error) {
    swept += world.sweeps;
    await world[Symbol.asyncDispose]();
    worlds[index] = await startCrashWorld({ plans });
    return String(error);
  }
}

/** Every checkpoint, at once; then again with a moment in between, in which something is written to the store. Every third bot dies a second time. */
function chooseDeaths(checkpoints: number, count: number): Death[][] {
  const exact = random.shuffled(Array.from({ length: checkpoints }, (_, index) => ({ at: index + 1, afterMs: 0 })));
  const late = Array.from({ length: Math.max(0, count - checkpoints) }, () => ({
    at: 1 + random.below(checkpoints),
    afterMs: 1 + random.below(30),
  }));
  return [...exact.slice(0, count), ...late].map((death) =>
    random.chance(1 / 3) ? [death, { at: 1 + random.below(checkpoints), afterMs: random.below(30) }] : [death],
  );
}
