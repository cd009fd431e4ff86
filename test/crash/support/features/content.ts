/** Prompts and resources of a tool server, used by commands: each comes into the conversation once. */
import type { Actor } from '../actor.ts';
import { type Served, toGreeting } from '../feature-servers.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature } from './feature-story.ts';

/** The model was given it once, and the server not asked again for what was on record when the bot died. */
function isGivenOnce(actor: Actor, { label }: StoryQuestion, what: Served['what']): void {
  const { model } = actor.world;
  const asked = model.requests.filter(({ messages }) =>
    messages.some(({ role, text }) => role === 'user' && text.includes(`[${label}]`)),
  );
  const given = asked.at(-1)?.messages.flatMap(({ text }) => text.split(toGreeting(label)).slice(1)) ?? [];
  if (given.length !== 1) throw new Error(`The ${what} of ${label} was given ${given.length} times.`);
  const served = actor.features.served.filter((each) => each.what === what && each.label === label);
  if (served.length === 0 || served.length > actor.deaths + 1)
    throw new Error(`The ${what} of ${label} was fetched ${served.length} times in ${actor.deaths + 1} lives.`);
}

/** What of it is on record stays, and is fetched no more. */
const watchFetches = (actor: Actor) => (question: StoryQuestion) => {
  const { label } = question;
  let fetched: number | undefined;
  actor.fact(() => {
    const count = actor.features.served.filter((each) => each.label === label).length;
    if (fetched !== undefined && count > fetched) return `${label} was fetched again although it was on record`;
    if (actor.turnOf(question)?.files !== undefined) fetched = count;
    return undefined;
  });
};

async function usePrompt(actor: Actor): Promise<void> {
  const prompt = await actor.commands('kit greet', (label) => ({ who: `[${label}]` }), watchFetches(actor));
  isGivenOnce(actor, prompt, 'prompt');
}

async function attach(actor: Actor): Promise<void> {
  const toOptions = (label: string) => ({
    resource: `kit://note/${label.replace(' ', '_')}`,
    question: `[${label}] please`,
  });
  // While the server is on its way, nobody knows what it has.
  const attached = await actor.commands('attach', toOptions, watchFetches(actor), /^No tool server has that resource/);
  isGivenOnce(actor, attached, 'resource');
}

const answer: Story['plan'] = ({ label, attempt }) => ({ text: `The answer to ${label}, try ${attempt}.` });

export const contentStories: readonly Story[] = [
  feature('prompt', answer, usePrompt),
  feature('attach', answer, attach),
];
