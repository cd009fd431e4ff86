/** Whatever a tool server answers, reports and asks meanwhile, its calls have results, the turn ends and is shown, and the next question works. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { AgentWorld } from './support/agent-world.ts';
import { fuzz } from './support/fuzz.ts';
import { Shared } from './support/shared.ts';
import { oddText } from './support/texts.ts';
import { goodNames, oddCalls } from './support/tool-scripts.ts';

// An answer that is none is waited for as long as that.
const worlds = new Shared(() => AgentWorld.start({ limits: { toolCallMs: 400, toolCallMaxMs: 1_500 } }));
afterAll(() => worlds[Symbol.asyncDispose]());

const steps = fc.array(fc.array(fc.constantFrom(...goodNames), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});

fuzz(
  'a tool server sends what it likes',
  { seconds: 14 },
  fc.record({ script: oddCalls, steps, typed: fc.array(oddText, { minLength: 1, maxLength: 3 }) }),
  ({ script, steps: wanted, typed }) =>
    worlds.use(async (world) => {
      world.play(script);
      world.fillIn = ({ fields }) =>
        Object.fromEntries(fields.map(({ name }, index) => [name, typed[index % typed.length] ?? '']));
      let answered = 0;
      await world.ask('go', () => {
        const names = wanted[answered];
        answered += 1;
        // Each call is another one, or it would be refused as going round.
        const calls = names?.map((name, a) => ({ name, arguments: { a, answered } }));
        return calls === undefined ? { text: 'the end' } : { toolCalls: calls };
      });
      await world.expectWell();
    }),
);
