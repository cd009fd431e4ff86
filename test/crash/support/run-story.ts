/** One story with the deaths that are to come in it. */
import type { SimulatedChannel } from '../../../src/simulator/discord/discord.ts';
import type { Death } from './fate.ts';
import { findBreaches, findProblems, isAccepted, isSettled, type Remembered, remember } from './invariants.ts';
import { recall, type Story, type StoryQuestion } from './stories.ts';
import { type CrashWorld, until } from './world.ts';

export interface Outcome {
  readonly deaths: number;
  /** Of the first life. */
  readonly checkpoints: number;
}

let runs = 0;

/**
 * Asks, lets the bot die as told (after the story's end at the latest), starts it again each time, and checks what came of it.
 * @throws {Error} that tells what does not hold, with everything that is needed to see why.
 */
export async function runStory(world: CrashWorld, story: Story, deaths: readonly Death[]): Promise<Outcome> {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  runs += 1;
  const number = runs;
  const channel = world.discord.createChannel(guild, `${story.name}-${number}`);
  const stage = { channel, number, member: world.member, mention: `<@${world.discord.bot.id}>` };
  const trails: string[] = [];
  const remembered: Remembered[] = [];
  let typedLast = false;
  const unwatch = world.discord.observe((event) => {
    if (event.type === 'typing' && event.channelId === channel.id) typedLast = true;
    if (event.type.startsWith('message-') && 'message' in event && event.message.channelId === channel.id)
      typedLast = false;
  });
  let questions: StoryQuestion[] = [];

  const describe = (problem: string) =>
    `${problem}\n\n${story.name} ${number}, deaths ${JSON.stringify(deaths)}\n` +
    `${channel.messages.map((message) => `  ${message.id} ${message.author.name}: ${JSON.stringify(message.revisions)}`).join('\n')}\n` +
    `unfinished: ${JSON.stringify(questions.map(({ id }) => world.record.unfinished(id)))}\n` +
    `asked: ${JSON.stringify(world.script.asked.filter(({ label }) => label.includes(` ${number}.`)))}\n` +
    `done: ${JSON.stringify(world.doneCalls.filter(({ label }) => label.includes(` ${number}.`)))}\n` +
    `${[...trails, world.fate.trail.join('\n')].join('\n--- next life\n')}\nlast life printed:\n${world.program.output}`;
  const settled = async (asked: readonly StoryQuestion[], isOver = () => false) => {
    await until(
      () => isOver() || asked.every((question) => isSettled(world, channel, question)),
      () => describe('a question was never settled'),
    );
  };
  /** A life until it ends by `death`, or by a kill when all is done. */
  const live = async (death: Death | undefined, begin: () => Promise<void>) => {
    const fate = world.fate.await(death);
    let isDead = false;
    const died = fate.came.then((hasCome) => {
      isDead = hasCome;
    });
    await begin();
    await Promise.race([died, settled(questions, () => isDead)]);
    fate.cancel();
  };

  try {
    await live(deaths[0], async () => {
      questions = await story.ask(stage);
    });
    const checkpoints = world.fate.trail.length;
    for (const [index] of deaths.entries()) {
      await world.kill();
      trails.push(world.fate.trail.join('\n'));
      questions = questions.filter((question) => isAccepted(world, channel, question));
      remembered.push(...questions.map((question) => remember(world, channel, question)));
      await live(deaths[index + 1], async () => world.start());
    }
    await world.ready();
    const [last] = await recall.ask(stage);
    if (last !== undefined) questions = [...questions, last];
    await settled(questions);
    const breaches = [...findBreaches(world, channel, questions, remembered), ...findProblems(world)];
    if (typedLast) breaches.push('typing was left on');
    if (!isWholeInLastRequest(world, channel)) breaches.push('the last request does not hold the earlier questions');
    if (breaches.length > 0) throw new Error(describe(breaches.join('\n')));
    return { deaths: deaths.length, checkpoints };
  } finally {
    unwatch();
  }
}

/** The request for the last question holds everything that is in the history. */
function isWholeInLastRequest(world: CrashWorld, channel: SimulatedChannel): boolean {
  const [, ...earlier] = world.record.history(channel.id).toReversed();
  const said = world.model.requests.at(-1)?.messages.map(({ text }) => text) ?? [];
  return earlier.every(({ question, steps }) =>
    [`${question.authorName}: ${question.text}`, ...steps.map(({ text }) => text)].every((text) => said.includes(text)),
  );
}
