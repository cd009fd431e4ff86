/** Whatever happens to the whole bot, in whatever order: nothing is lost, nothing said or done twice, and nobody pinged. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { moments, oddModel, shortText } from './support/deeds.ts';
import { fuzz } from './support/fuzz.ts';
import { Shared } from './support/shared.ts';
import { WholeBot } from './support/whole-bot.ts';

const bots = new Shared(() => WholeBot.start());
afterAll(() => bots[Symbol.asyncDispose]());

fuzz(
  'everything fails in any order',
  { seconds: 12, batch: 3 },
  fc.record({ moments, model: oddModel, toolWords: shortText }),
  ({ moments: all, model, toolWords }) => bots.use((bot) => bot.live(all, model, toolWords)),
);
