/** Whatever a model server answers with, the turn ends, is shown and can be read again, and the next question works. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { AgentWorld } from './support/agent-world.ts';
import { fuzz } from './support/fuzz.ts';
import { oddAnswers } from './support/model-scripts.ts';
import { Shared } from './support/shared.ts';
import { oddText } from './support/texts.ts';
import { goodNames, goodScript } from './support/tool-scripts.ts';

const worlds = new Shared(() => AgentWorld.start({ script: goodScript }));
afterAll(() => worlds[Symbol.asyncDispose]());

fuzz(
  'a model server sends what it likes',
  { seconds: 12 },
  fc.record({ question: oddText, answers: oddAnswers(goodNames) }),
  ({ question, answers }) =>
    worlds.use(async (world) => {
      let asked = 0;
      await world.ask(question === '' ? '?' : question, () => {
        asked += 1;
        return answers[asked - 1] ?? { text: 'the end' };
      });
      await world.expectWell();
    }),
);
