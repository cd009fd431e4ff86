/** Whatever a tool server says of itself and its tools, the model is sent what it takes, and the tools of others work. */
import fc from 'fast-check';
import type { ChatRequest } from '../../src/simulator/model/chat-request.ts';
import { addTool, startToolServer } from '../agent/support/tool-server.ts';
import { AgentWorld } from './support/agent-world.ts';
import { fuzz } from './support/fuzz.ts';
import { oddValue } from './support/json.ts';
import { oddName } from './support/texts.ts';
import { oddLists } from './support/tool-scripts.ts';

/** Six calls with it are within what a model may write. */
function isShort(args: object): boolean {
  return JSON.stringify(args).length < 30_000;
}

function toolNames({ body }: ChatRequest): string[] {
  const tools = Array.isArray(body.tools) ? body.tools : [];
  return tools.map((tool) => String(Object(tool).function?.name));
}

fuzz(
  'a tool server lists what it likes',
  { seconds: 12 },
  fc.record({ script: oddLists, args: fc.dictionary(oddName, oddValue, { maxKeys: 3 }).filter(isShort) }),
  async ({ script, args }) => {
    await using calm = await startToolServer({ tools: [addTool] });
    await using world = await AgentWorld.start({
      script,
      toolServers: [{ name: 'calm', url: calm.url, headers: {}, prefix: 'calm' }],
    });
    let names: string[] = [];
    await world.ask('go', (request) => {
      if (names.length > 0) return { text: 'the end' };
      names = toolNames(request);
      const others = names.filter((name) => name !== 'calm_add').slice(0, 5);
      return {
        toolCalls: [
          ...others.map((name) => ({ name, arguments: JSON.stringify(args) })),
          { name: 'calm_add', arguments: { a: 15, b: 27 } },
        ],
      };
    });
    world.expect(names.includes('calm_add'), `the other server's tool is missing among: ${names}`);
    world.expect(calm.sent('tools/call').length === 1, "the other server's tool was not called");
    await world.expectWell();
  },
);
