/** What must hold of a story, however often the bot died in it: read from the channel, the record and what the peers were sent. */
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../../src/agent/store/turn-record.ts';
import { conversationOf, originalIdOf, type Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/channel/presenter.ts';
import { toHead } from '../../../src/bot/channel/question-head.ts';
import type { ShownFile, ShownMessage } from '../../../src/bot/channel/shown-message.ts';
import { toButtonIds } from '../../../src/bot/discord/buttons.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';
import { isRecord } from '../../../src/json.ts';
import type {
  SimulatedAttachment,
  SimulatedChannel,
  SimulatedMessage,
} from '../../../src/simulator/discord/discord.ts';
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
export function remember(world: CrashWorld, channel: SimulatedChannel, asked: StoryQuestion): Remembered {
  const turn = unfinishedTurn(world, asked) ?? historyTurn(world, channel, asked);
  // Asked again, it has another label.
  const [, label = asked.label] = /\[(.+)\]/.exec(turn?.question.text ?? '') ?? [];
  const question = { ...asked, label };
  const calls = turn?.steps.flatMap(({ calls: made, results }) =>
    made.filter(({ id }) => results.some(({ callId }) => callId === id)),
  );
  return {
    question,
    steps: turn?.steps.length ?? 0,
    results: calls?.map(({ name, arguments: json }) => `${name} ${readArguments(json).attempt}`) ?? [],
    askedBefore: world.script.asked.length,
    doneBefore: world.doneCalls.length,
  };
}

/** Whether the bot has promised an answer: a mention is found even by a later life, others count only once they were taken. */
export function isAccepted(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  return (
    (!question.isCommand && question.mayBeLost !== true) ||
    world.record.unfinished(question.id) !== undefined ||
    historyTurn(world, channel, question) !== undefined ||
    channel.messages.some(({ interaction }) => interaction?.id === question.id)
  );
}

/** Whether the question is answered, shown, and off the list of what is to be done; where it is asked again, that too. */
export function isSettled(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  const isAskedAgain = question.again === undefined || wasAskedAgain(world, channel, question);
  return isAskedAgain && isAnswered(world, channel, question);
}

/** Whether nothing is to be done for it now. */
export function isAnswered(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  return historyTurn(world, channel, question) !== undefined && unfinishedTurn(world, question) === undefined;
}

export function wasAskedAgain(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  if (question.againFails === true) return world.script.asked.some(({ label }) => label === question.again);
  return historyTurn(world, channel, question)?.replaces !== undefined;
}

/** Of a question that was answered once: it has one answer, on record and in the channel, whatever is being done. */
export function findGaps(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): string[] {
  const turns = world.record.history(channel.id).filter((turn) => isOf(turn, question));
  const standing = channel.messages.filter(({ author, isEphemeral }) => author.isBot && isEphemeral !== true);
  return [
    ...(turns.length === 1 ? [] : [`${question.label} is ${turns.length} times in the history`]),
    ...(standing.some(({ content }) => content !== '') ? [] : [`nothing stands for ${question.label}`]),
  ];
}

export interface Leniency {
  /** Whether peers failed, so that turns and calls may have. Default false. */
  readonly mayFail?: boolean;
  /** Whether the bot was kept from its tools so long that a turn may say that it has none. Default false. */
  readonly mayLackTools?: boolean;
  /** Whether the model says and calls what it likes, and members approve nothing, too. Default false. */
  readonly isOdd?: boolean;
  /** What results may say that are none. Default: that their outcome is unknown. */
  readonly refusals?: RegExp;
  /** Whether what is asked later may be answered sooner. Default false. */
  readonly isUnordered?: boolean;
}

const unknownOutcome = /outcome is unknown/;

/** @returns one sentence for everything that does not hold. */
export function findBreaches(
  world: CrashWorld,
  channel: SimulatedChannel,
  questions: readonly StoryQuestion[],
  remembered: readonly Remembered[],
  {
    mayFail = false,
    mayLackTools = mayFail,
    isOdd = false,
    isUnordered = mayFail,
    refusals = unknownOutcome,
  }: Leniency = {},
): string[] {
  const leniency = { mayFail, mayLackTools, isOdd, isUnordered, refusals };
  return [
    ...questions.flatMap((question) => breachesOfRecord(world, channel, question, leniency)),
    ...breachesOfChannel(world, channel, questions, { isOdd }),
    // New questions wait for missed ones only for a few seconds.
    ...(isUnordered ? [] : breachesOfOrder(channel, questions)),
    ...remembered.flatMap((moment) => breachesOfMemory(world, moment)),
  ];
}

/** Whether a turn says that it has no tools. */
export function lacksTools(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): boolean {
  return historyTurn(world, channel, question)?.warnings.some(({ type }) => type === 'no-tools') === true;
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
  leniency: Required<Leniency>,
): string[] {
  const label = question.againFails === true ? question.label : (question.again ?? question.label);
  const turn = historyTurn(world, channel, question);
  if (turn === undefined) return [`${label} is not in the history`];
  const breaches = [...findGaps(world, channel, question), ...breachesOfCalls(world, label, turn, leniency)];
  if (!isFoundWhenExpired(world, turn)) breaches.push(`${label} is not found when it expires`);
  for (const tool of ['pay', 'transfer', 'launch', 'work']) {
    const done = world.doneCalls.filter((call) => call.tool === tool && call.label === label);
    if (done.length > 1) breaches.push(`${tool} of ${label} was done ${done.length} times`);
  }
  if (!leniency.mayLackTools && lacksTools(world, channel, question))
    breaches.push(`${label} says that it has no tools, which were there`);
  const last = turn.steps.at(-1)?.text ?? '';
  if (turn.end?.type === 'answered') {
    if (!leniency.isOdd && !last.includes(label)) breaches.push(`${label} ends with: ${last}`);
  } else if (question.mayBeStopped === true && turn.end?.code === 'stopped') return breaches;
  else if (!leniency.mayFail && !label.startsWith('failing'))
    breaches.push(`${label} ended as ${JSON.stringify(turn.end)}`);
  return breaches;
}

function breachesOfCalls(
  world: CrashWorld,
  label: string,
  turn: Turn,
  { mayFail, mayLackTools, isOdd, refusals }: Required<Leniency>,
): string[] {
  const breaches: string[] = [];
  for (const { calls, results, approvals = [] } of turn.steps) {
    if (results.length !== calls.length) breaches.push(`${label}: ${calls.length} calls, ${results.length} results`);
    for (const { id, name, arguments: json } of calls) {
      const { for: forWhat, attempt } = readArguments(json);
      if (isOdd && forWhat !== label) continue;
      const isDone = world.doneCalls.some(
        (done) => done.tool === name && done.label === label && done.attempt === attempt,
      );
      const result = results.find(({ callId }) => callId === id);
      if (mayLackTools && /^There is no tool named/.test(result?.text ?? '')) continue;
      const isOwn = name.startsWith('connect_');
      if (result?.ok === true && !isDone && !isOwn) breaches.push(`${label}: ${name} has a result and was never done`);
      const isCostly = name === 'transfer' || name === 'launch' || (name === 'pay' && turn.replaces !== undefined);
      const decision = approvals.find(({ callId }) => callId === id)?.decision;
      if (isCostly && decision !== 'approved' && (isDone || (!isOdd && decision !== 'denied')))
        breaches.push(`${label}: nobody approved the ${name}`);
      if (name === 'draw' && result?.ok === true && result.files?.length !== 2)
        breaches.push(`${label}: the pictures are missing: ${result.text}`);
      if (mayFail) continue;
      if (/^(look|draw)$/.test(name) && result?.ok !== true) breaches.push(`${label}: ${name} failed: ${result?.text}`);
      if (result?.ok === false && !unknownOutcome.test(result.text) && !refusals.test(result.text))
        breaches.push(`${label}: ${result.text}`);
    }
  }
  return breaches;
}

/**
 * In the channel stands what the record says: every message once, whole, in order, with nothing beside. Not in order where
 * anything may come: what grows into a second message when others stand below it goes on below those.
 */
function breachesOfChannel(
  world: CrashWorld,
  channel: SimulatedChannel,
  questions: readonly StoryQuestion[],
  { isOdd }: Pick<Required<Leniency>, 'isOdd'>,
): string[] {
  const inOrder = <Message extends SimulatedMessage | ShownMessage>(messages: readonly Message[]) =>
    isOdd ? messages.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1)) : messages;
  const standing = channel.messages.filter(({ author, isEphemeral }) => author.isBot && isEphemeral !== true);
  const breaches: string[] = [];
  for (const question of questions) {
    const turn = historyTurn(world, channel, question);
    if (turn === undefined) continue;
    const quotedQuestion = question.isCommand ? toHead(turn.question, discordSurface) : undefined;
    const expected = inOrder(
      present(turn, { language: 'en', surface: discordSurface, quotedQuestion, writesFormulas: true }),
    );
    const actual = inOrder(standing.filter((message) => belongsTo(message, question, turn.question.id)));
    const isSame = ({ content, repliesTo, attachments, components }: SimulatedMessage, index: number) => {
      const should = expected[index];
      const { buttons = [] } = should ?? {};
      return (
        content.trim() === should?.content.trim() &&
        isDeepStrictEqual(
          toButtonIds(components),
          buttons.map(({ id }) => id),
        ) &&
        isDeepStrictEqual(attachments.map(toFile), (should.files ?? []).map(toFile)) &&
        (question.isCommand || question.isDeleted || !should.isReply || repliesTo === question.id)
      );
    };
    if (actual.length !== expected.length || !actual.every(isSame))
      breaches.push(
        `${question.label} should be shown as:\n${expected.map(({ content, files = [] }) => `  ${content} ${files.map(({ name }) => name)}`).join('\n')}`,
      );
  }
  const strangers = standing.filter(
    (message) =>
      !questions.some((question) => belongsTo(message, question, historyTurn(world, channel, question)?.question.id)),
  );
  if (strangers.length > 0) breaches.push(`nobody asked for: ${strangers.map(({ content }) => content).join(' | ')}`);
  if (standing.some(({ interaction }) => interaction?.isThinking === true)) breaches.push('somebody is still thinking');
  return breaches;
}

function sortKey(message: SimulatedMessage | ShownMessage): string {
  const files = 'attachments' in message ? message.attachments : (message.files ?? []);
  return JSON.stringify([message.content.trim(), ...files.map(toFile)]);
}

/** Nothing of arguments that are no object. */
function readArguments(json: string): { readonly for?: unknown; readonly attempt?: unknown } {
  const args = parseJson(json);
  return isRecord(args) ? args : {};
}

function toFile(file: ShownFile | SimulatedAttachment): readonly [string, number] {
  // How large a picture becomes is not ours to say.
  if ('formulas' in file || ('filename' in file && file.filename === 'formulas.png')) return ['formulas.png', 0];
  if ('filename' in file) return [file.filename, file.size];
  return [file.name, 'text' in file ? Buffer.byteLength(file.text) : file.bytes];
}

/** The turns stand in the order asked. */
function breachesOfOrder(channel: SimulatedChannel, questions: readonly StoryQuestion[]): string[] {
  // The first message of a command stands where the command was used.
  const turns = questions.filter(({ isCommand }) => !isCommand);
  const order = channel.messages.map((message) => turns.findIndex((question) => belongsTo(message, question)));
  const ranked = order.filter((rank) => rank >= 0);
  return ranked.some((rank, index) => rank < (ranked[index - 1] ?? 0)) ? ['turns stand out of order'] : [];
}

/** A nonce begins with the question's id. @param laterId Of the turn in which it was asked again. */
function belongsTo({ interaction, nonce }: SimulatedMessage, { id }: StoryQuestion, laterId = id): boolean {
  return interaction?.id === id || nonce?.startsWith(id) === true || nonce?.startsWith(laterId) === true;
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

function isFoundWhenExpired({ record }: CrashWorld, { question }: Turn): boolean {
  const hour = new Date(question.askedAt).toISOString().slice(0, 'YYYY-MM-DDTHH'.length);
  return record.isEntered(conversationOf(question), hour);
}

function historyTurn(world: CrashWorld, channel: SimulatedChannel, question: StoryQuestion): Turn | undefined {
  return world.record.history(channel.id).find((turn) => isOf(turn, question));
}

function unfinishedTurn({ record }: CrashWorld, question: StoryQuestion): Turn | undefined {
  return record.allUnfinished().find((turn) => isOf(turn, question));
}

/** Also of those in which it was asked again. */
function isOf({ question }: Turn, { id }: StoryQuestion): boolean {
  return originalIdOf(question) === id;
}
