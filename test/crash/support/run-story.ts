/** One story with the deaths that are to come in it. */
import { defaultLimits } from '../../../src/agent/limits.ts';
import type { SimulatedChannel, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import { Actor } from './actor.ts';
import type { Death } from './fate.ts';
import {
  findBreaches,
  findGaps,
  findProblems,
  isAccepted,
  isAnswered,
  isSettled,
  lacksTools,
  type Remembered,
  remember,
  wasAskedAgain,
} from './invariants.ts';
import { press } from './press.ts';
import { recall, type Story, type StoryQuestion, type StoryStage } from './stories.ts';
import { type CrashWorld, until } from './world.ts';

export interface Outcome {
  readonly deaths: number;
  /** Of the first life. */
  readonly checkpoints: number;
  /**
   * A turn said that it had no tools, and rightly: the bot was kept from them for longer than it waits. The run says nothing of
   * the tools then, and is to be repeated.
   */
  readonly isVoid: boolean;
}

/** A run that says nothing: the bot was kept from the tools that somebody waited for. The message says what came of it. */
export class VoidRun extends Error {}

let runs = 0;
const noTool = /There is no tool named|cannot be reached right now|prompt-unreachable|"reason":"unreachable"/;
/** Of one life in which something is done in steps. */
const playMs = 200_000;

/**
 * Asks, lets the bot die as told (after the story's end at the latest), starts it again each time, and checks what came of it.
 * @throws {VoidRun}, or {Error} that tells what does not hold, with everything that is needed to see why.
 */
export async function runStory(world: CrashWorld, story: Story, deaths: readonly Death[]): Promise<Outcome> {
  runs += 1;
  using run = new StoryRun(world, story, deaths, runs);
  try {
    return await run.play();
  } catch (error) {
    if (run.wasKeptFromTools) throw new VoidRun(String(error));
    throw error;
  }
}

class StoryRun implements Disposable {
  readonly #world: CrashWorld;
  readonly #story: Story;
  readonly #deaths: readonly Death[];
  readonly #stage: StoryStage;
  readonly #channel: SimulatedChannel;
  readonly #trails: string[] = [];
  readonly #remembered: Remembered[] = [];
  readonly #pressedAt = new Map<string, number>();
  /** Questions that were answered once. */
  readonly #answered = new Set<StoryQuestion>();
  readonly #gaps: string[] = [];
  readonly #unwatch: () => void;
  readonly #created: SimulatedMessage[] = [];
  readonly #ending = new AbortController();
  readonly #actor: Actor | undefined;
  /** Whether nobody has anything more to do. */
  #isPlayed = false;
  #failure: unknown;
  #died = 0;
  #questions: StoryQuestion[] = [];
  #isTyping = false;
  /** The longest that a life was kept from its tools. */
  #keptFromToolsMs = 0;

  constructor(world: CrashWorld, story: Story, deaths: readonly Death[], number: number) {
    const [guild] = world.discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    this.#world = world;
    this.#story = story;
    this.#deaths = deaths;
    this.#channel = world.discord.createChannel(guild, `${story.name}-${number}`);
    this.#stage = { channel: this.#channel, number, member: world.member, mention: `<@${world.discord.bot.id}>` };
    this.#unwatch = world.discord.observe((event) => {
      if (event.type === 'message-create' && event.message.channelId === this.#channel.id)
        this.#created.push(event.message);
      if (event.type === 'typing' && event.channelId === this.#channel.id) this.#isTyping = true;
      if (event.type.startsWith('message-') && 'message' in event && event.message.channelId === this.#channel.id)
        this.#isTyping = false;
    });
    this.#actor = story.play === undefined ? undefined : this.#createActor();
  }

  /** Whether somebody who acts in steps could not go on because of that. */
  get wasKeptFromTools(): boolean {
    const turns = this.#questions.map((question) => JSON.stringify(this.#actor?.turnOf(question)));
    return this.#keptFromToolsMs >= defaultLimits.toolConnectMs && turns.some((turn) => noTool.test(turn));
  }

  async play(): Promise<Outcome> {
    const world = this.#world;
    const deaths = this.#deaths;
    await this.#live(deaths[0], async () => {
      this.#questions = await this.#story.ask(this.#stage);
      this.#play();
    });
    const checkpoints = world.fate.trail.length;
    for (const [index] of deaths.entries()) {
      await world.kill();
      this.#died += 1;
      this.#trails.push(world.fate.trail.join('\n'));
      this.#questions = this.#questions.filter((question) => isAccepted(world, this.#channel, question));
      this.#remembered.push(...this.#questions.map((question) => remember(world, this.#channel, question)));
      for (const question of this.#answered) this.#gaps.push(...findGaps(world, this.#channel, question));
      await this.#checkFacts(`after death ${index + 1}`);
      await this.#live(deaths[index + 1], async () => world.start());
    }
    await world.ready();
    this.#questions.push(...(await recall.ask(this.#stage)));
    await this.#settled();
    this.#noteTools();
    await this.#checkFacts('in the end');
    return { deaths: deaths.length, checkpoints, isVoid: this.#check() };
  }

  #createActor(): Actor {
    const run = this;
    return new Actor({
      world: this.#world,
      stage: this.#stage,
      signal: this.#ending.signal,
      name: this.#story.name,
      created: this.#created,
      get deaths() {
        return run.#died;
      },
      add: (question) => void this.#questions.push(question),
      drop: (question) => {
        this.#questions = this.#questions.filter((other) => other !== question);
      },
      has: (question) => this.#questions.includes(question),
    });
  }

  /** It goes on through all lives. */
  #play(): void {
    const { play } = this.#story;
    if (play === undefined || this.#actor === undefined) {
      this.#isPlayed = true;
      return;
    }
    play(this.#actor).then(
      () => {
        this.#isPlayed = true;
      },
      (error: unknown) => {
        this.#failure = error;
      },
    );
  }

  async #checkFacts(when: string): Promise<void> {
    if (this.#actor === undefined) return;
    const breaches = [...(await this.#actor.breaches()), ...(await this.#world.auditor.check())];
    this.#gaps.push(...breaches.map((breach) => `${when}: ${breach}`));
  }

  /** A life until it ends by `death`, or by a kill when all is done. */
  async #live(death: Death | undefined, begin: () => Promise<void>): Promise<void> {
    const fate = this.#world.fate.await(death);
    let isDead = false;
    const died = fate.came.then((hasCome) => {
      isDead = hasCome;
    });
    this.#world.watchTools();
    await begin();
    await Promise.race([died, this.#settled(() => isDead)]);
    this.#noteTools();
    fate.cancel();
  }

  #noteTools(): void {
    this.#keptFromToolsMs = Math.max(this.#keptFromToolsMs, this.#world.keptFromToolsMs());
  }

  async #settled(isOver = () => false): Promise<void> {
    await until(
      () => {
        if (this.#failure !== undefined) throw new Error(this.#describe(String(this.#failure)));
        if (this.#actor === undefined) press(this.#world, this.#channel, 'approve', this.#pressedAt);
        for (const question of this.#questions) this.#pressAgain(question);
        return (
          isOver() ||
          (this.#isPlayed && this.#questions.every((question) => isSettled(this.#world, this.#channel, question)))
        );
      },
      () => this.#describe('a question was never settled'),
      this.#actor === undefined ? undefined : playMs,
    );
  }

  /** As a member does: edits the question once it is answered, has it answered again, and presses once more when nothing comes of it. */
  #pressAgain(question: StoryQuestion): void {
    const world = this.#world;
    const { again, id } = question;
    if (again === undefined || !isAnswered(world, this.#channel, question)) return;
    this.#answered.add(question);
    if (wasAskedAgain(world, this.#channel, question)) return;
    const edited = `${this.#stage.mention} [${again}] please`;
    if (this.#channel.messages.find((message) => message.id === id)?.content !== edited)
      this.#channel.edits(id, edited);
    press(world, this.#channel, 'again', this.#pressedAt);
  }

  /** @returns whether the run is void. @throws {Error} when something does not hold. */
  #check(): boolean {
    const world = this.#world;
    const { refusals, isUnordered = false } = this.#story;
    const mayLackTools = this.#keptFromToolsMs >= defaultLimits.toolConnectMs;
    const breaches = [
      ...this.#gaps,
      ...findBreaches(world, this.#channel, this.#questions, this.#remembered, {
        mayLackTools,
        ...(refusals === undefined ? {} : { refusals }),
        isUnordered,
      }),
      ...findProblems(world),
    ];
    if (this.#isTyping) breaches.push('typing was left on');
    if (!isWholeInLastRequest(world, this.#channel))
      breaches.push('the last request does not hold the earlier questions');
    if (breaches.length > 0) throw new Error(this.#describe(breaches.join('\n')));
    return this.#questions.some((question) => lacksTools(world, this.#channel, question));
  }

  #describe(problem: string): string {
    const { record, script, doneCalls, fate, program } = this.#world;
    const { number } = this.#stage;
    const isOwn = ({ label }: { readonly label: string }) => label.includes(` ${number}.`);
    const messages = this.#channel.messages.map(
      ({ id, author, revisions, attachments }) =>
        `  ${id} ${author.name}: ${JSON.stringify(revisions)} ${attachments.map(({ filename }) => filename)}`,
    );
    return [
      problem,
      '',
      `${this.#story.name} ${number}, deaths ${JSON.stringify(this.#deaths)}`,
      ...messages,
      `unfinished: ${JSON.stringify(this.#questions.map(({ id }) => record.unfinished(id)))}`,
      `asked: ${JSON.stringify(script.asked.filter(isOwn))}`,
      `done: ${JSON.stringify(doneCalls.filter(isOwn))}`,
      `kept from tools for ${Math.round(this.#keptFromToolsMs)} ms at the longest`,
      [...this.#trails, fate.trail.join('\n')].join('\n--- next life\n'),
      'last life printed:',
      program.output,
    ].join('\n');
  }

  [Symbol.dispose](): void {
    this.#ending.abort(new Error('The story is over.'));
    this.#unwatch();
  }
}

/** The request for the last question holds everything that is in the history. */
function isWholeInLastRequest(world: CrashWorld, channel: SimulatedChannel): boolean {
  const [, ...earlier] = world.record.history(channel.id).toReversed();
  const said = world.model.requests.at(-1)?.messages.map(({ text }) => text) ?? [];
  // What came with a question stands behind it.
  return earlier.every(
    ({ question, steps }) =>
      said.some((text) => text.startsWith(`${question.authorName}: ${question.text}`)) &&
      steps.every(({ text }) => said.includes(text)),
  );
}
