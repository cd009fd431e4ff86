/** Two members with logins of their own: what was confirmed is there, and no question uses another one's. */
import type { SimulatedUser } from '../../../../src/simulator/discord/discord.ts';
import type { ChatRequest } from '../../../../src/simulator/model/chat-request.ts';
import { Browser } from '../../../support/login-servers.ts';
import type { Actor } from '../actor.ts';
import type { Plan } from '../script.ts';
import type { Story, StoryQuestion } from '../stories.ts';
import { feature } from './feature-story.ts';

/** Logs in where `whoami` is not there, then calls it. */
const plan: Plan = ({ label, step, attempt }, { tools, messages }: ChatRequest) => {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const called = messages.slice(asked).flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name));
  const names = tools.map(({ name }) => name);
  const isOver = called.includes('whoami') || (step > 0 && !names.includes('whoami'));
  if (isOver) return { text: `The answer to ${label}, try ${attempt}.` };
  const name = names.includes('whoami') ? 'whoami' : 'connect_wiki';
  return { toolCalls: [{ name, arguments: { for: label, attempt } }] };
};

interface Person {
  readonly user: SimulatedUser;
  readonly account: string;
}

const loginsOf = (actor: Actor) =>
  [...actor.world.record.all('login')].filter(([key]) => key.startsWith('connection:'));

/** Presses Connect wherever it is asked for, and logs in. @returns whether the page said that it was done. */
async function logIn(actor: Actor, { user, account }: Person, question: StoryQuestion): Promise<boolean> {
  const { discordOrigin, wiki } = actor.features;
  const reply = await actor.press(user, `connect:${question.id}`);
  const [link] = JSON.stringify(reply?.components ?? []).match(/http:[^"]*\/connect\/[^"]*/) ?? [];
  if (link === undefined) return false;
  const browser = new Browser({
    [discordOrigin]: `simulated-user=${user.id}`,
    [wiki.provider.issuer]: `account=${account}`,
  });
  const page = await browser.open(link);
  return page.text.includes('You are connected.');
}

async function ask(actor: Actor, person: Person): Promise<StoryQuestion> {
  const question = actor.says(person.user);
  const { wiki } = actor.features;
  actor.fact(() => {
    const used = wiki.calls.filter((call) => call.arguments.for === question.label).map(({ account }) => account);
    const others = used.filter((account) => account !== person.account);
    return others.length === 0 ? undefined : `${question.label} of ${person.account} used the login of ${others}`;
  });
  await actor.insist(
    `${question.label} is over`,
    () => actor.turnOf(question)?.end !== undefined,
    async () => {
      if (actor.buttonOf(`connect:${question.id}`) === undefined) return;
      const before = new Set(loginsOf(actor).map(([key]) => key));
      if (!(await logIn(actor, person, question))) return;
      // Confirmed: it is there from then on, unless the authorization server takes it back.
      const isThere = loginsOf(actor).some(([key]) => !before.has(key) || before.size > 0);
      if (!isThere) throw new Error(`${person.account} was told to be connected, and is not.`);
    },
  );
  await actor.settled(question);
  const answered = actor.turnOf(question)?.steps.flatMap(({ results }) => results.map(({ text }) => text)) ?? [];
  const strange = answered.filter((text) => text.startsWith('you are ') && text !== `you are ${person.account}`);
  if (strange.length > 0) throw new Error(`${question.label} of ${person.account} was told: ${strange}`);
  return question;
}

async function play(actor: Actor): Promise<void> {
  const people = ['ada', 'bo'].map(
    (name): Person => ({ user: actor.createUser(name), account: `${name}${actor.number}` }),
  );
  for (const person of people) await ask(actor, person);
  // By now the tokens are to be renewed.
  for (const person of people) await ask(actor, person);
}

export const loginStories: readonly Story[] = [
  feature('login', plan, play, { refusals: /did not in time|logged in|cannot be reached|does not let the asker/ }),
];
