/** What must hold of a story, however often the bot died in it: read from the channel, the record and what the peers were sent. */
import type { Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/presenter.ts';
import type { SimulatedChannel, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import type { StoryQuestion } from './stories.ts';
import type { CrashWorld } from './world.ts';

/** What was on record of a question when the bot died, and what its peers had been asked until then. */
export interface Remembered {
  readonly question: StoryQuestion;
  readonly steps: number;
  /** Labels `tool try` of the calls with a result. */
  readonly results: readonly string[];
  readonly askedBefore: number;
  readonly doneBefore: number;
}

/** To be called between two lives. */
export function remember(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): Remembered {
  const turn = world.record.unfinished(question.id) ?? historyTurn(world, channel, question);
  const calls = turn?.steps.flatMap(({ calls: made, results }) =>
    made.filter(({ id }) => results.some(({ callId }) => callId === id)),
  );
  return {
    question,
    steps: turn?.steps.length ?? 0,
    results: calls?.map(({ name, arguments: json }) => `${name} ${JSON.parse(json).attempt}`) ?? [],
    askedBefore: world.script.asked.length,
    doneBefore: world.doneCalls.length,
  };
}

/** Whether the bot has promised an answer: a mention is found even by a later life, a command only once it was taken. */
export function isAccepted(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  return (
    !question.isCommand ||
    world.record.unfinished(question.id) !== undefined ||
    historyTurn(world, channel, question) !== undefined ||
    channel.messages.some(({ interaction }) => interaction?.id === question.id)
  );
}

/** Whether the question is answered, shown, and off the list of what is to be done. */
export function isSettled(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  return historyTurn(world, channel, question) !== undefined && world.record.unfinished(question.id) === undefined;
}

/** @returns one sentence for everything that does not hold. */
export function findBreaches(
  world: CrashWorld,
  channel: SimulatedChannel,
  questions: readonly StoryQuestion[],
  remembered: readonly Remembered[],
): string[] {
  return [
    ...questions.flatMap((question) => breachesOfRecord(world, channel, question)),
    ...breachesOfChannel(world, channel, questions),
    ...remembered.flatMap((moment) => breachesOfMemory(world, moment)),
    ...world.discord.problems.filter((problem) => !/was not acknowledged within/.test(problem)),
    ...world.model.problems,
  ];
}

/** The history holds the turn, its words are the model's, and its calls are those that the tool server has done. */
function breachesOfRecord(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): string[] {
  const { label } = question;
  const turn = historyTurn(world, channel, question);
  if (turn === undefined) return [`${label} is not in the history`];
  const breaches: string[] = [];
  const paid = world.doneCalls.filter((done) => done.tool === 'pay' && done.label === label);
  if (paid.length > 1) breaches.push(`${label} was paid ${paid.length} times`);
  for (const { calls, results } of turn.steps) {
    if (results.length !== calls.length) breaches.push(`${label}: ${calls.length} calls, ${results.length} results`);
    for (const { id, name, arguments: json } of calls) {
      const { attempt } = JSON.parse(json);
      const isDone = world.doneCalls.some(
        (done) => done.tool === name && done.label === label && done.attempt === attempt,
      );
      const result = results.find(({ callId }) => callId === id);
      if (result?.ok === true && !isDone) breaches.push(`${label}: ${name} has a result and was never done`);
      if (name === 'look' && result?.ok !== true) breaches.push(`${label}: look failed: ${result?.text}`);
      if (result?.ok === false && !/outcome is unknown/.test(result.text)) breaches.push(`${label}: ${result.text}`);
    }
  }
  if (turn.end?.type === 'answered') {
    const last = turn.steps.at(-1)?.text ?? '';
    if (!last.includes(`${label}, try`) && !last.startsWith('Noted')) breaches.push(`${label} ends with: ${last}`);
  } else if (!label.startsWith('failing')) breaches.push(`${label} ended as ${JSON.stringify(turn.end)}`);
  return breaches;
}

/** In the channel stands what the record says: every message once, whole, in order, with nothing beside. */
function breachesOfChannel(
  world: CrashWorld,
  channel: SimulatedChannel,
  questions: readonly StoryQuestion[],
): string[] {
  const breaches: string[] = [];
  const expected = questions.flatMap((question) => {
    const turn = historyTurn(world, channel, question);
    if (turn === undefined) return [];
    const quotedQuestion = question.isCommand ? turn.question.text : undefined;
    return present(turn, { language: 'en', quotedQuestion }).map(({ content, isReply }) => ({
      content: content.trim(),
      repliesTo: isReply && !question.isCommand ? question.id : undefined,
    }));
  });
  const standing = botMessages(channel);
  const isSame = (message: SimulatedMessage, index: number) =>
    message.content.trim() === expected[index]?.content &&
    (expected[index]?.repliesTo === undefined || message.repliesTo === expected[index]?.repliesTo);
  if (standing.length !== expected.length || !standing.every(isSame))
    breaches.push(`in the channel should stand:\n${expected.map(({ content }) => `  ${content}`).join('\n')}`);
  if (standing.some(({ interaction }) => interaction?.isThinking === true)) breaches.push('somebody is still thinking');
  return breaches;
}

/** What was on record when the bot died is not done again. */
function breachesOfMemory(
  world: CrashWorld,
  { question: { label }, steps, results, askedBefore, doneBefore }: Remembered,
): string[] {
  const askedAgain = world.script.asked
    .slice(askedBefore)
    .filter((asked) => asked.label === label && asked.step < steps);
  const doneAgain = world.doneCalls
    .slice(doneBefore)
    .filter((done) => done.label === label && results.includes(`${done.tool} ${done.attempt}`));
  return [
    ...askedAgain.map(({ step }) => `the model was asked again for step ${step} of ${label}, which was on record`),
    ...doneAgain.map(({ tool }) => `${tool} of ${label} was run again although its result was on record`),
  ];
}

function botMessages(channel: SimulatedChannel): SimulatedMessage[] {
  return channel.messages.filter(({ author }) => author.isBot);
}

function historyTurn(world: CrashWorld, channel: SimulatedChannel, { id }: StoryQuestion): Turn | undefined {
  return world.record.history(channel.id).find(({ question }) => question.id === id);
}
