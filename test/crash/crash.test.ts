/**
 * No question is lost and none answered twice: the whole bot is killed (SIGKILL) wherever a turn touches the outside, and
 * started again. `CRASH_KILLS` sets how many kills (default: each checkpoint of what is asked plainly about once), `CRASH_PLAN` names
 * the stories that get all of them, separated by commas, or `plain` or `features` for all of a kind, and `CRASH_SEED` repeats a run.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { Death } from './support/fate.ts';
import { featureStories } from './support/features/features.ts';
import { chooseSeed, createRandom } from './support/random.ts';
import { runStory, VoidRun } from './support/run-story.ts';
import { recall, type Story, stories } from './support/stories.ts';
import { findTraceBreaches } from './support/traces.ts';
import { type CrashWorld, startCrashWorld, until } from './support/world.ts';

const seed = chooseSeed();
const random = createRandom(seed);
const kills = Number(process.env.CRASH_KILLS ?? 250);
const chosen = process.env.CRASH_PLAN?.split(',') ?? [];
const chosenOf = (kind: string, all: readonly Story[]) =>
  all.filter(({ name }) => chosen.length === 0 || chosen.includes(name) || chosen.includes(kind));
const allKits = [
  { what: 'asked plainly', stories: chosenOf('plain', stories), hasFeatures: false, share: 2 },
  // What is done in steps takes about twice as long.
  { what: 'with all that tools have', stories: chosenOf('features', featureStories), hasFeatures: true, share: 1 },
];
const kits = allKits.filter((kit) => kit.stories.length > 0);
const shares = kits.reduce((sum, kit) => sum + kit.share * kit.stories.length, 0);
const worldsAtOnce = 2;
const mostFailures = 3;
/** Of one run that says nothing of the tools, because the machine stood still. */
const mostTries = 4;
let killed = 0;
let swept = 0;
let voidRuns = 0;

test('there are stories of the names in CRASH_PLAN', () => {
  const names = [...stories, ...featureStories].map(({ name }) => name);
  expect(['plain', 'features', ...names]).toEqual(expect.arrayContaining(chosen));
});

for (const { what, stories: ofKit } of allKits)
  if (ofKit.length === 0) console.log(`Skipped: ${what}. CRASH_PLAN names none of it.`);

describe.each(kits)('$what', ({ stories: ofKit, hasFeatures, share }) => {
  const plans = new Map([...ofKit, recall].map(({ name, plan }) => [name, plan]));
  const worlds: CrashWorld[] = [];
  const startWorld = () => startCrashWorld({ plans, hasFeatures });

  afterAll(async () => {
    for (const { sweeps } of worlds) swept += sweeps;
    await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()));
  });

  test.each(ofKit)(
    '$name: killed anywhere, every question has one answer',
    async (story) => {
      while (worlds.length < worldsAtOnce) worlds.push(await startWorld());
      const [first] = worlds;
      if (first === undefined) throw new Error('no world');
      const { checkpoints } = await runStory(first, story, []);
      const waiting = chooseDeaths(checkpoints, Math.ceil((kills * share) / shares));
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

  test('every turn is one trace, and its spans are what the record says, whichever life did it or sent it', async () => {
    await untilTraced();
  }, 120_000);

  async function untilTraced(): Promise<void> {
    expect(worlds.some(({ script }) => script.asked.length > 0)).toBe(true);
    for (const world of worlds) {
      await until(
        () => findTraceBreaches(world).length === 0,
        () => findTraceBreaches(world).join('\n'),
      );
    }
  }

  /** A failure costs the world it came about in: nothing of it shall reach the next story. */
  async function runIn(index: number, story: Story, deaths: readonly Death[]): Promise<string | undefined> {
    let last = '';
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const world = worlds[index];
      if (world === undefined) throw new Error('no world');
      try {
        const outcome = await runStory(world, story, deaths);
        if (!outcome.isVoid) {
          killed += outcome.deaths;
          return undefined;
        }
      } catch (error) {
        swept += world.sweeps;
        await world[Symbol.asyncDispose]();
        worlds[index] = await startWorld();
        last = String(error);
        if (!(error instanceof VoidRun)) return last;
      }
      voidRuns += 1;
    }
    return `${story.name} was left without tools ${mostTries} times: either the machine stands still, or they come too late.\n${last}`;
  }
});

test('that were at least as many kills as asked for, and the store was swept all the time', () => {
  expect(killed).toBeGreaterThanOrEqual(kills);
  if (voidRuns > 0) console.info(`${voidRuns} runs were repeated, because the bot was kept from its tools.`);
  expect(swept).toBeGreaterThan(kills);
});

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
