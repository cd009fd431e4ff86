/** What must hold of a story, however often the bot died in it: read from the channel, the record and what the peers were sent. */
import type { Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/channel/presenter.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';
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
  { mayFail = false }: { readonly mayFail?: boolean } = {},
): string[] {
  return [
    ...questions.flatMap((question) => breachesOfRecord(world, channel, question, mayFail)),
    ...breachesOfChannel(world, channel, questions),
    // New questions wait for missed ones only for a few seconds.
    ...(mayFail ? [] : breachesOfOrder(channel, questions)),
    ...remembered.flatMap((moment) => breachesOfMemory(world, moment)),
  ];
}

/** What the peers complain of. A dead bot acknowledges nothing, and one that heard of no answer acknowledges twice. */
export function findProblems({ discord, model }: CrashWorld): string[] {
  return [
    ...discord.problems.filter(
      (problem) => !/not acknowledged|acknowledged before|acknowledgement came too late/.test(problem),
    ),
    ...model.problems,
  ];
}

/** The history holds the turn, its words are the model's, and its calls are those that the tool server has done. */
function breachesOfRecord(
  world: CrashWorld,
  channel: SimulatedChannel,
  question: StoryQuestion,
  mayFail: boolean,
): string[] {
  const { label } = question;
  const turn = historyTurn(world, channel, question);
  if (turn === undefined) return [`${label} is not in the history`];
  const breaches: string[] = [];
  for (const tool of ['pay', 'transfer']) {
    const done = world.doneCalls.filter((call) => call.tool === tool && call.label === label);
    if (done.length > 1) breaches.push(`${tool} of ${label} was done ${done.length} times`);
  }
  for (const { calls, results, approvals = [] } of turn.steps) {
    if (results.length !== calls.length) breaches.push(`${label}: ${calls.length} calls, ${results.length} results`);
    for (const { id, name, arguments: json } of calls) {
      const { attempt } = JSON.parse(json);
      const isDone = world.doneCalls.some(
        (done) => done.tool === name && done.label === label && done.attempt === attempt,
      );
      const result = results.find(({ callId }) => callId === id);
      // A machine that stands still for seconds may leave a turn without its tools: it says so, and is answered all the same.
      const isWithoutTools = turn.warnings.some(({ type }) => type === 'no-tools');
      if (isWithoutTools && /^There is no tool named/.test(result?.text ?? '')) continue;
      if (result?.ok === true && !isDone) breaches.push(`${label}: ${name} has a result and was never done`);
      if (name === 'transfer' && !approvals.some(({ callId, decision }) => callId === id && decision === 'approved'))
        breaches.push(`${label}: nobody approved the transfer`);
      if (mayFail) continue;
      if (name === 'look' && result?.ok !== true) breaches.push(`${label}: look failed: ${result?.text}`);
      if (result?.ok === false && !/outcome is unknown/.test(result.text)) breaches.push(`${label}: ${result.text}`);
    }
  }
  const last = turn.steps.at(-1)?.text ?? '';
  if (turn.end?.type === 'answered') {
    if (!last.includes(label)) breaches.push(`${label} ends with: ${last}`);
  } else if (!mayFail && !label.startsWith('failing')) breaches.push(`${label} ended as ${JSON.stringify(turn.end)}`);
  return breaches;
}

/** In the channel stands what the record says: every message once, whole, in order, with nothing beside. */
function breachesOfChannel(
  world: CrashWorld,
  channel: SimulatedChannel,
  questions: readonly StoryQuestion[],
): string[] {
  const standing = channel.messages.filter(({ author, isEphemeral }) => author.isBot && isEphemeral !== true);
  const breaches: string[] = [];
  for (const question of questions) {
    const turn = historyTurn(world, channel, question);
    if (turn === undefined) continue;
    const quotedQuestion = question.isCommand ? turn.question.text : undefined;
    const expected = present(turn, { language: 'en', surface: discordSurface, quotedQuestion });
    const actual = standing.filter((message) => belongsTo(message, question));
    const isSame = ({ content, repliesTo }: SimulatedMessage, index: number) => {
      const should = expected[index];
      return (
        content.trim() === should?.content.trim() &&
        (question.isCommand || !should.isReply || repliesTo === question.id)
      );
    };
    if (actual.length !== expected.length || !actual.every(isSame))
      breaches.push(
        `${question.label} should be shown as:\n${expected.map(({ content }) => `  ${content}`).join('\n')}`,
      );
  }
  const strangers = standing.filter((message) => !questions.some((question) => belongsTo(message, question)));
  if (strangers.length > 0) breaches.push(`nobody asked for: ${strangers.map(({ content }) => content).join(' | ')}`);
  if (standing.some(({ interaction }) => interaction?.isThinking === true)) breaches.push('somebody is still thinking');
  return breaches;
}

/** The turns stand in the order asked. */
function breachesOfOrder(channel: SimulatedChannel, questions: readonly StoryQuestion[]): string[] {
  // The first message of a command stands where the command was used.
  const turns = questions.filter(({ isCommand }) => !isCommand);
  const order = channel.messages.map((message) => turns.findIndex((question) => belongsTo(message, question)));
  const ranked = order.filter((rank) => rank >= 0);
  return ranked.some((rank, index) => rank < (ranked[index - 1] ?? 0)) ? ['turns stand out of order'] : [];
}

/** A nonce begins with the question's id. */
function belongsTo({ interaction, nonce }: SimulatedMessage, { id }: StoryQuestion): boolean {
  return interaction?.id === id || nonce?.startsWith(id) === true;
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

function historyTurn(world: CrashWorld, channel: SimulatedChannel, { id }: StoryQuestion): Turn | undefined {
  return world.record.history(channel.id).find(({ question }) => question.id === id);
}
