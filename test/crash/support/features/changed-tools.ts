/** A tool that says something else of itself: it is withheld until a keeper accepts it, and used from then on, through every death. */
import { textOf } from '../../../support/panel.ts';
import type { Actor } from '../actor.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature, withCall } from './feature-story.ts';

let versions = 0;

async function play(actor: Actor): Promise<void> {
  const { reviewChannel, keeperRole } = actor.features;
  const { world } = actor;
  const keeper = actor.createUser('keeper', [keeperRole]);
  const wasLooked = ({ label }: StoryQuestion) =>
    world.doneCalls.some((done) => done.tool === 'lookup' && done.label === label);

  versions += 1;
  const version = versions;
  await actor.features.sayOfLookup(version);
  const words = `+description: Looks things up, version ${version}.`;
  const reviews = () => reviewChannel.messages.filter(({ content }) => content.includes(words));
  // The bot may not have heard of it yet when it is asked the first time.
  for (let asked = 0; reviews().length === 0; asked += 1) {
    if (asked === 3) throw new Error('Nobody was told of the change.');
    await actor.settled(actor.says());
    await actor.inThisLife((signal) => reviewChannel.waitFor(() => reviews().length > 0, { signal, timeoutMs: 1_000 }));
  }
  const withheld = actor.says();
  await actor.settled(withheld);
  if (wasLooked(withheld)) throw new Error(`${withheld.label} used a tool that nobody had accepted.`);

  const isAccepted = () =>
    reviews().some((message) => `${message.content}${textOf(message)}`.includes('✅ Accepted by'));
  let isTold = false;
  await actor.insist(
    'the change is accepted',
    () => isAccepted() || isTold,
    async () => {
      const answer = await actor.press(keeper, 'accept:', reviewChannel);
      // What is said where the change counts already: its line was lost with the bot.
      isTold = answer?.content === 'That is settled already.';
    },
  );
  actor.fact(() => (reviews().length > 1 ? `version ${version} is told of ${reviews().length} times` : undefined));
  const decided = await actor.decisions(({ what, by }) => what === 'accepted' && by.includes(keeper.id));
  if (decided.length === 0 || decided.length > actor.deaths + 1)
    throw new Error(`It was accepted ${decided.length} times in ${actor.deaths + 1} lives.`);
  actor.fact(() => {
    const pins = JSON.stringify([...world.record.all('pin').values()]);
    return pins.includes('"pending":{"lookup"') ? 'what was accepted is pending' : undefined;
  });
  await actor.asksUntil('what was accepted is used', wasLooked);
}

export const changedToolStories: readonly Story[] = [
  feature(
    'changed',
    withCall(() => ({ name: 'lookup' })),
    play,
    { refusals: /a person must accept that first/ },
  ),
];
