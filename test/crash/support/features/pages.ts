/** A page that a tool wants opened: its asker is shown it in whichever life, and says that they were there. */
import type { Actor } from '../actor.ts';
import type { Story } from '../stories.ts';
import { feature, withCall } from './feature-story.ts';

async function play(actor: Actor): Promise<void> {
  const { world, channel, member } = actor;
  const question = actor.says();
  await actor.insist(
    'the page was opened',
    () => actor.turnOf(question)?.end !== undefined,
    async () => {
      const shown = await actor.press(member, `open:${question.id}`);
      const button = shown && actor.buttonOf(`opened:${question.id}`);
      if (button !== undefined) await channel.presses(member, button.messageId, button.id);
    },
  );
  await actor.settled(question);
  if (!world.doneCalls.some(({ tool, label }) => tool === 'visit' && label === question.label))
    throw new Error(`Nobody told the server of ${question.label} that its page was opened.`);
}

export const pageStories: readonly Story[] = [
  feature(
    'page',
    withCall(() => ({ name: 'visit' })),
    play,
  ),
];
