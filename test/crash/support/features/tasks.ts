/** Calls that go on as tasks: noted before anybody waits, answered once with one ping, stopped for good, on a server that lies as well. */

import { openTasks } from '../../../../src/agent/turn.ts';
import type { SimulatedUser } from '../../../../src/simulator/discord/discord.ts';
import type { Actor } from '../actor.ts';
import type { TaskFate } from '../oven.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature, numberOf, withCall } from './feature-story.ts';

const hostile: readonly TaskFate[] = ['backwards', 'nonsense', 'unseen'];

const bake = (toFate: (label: string) => TaskFate) =>
  withCall(({ label }) => ({ name: 'work', more: { how: toFate(label) } }));

/** The task is on record from the moment on that anybody asks about it, and there is one. */
function watchTask(actor: Actor, question: StoryQuestion): void {
  const { oven } = actor.features;
  actor.fact(() => {
    const begun = oven.tasksOf(question.label);
    const noted = actor.turnOf(question)?.steps.flatMap(({ tasks = [] }) => tasks.map(({ taskId }) => taskId)) ?? [];
    const unnoted = begun.filter((id) => oven.wasAskedAbout(id) && !noted.includes(id));
    if (begun.length > 1) return `${question.label} has ${begun.length} tasks`;
    return unnoted.length === 0 ? undefined : `${unnoted} is waited for and not on record`;
  });
}

/** By whatever message of the bot's about it, deleted ones included. */
function watchPings(actor: Actor, { id, label }: StoryQuestion, asker: SimulatedUser): void {
  actor.fact(() => {
    const own = actor.created.filter(
      ({ author, interaction, nonce }) => author.isBot && (interaction?.id === id || nonce?.startsWith(id)),
    );
    const pings = own.flatMap((message) => message.pings);
    if (pings.some((pinged) => pinged !== asker.id)) return `${label} pings somebody else`;
    return pings.length > 1 ? `${label} pings its asker ${pings.length} times` : undefined;
  });
}

function pingsOf(actor: Actor, { id }: StoryQuestion): number {
  return actor.channel.messages
    .filter(({ interaction, nonce }) => interaction?.id === id || nonce?.startsWith(id))
    .flatMap(({ pings }) => pings).length;
}

/** Every second time by a command, whose answer comes as another message. */
async function isDone(actor: Actor): Promise<void> {
  const isCommand = actor.number % 2 === 0;
  const watch = (question: StoryQuestion) => {
    watchTask(actor, question);
    watchPings(actor, question, actor.member);
  };
  const question = isCommand
    ? await actor.commands('ask', (label) => ({ question: `[${label}] please` }), watch)
    : actor.says();
  if (!isCommand) watch(question);
  await actor.settled(question);
  const [task] = actor.turnOf(question)?.steps.flatMap(({ tasks = [] }) => tasks) ?? [];
  if (task !== undefined && pingsOf(actor, question) !== 1)
    throw new Error(`Nobody told the asker of ${question.label}.`);
}

async function isHostile(actor: Actor): Promise<void> {
  const question = actor.says();
  watchTask(actor, question);
  watchPings(actor, question, actor.member);
  await actor.settled(question);
}

/** Its asker stops it, by the button below the notice or by that of `/tasks`. */
async function isStopped(actor: Actor): Promise<void> {
  const { oven } = actor.features;
  const { channel, member } = actor;
  const question = actor.says(member, { mayBeStopped: true });
  watchTask(actor, question);
  await actor.until('there is a task', () => {
    const turn = actor.turnOf(question);
    // What the bot did not hear of was interrupted as any call is.
    return turn === undefined ? false : openTasks(turn).length > 0 || turn.end !== undefined;
  });
  const isOver = () => actor.turnOf(question)?.end !== undefined;
  await actor.insist('the task is stopped', isOver, async () => {
    if (actor.number % 2 === 0) return await actor.press(member, `stop:${question.id}`);
    const list = await actor.answerTo(() => channel.asks(member, 'tasks', {}));
    const stop = list && `stop:${question.id}`;
    return stop && (await channel.presses(member, list.id, stop));
  });
  actor.fact(() => {
    const turn = actor.turnOf(question);
    const [task] = turn?.steps.flatMap(({ tasks = [] }) => tasks) ?? [];
    if (task === undefined || turn?.end === undefined) return undefined;
    if (turn.end.type === 'answered') return `${question.label} was stopped and answered`;
    return oven.isCancelled(task.taskId) ? undefined : `${task.taskId} was stopped, and its server was not told`;
  });
  await actor.settled(question);
}

export const taskStories: readonly Story[] = [
  feature(
    'task',
    bake(() => 'done'),
    isDone,
    { isUnordered: true },
  ),
  feature(
    'task-odd',
    bake((label) => hostile[numberOf(label) % hostile.length] ?? 'done'),
    isHostile,
    { isUnordered: true, refusals: /given up|broke off/ },
  ),
  feature(
    'task-stopped',
    bake(() => 'never'),
    isStopped,
    { isUnordered: true, refusals: /The call was stopped|was cancelled/ },
  ),
];
