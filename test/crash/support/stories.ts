/** What members ask in the crash test, and what the model makes of it. */
import type { SimulatedChannel, SimulatedUser } from '../../../src/simulator/discord/discord.ts';
import type { Actor } from './actor.ts';
import type { Plan } from './script.ts';

export interface StoryStage {
  readonly channel: SimulatedChannel;
  readonly member: SimulatedUser;
  /** Of the bot. */
  readonly mention: string;
  /** Unlike that of every other run. */
  readonly number: number;
}

export interface StoryQuestion {
  readonly id: string;
  readonly label: string;
  readonly isCommand: boolean;
  /** Once answered, it is edited to this label and asked again by a press. Absent: it is asked once. */
  readonly again?: string;
  /** Asked again, it fails, and the first answer stands as it was. */
  readonly againFails?: true;
  /** Asked where nobody finds it again when the bot was not told of it. */
  readonly mayBeLost?: true;
  /** The member has deleted the message since: an answer that stands all the same replies to nothing. */
  readonly isDeleted?: true;
  /** It may end as stopped, since its asker stops it. */
  readonly mayBeStopped?: true;
}

export interface Story {
  readonly name: string;
  readonly plan: Plan;
  readonly ask: (stage: StoryStage) => Promise<StoryQuestion[]>;
  /** What is done in steps. Where there is such, nobody approves by themselves. */
  readonly play?: (actor: Actor) => Promise<void>;
  /** What results may say that are none. */
  readonly refusals?: RegExp;
  /** What is asked later may be answered sooner. */
  readonly isUnordered?: true;
}

const call = (name: string, label: string, attempt: number) => ({ name, arguments: { for: label, attempt } });

/** Text with calls, then an answer. The second time the model has no text to go with its calls, so the messages are others. */
const withCalls =
  (...tools: readonly string[]): Plan =>
  ({ label, step, attempt }) =>
    step > 0
      ? { text: `The answer to ${label}, try ${attempt}.` }
      : {
          ...(attempt % 2 === 1 ? { text: `I look into ${label}, try ${attempt}.` } : {}),
          toolCalls: tools.map((tool) => call(tool, label, attempt)),
        };

/**
 * Several messages, streamed slowly enough that they grow by edits. Asked again, the model wants a tool instead, and the
 * third time it is brief: what was shown of the first try must go.
 */
const long: Plan = ({ label, step, attempt }) => {
  if (step === 0 && attempt % 3 === 2) return { toolCalls: [call('look', label, attempt)] };
  if (step > 0 || attempt % 3 === 0) return { text: `In short: ${label}, try ${attempt}.` };
  const lines = Array.from(
    { length: 14 },
    (_, index) => `${label}, try ${attempt}, line ${index}: ${'it goes on and on. '.repeat(18).trim()}\n`,
  );
  return { text: lines, chunkDelayMs: 110 };
};

/** More than five messages, with formulas that have to be drawn: a file with all of it, and a picture, stand below it. */
const formulas: Plan = ({ label, attempt }) => {
  const lines = Array.from({ length: 30 }, (_, index) => `${index}: ${'it goes on and on. '.repeat(20).trim()}\n`);
  return { text: [`${label}, try ${attempt}: \\( \\pi r^2 \\), \\[ \\sum_{i=1}^{n} i \\]\n`, ...lines] };
};

const refusal = { status: 401, body: { error: { message: 'no', code: 'invalid_api_key' } } };

/** Asked again under another label, the model comes as far as its calls. */
const refusedAgain: Plan = (asked, request) =>
  asked.step > 0 && asked.label.endsWith('.1.2') ? refusal : withCalls('look')(asked, request);

async function mentions({ channel, member, mention, number }: StoryStage, name: string, count = 1) {
  return Array.from({ length: count }, (_, index): StoryQuestion => {
    const label = `${name} ${number}.${index + 1}`;
    const { id } = channel.says(member, `${mention} [${label}] please`);
    return { id, label, isCommand: false };
  });
}

/** With a text, which the model is given, and something that is left out and told of. */
async function withFiles({ channel, member, mention, number }: StoryStage): Promise<StoryQuestion[]> {
  const label = `files ${number}.1`;
  const files = [
    { name: 'notes.txt', data: Buffer.from('15 apples\n27 pears\n') },
    { name: 'odd.bin', data: Buffer.from([0, 255, 1, 254, 0, 0]) },
  ];
  const { id } = channel.says(member, `${mention} [${label}] please`, { files });
  return [{ id, label, isCommand: false }];
}

async function asks({ channel, member, number }: StoryStage, name: string): Promise<StoryQuestion[]> {
  const label = `${name} ${number}.1`;
  const id = await channel.asks(member, 'ask', { question: `[${label}] please` });
  return [{ id, label, isCommand: true }];
}

function story(name: string, plan: Plan, ask: (stage: StoryStage) => Promise<StoryQuestion[]>): Story {
  return { name, plan, ask };
}

export const stories: readonly Story[] = [
  story('mention', withCalls('look'), (stage) => mentions(stage, 'mention')),
  story('long', long, (stage) => mentions(stage, 'long')),
  story('formulas', formulas, (stage) => mentions(stage, 'formulas')),
  story('payment', withCalls('look', 'pay'), (stage) => mentions(stage, 'payment')),
  // Its pictures are stored until they stand in the channel.
  story('pictures', withCalls('draw', 'look'), (stage) => mentions(stage, 'pictures')),
  story('command', withCalls('look', 'pay'), (stage) => asks(stage, 'command')),
  // The member who asked approves as soon as there is something to press, in whichever life of the bot.
  story('approval', withCalls('look', 'transfer'), (stage) => mentions(stage, 'approval')),
  // The member edits the question when it is answered and presses Again, in whichever life of the bot, and approves what costs.
  story('again', withCalls('look', 'pay'), async (stage) =>
    (await mentions(stage, 'again')).map((question) => ({ ...question, again: `${question.label}.2` })),
  ),
  story('refused', refusedAgain, async (stage) =>
    (await mentions(stage, 'refused')).map((question) => ({
      ...question,
      again: `${question.label}.2`,
      againFails: true,
    })),
  ),
  // They are fetched before the model is asked: a later life of the bot fetches what is missing.
  story('files', withCalls('look'), withFiles),
  story('queue', withCalls('look'), (stage) => mentions(stage, 'queue', 2)),
  story(
    'failing',
    () => refusal,
    (stage) => mentions(stage, 'failing'),
  ),
];

/** Asked after a story: the request shows what the history holds. */
export const recall = story(
  'recall',
  ({ label }) => ({ text: `Noted, ${label}.` }),
  (stage) => mentions(stage, 'recall'),
);
