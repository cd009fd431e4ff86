/** Two members with logins of their own: what was confirmed is there, and no question uses another one's. */
import { hashOf } from '../../../../src/agent/tools/login/login-store.ts';
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

/** A member with a login, and what was confirmed of it. */
class Person {
  readonly user: SimulatedUser;
  readonly account: string;
  readonly #actor: Actor;
  /** How often they were told that they are connected. */
  #connected = 0;
  /** How often a renewal was lost with the bot: the old token is used up, and nobody has heard of the new one. */
  #lost = 0;
  #lostToken: string | undefined;

  constructor(actor: Actor, name: string) {
    this.#actor = actor;
    this.user = actor.createUser(name);
    this.account = `${name}${actor.number}`;
    actor.fact(() => this.#look());
  }

  /** Presses Connect below the question, and logs in. */
  async logIn(question: StoryQuestion): Promise<void> {
    const { discordOrigin, wiki } = this.#actor.features;
    const reply = await this.#actor.press(this.user, `connect:${question.id}`);
    const [link] = /http:[^"]*\/connect\/[^"]*/.exec(JSON.stringify(reply?.components ?? [])) ?? [];
    if (link === undefined) return;
    const browser = new Browser({
      [discordOrigin]: `simulated-user=${this.user.id}`,
      [wiki.provider.issuer]: `account=${this.account}`,
    });
    const page = await browser.open(link);
    if (page.text.includes('You are connected.')) this.#connected += 1;
  }

  async #look(): Promise<string | undefined> {
    if (this.#connected === 0) return undefined;
    const stored = this.#actor.world.record.all('login').get(`connection:${hashOf(this.user.id)}:${hashOf('wiki')}`);
    const token: unknown = Object(stored).refreshToken;
    if (typeof token === 'string') {
      const known = await this.#actor.features.wiki.provider.RefreshToken.find(token);
      // One that is used a second time ends the login at its authorization server.
      if (token !== this.#lostToken && known?.consumed !== undefined) {
        this.#lost += 1;
        this.#lostToken = token;
      }
    } else if (this.#lost === 0) return `the login of ${this.account} was confirmed and is gone`;
    if (this.#connected > 1 + this.#lost) return `${this.account} had to log in ${this.#connected} times`;
    return undefined;
  }
}

async function ask(actor: Actor, person: Person): Promise<void> {
  const { user, account } = person;
  const question = actor.says(user);
  const { wiki } = actor.features;
  actor.fact(() => {
    const used = wiki.calls.filter((call) => call.arguments.for === question.label).map((call) => call.account);
    const others = used.filter((other) => other !== account);
    return others.length === 0 ? undefined : `${question.label} of ${account} used the login of ${others}`;
  });
  await actor.insist(
    `${question.label} is over`,
    () => actor.turnOf(question)?.end !== undefined,
    async () => {
      if (actor.buttonOf(`connect:${question.id}`) !== undefined) await person.logIn(question);
    },
  );
  await actor.settled(question);
  const texts = actor.turnOf(question)?.steps.flatMap(({ results }) => results.map(({ text }) => text)) ?? [];
  if (!texts.some((text) => text === `you are ${account}`))
    throw new Error(`${question.label} of ${account} was told: ${texts}`);
}

async function play(actor: Actor): Promise<void> {
  const people = ['ada', 'bo'].map((name) => new Person(actor, name));
  for (const person of people) await ask(actor, person);
  // By now the tokens are to be renewed.
  for (const person of people) await ask(actor, person);
}

export const loginStories: readonly Story[] = [
  feature('login', plan, play, { refusals: /did not in time|logged in|cannot be reached|does not let the asker/ }),
];
