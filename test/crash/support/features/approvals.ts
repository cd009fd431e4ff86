/** Approvals for good and by several people: what was confirmed counts, what was ended does not, and the log has every decision. */

import type { Approval } from '../../../../src/agent/turn.ts';
import type { SimulatedUser } from '../../../../src/simulator/discord/discord.ts';
import type { Actor } from '../actor.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature, withCall } from './feature-story.ts';

/** No life begins so soon after another's death. */
const soonestStartMs = 300;

function approvalOf(actor: Actor, question: StoryQuestion): Approval | undefined {
  return actor.turnOf(question)?.steps.flatMap(({ approvals = [] }) => approvals)[0];
}

function grantsOf(actor: Actor): string[] {
  return [...actor.world.record.all('grant').values()].flatMap((grant) => {
    const { id, targetId }: Readonly<Record<string, unknown>> = Object(grant);
    return targetId === actor.channel.id ? [String(id)] : [];
  });
}

const isDone = (actor: Actor, { label }: StoryQuestion, tool: string) =>
  actor.world.doneCalls.some((done) => done.tool === tool && done.label === label);

async function grant(actor: Actor, question: StoryQuestion, keeper: SimulatedUser): Promise<void> {
  const { channel } = actor;
  const isGiven = () =>
    channel.messages.some(
      ({ isEphemeral, interaction, content }) =>
        isEphemeral === true && interaction?.user.id === keeper.id && content.startsWith('Approved. Until'),
    );
  await actor.insist(
    'the calls are approved for good',
    // The bot may have died before it could say so.
    () => isGiven() || (approvalOf(actor, question)?.decision === 'approved' && grantsOf(actor).length > 0),
    async () => {
      const offer = await actor.press(keeper, `always:${question.id}`);
      if (offer === undefined) return;
      await channel.presses(keeper, offer.id, `always-here:${question.id}:0.0`);
      await channel.waitFor(isGiven, { timeoutMs: 1_500 });
    },
  );
}

async function end(actor: Actor, keeper: SimulatedUser): Promise<void> {
  const { channel } = actor;
  let isEnded = false;
  await actor.insist(
    'that is ended',
    () => isEnded,
    async () => {
      const list = await actor.answerTo(() => channel.asks(keeper, 'approvals', {}));
      const [id] = grantsOf(actor);
      if (list !== undefined && id === undefined) isEnded = !list.content.includes('transfer');
      if (list === undefined || id === undefined) return;
      const answer = await actor.answerTo(() => channel.presses(keeper, list.id, `end:${id}`));
      isEnded = answer?.content.startsWith('Ended.') === true;
    },
  );
}

async function stand(actor: Actor): Promise<void> {
  const keeper = actor.createUser('keeper', [actor.features.keeperRole]);
  const first = actor.says();
  await grant(actor, first, keeper);
  let isEnding = false;
  actor.fact(() => (!isEnding && grantsOf(actor).length !== 1 ? 'an approval for good is gone' : undefined));
  await actor.settled(first);
  const passes = actor.says();
  await actor.settled(passes, () => {
    if (approvalOf(actor, passes)?.decision === undefined && actor.buttonOf(`approve:${passes.id}`) !== undefined)
      throw new Error(`Somebody is asked about ${passes.label}, which was approved for good.`);
  });
  if (approvalOf(actor, passes)?.grantId === undefined) throw new Error(`${passes.label} was passed by nothing.`);

  // Ended while it may just be used.
  isEnding = true;
  const meanwhile = actor.says();
  await end(actor, keeper);
  const [endedAt, deathsBefore] = [Date.now(), actor.deaths];
  actor.fact(() => {
    if (grantsOf(actor).length > 0) return 'an approval for good was ended and is there';
    const { grantId, decidedAt = 0 } = approvalOf(actor, meanwhile) ?? {};
    // What was on its way already, arrives. A later life passes and begins nothing.
    if (grantId === undefined || actor.deaths === deathsBefore) return undefined;
    const [{ startedAt = 0 } = {}] = actor.turnOf(meanwhile)?.steps.flatMap(({ results }) => results) ?? [];
    const isLater = (at: number) => at > endedAt + soonestStartMs;
    if (isLater(decidedAt)) return `${meanwhile.label} was passed by what was ended`;
    const isDoneLater = isLater(startedAt) && isDone(actor, meanwhile, 'transfer');
    return isDoneLater ? `${meanwhile.label} was done by what was ended` : undefined;
  });
  const deny = (question: StoryQuestion) => async () => void (await pressDeny(actor, question));
  await actor.insist('it is decided', () => actor.turnOf(meanwhile)?.end !== undefined, deny(meanwhile));
  await actor.settled(meanwhile);
  const asked = actor.says();
  await actor.insist('it is denied', () => actor.turnOf(asked)?.end !== undefined, deny(asked));
  await actor.settled(asked);
  if (isDone(actor, asked, 'transfer')) throw new Error(`${asked.label} was done although it was denied.`);
  const decided = await actor.decisions(({ channelId }) => channelId === actor.channel.id);
  const count = (what: string, turnId?: string) =>
    decided.filter((entry) => entry.what === what && (turnId === undefined || entry.turnId === turnId)).length;
  const lives = actor.deaths + 1;
  for (const [what, turnId] of [
    ['granted', undefined],
    ['used', passes.id],
    ['denied', asked.id],
  ] as const) {
    const times = count(what, turnId);
    if (times === 0 || times > lives) throw new Error(`It is in the log ${times} times in ${lives} lives: ${what}.`);
  }
}

async function pressDeny(actor: Actor, question: StoryQuestion): Promise<void> {
  const button = actor.buttonOf(`deny:${question.id}`);
  if (button !== undefined) await actor.channel.presses(actor.member, button.messageId, button.id);
}

async function decideTogether(actor: Actor): Promise<void> {
  const keepers = ['first', 'second'].map((name) => actor.createUser(name, [actor.features.keeperRole]));
  const question = actor.says();
  const votes = () => approvalOf(actor, question)?.votes?.map(({ by }) => by) ?? [];
  for (const keeper of keepers) {
    const isLast = keeper === keepers.at(-1);
    let answer: string | undefined;
    const isCounted = () =>
      isLast ? approvalOf(actor, question)?.decision === 'approved' : /^Counted|^You have/.test(answer ?? '');
    await actor.insist(`${keeper.name} has approved`, isCounted, async () => {
      const button = actor.buttonOf(`approve:${question.id}`);
      if (button === undefined) return;
      const press = () => actor.channel.presses(keeper, button.messageId, button.id);
      if (isLast) await press();
      else answer = (await actor.answerTo(press))?.content;
    });
    actor.fact(() =>
      votes().includes(keeper.id) ? undefined : `the approval of ${keeper.name} does not count any more`,
    );
  }
  await actor.settled(question);
  for (const keeper of keepers) {
    const decided = await actor.decisions(
      ({ what, turnId, by }) => what === 'approved' && turnId === question.id && by.includes(keeper.id),
    );
    if (decided.length === 0 || decided.length > actor.deaths + 1)
      throw new Error(`${keeper.name} has approved ${decided.length} times in ${actor.deaths + 1} lives.`);
  }
}

export const approvalStories: readonly Story[] = [
  feature(
    'standing',
    withCall(() => ({ name: 'transfer' })),
    stand,
    { refusals: /denied it|was ended just now/ },
  ),
  feature(
    'quorum',
    withCall(() => ({ name: 'launch' })),
    decideTogether,
  ),
];
