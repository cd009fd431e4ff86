/** Whatever a tool server answers, links to, gives out, reports and asks meanwhile, its calls have results, the turn ends and is shown, and the next question works. */
import fc from 'fast-check';
import { afterAll } from 'vitest';
import type { ChatMessage } from '../../src/simulator/model/chat-request.ts';
import { AgentWorld } from './support/agent-world.ts';
import { fuzz } from './support/fuzz.ts';
import { Shared } from './support/shared.ts';
import { oddText } from './support/texts.ts';
import { goodNames, oddCalls, oddLinks } from './support/tool-scripts.ts';

// An answer that is none is waited for as long as that.
const worlds = new Shared(() => AgentWorld.start({ limits: { toolCallMs: 400, toolCallMaxMs: 1_500 } }));
afterAll(() => worlds[Symbol.asyncDispose]());

const steps = fc.array(fc.array(fc.constantFrom(...goodNames), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});

fuzz(
  'a tool server sends what it likes',
  { seconds: 10 },
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

/** As the model is told of them; without any, one that nobody has linked to. */
function linkIn(messages: readonly ChatMessage[], place: number): string {
  const lines = messages.flatMap(({ text }) => [...text.matchAll(/^- (\{"uri":.*\})$/gm)]);
  const json = lines[place % Math.max(1, lines.length)]?.[1];
  return json === undefined ? 'docs://none' : String(JSON.parse(json).uri);
}

fuzz(
  'a tool server links to what it likes, and gives out what it likes',
  { seconds: 4 },
  fc.record({ script: oddLinks, places: fc.array(fc.nat(), { minLength: 2, maxLength: 5 }) }),
  ({ script, places }) =>
    worlds.use(async (world) => {
      world.play(script);
      await world.ask('go', ({ messages }) => {
        const calls = messages.slice(1).flatMap(({ toolCalls }) => toolCalls).length;
        if (calls === 0) return { toolCalls: [{ name: 'look', arguments: {} }] };
        if (calls > 1) return { text: 'the end' };
        const read = places.map((place) => ({ uri: linkIn(messages, place) }));
        return { toolCalls: read.map((args) => ({ name: 'read_resource', arguments: args })) };
      });
      await world.expectWell();
    }),
);
