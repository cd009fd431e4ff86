/**
 * What 500 tools of 25 servers cost a turn that calls one of them: their definitions in all requests of the turn, counted as the
 * provider counts them. Beside it, what it would be to send all of them, and to send the 128 that OpenAI takes, the rest lost.
 */
import { loadTokenCounter, tokenCounter } from '../src/agent/history/token-count.ts';
import { ToolIndex } from '../src/agent/tools/tool-index.ts';
import type { RecordedRequest } from '../src/simulator/model/recorded-requests.ts';
import { toolQuestions } from '../test/agent/support/many-tools/questions.ts';
import { manyTools, serverNames } from '../test/agent/support/many-tools/servers.ts';
import { startAgent } from '../test/agent/support/start-agent.ts';
import { startToolServer } from '../test/agent/support/tool-server.ts';
import type { Row } from './statistics.ts';

export const toolsHead: Row = ['500 tools', 'requests', 'tokens of tools in a turn', 'tools within reach'];

/** As it stands in a request. */
interface OfferedTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly parameters?: unknown;
}

/** OpenAI takes no more. */
const mostTools = 128;

export async function measureTools(): Promise<Row[]> {
  await loadTokenCounter();
  const count = tokenCounter();
  if (count === undefined) throw new Error('The tokenizer is loaded.');
  const tokensOf = (tools: readonly OfferedTool[]) =>
    count(
      JSON.stringify(
        tools.map(({ name, description, parameters }) => ({
          type: 'function',
          function: { name, description, parameters },
        })),
      ),
    );
  const requests = await converse();
  const all = manyTools.map(({ server, name, description, inputSchema }) => ({
    name,
    description: `[${server}] ${description}`,
    parameters: inputSchema,
  }));
  const sum = requests.reduce((total, { tools }) => total + tokensOf(tools), 0);
  return [
    ['all of them, which OpenAI refuses', '2', `${2 * tokensOf(all)}`, '500'],
    ['128 of them', '2', `${2 * tokensOf(all.slice(0, mostTools))}`, '128'],
    ['searched', `${requests.length}`, `${sum}`, '500'],
    ['right one found, of 100 questions', '', '', `${await countFound()}`],
  ];
}

/** One turn: it searches, calls what was found, and answers. */
async function converse(): Promise<readonly RecordedRequest[]> {
  const servers = await Promise.all(
    serverNames.map((name) =>
      startToolServer({
        tools: manyTools.filter(({ server }) => server === name).map((tool) => ({ ...tool, run: () => 'done' })),
      }),
    ),
  );
  await using world = await startAgent({
    toolServers: servers.map(({ url }, place) => ({ name: serverNames[place] ?? '', url, headers: {} })),
    answers: [
      { toolCalls: [{ name: 'find_tools', arguments: { query: 'create calendar event 일정 만들기' } }] },
      { toolCalls: [{ name: 'create_event', arguments: { title: 'Lunch' } }] },
      { text: 'It stands in your calendar.' },
    ],
  });
  const turn = await world.ask('Put lunch into my calendar.');
  if (turn.end?.type !== 'answered') throw new Error('The turn was not answered.');
  await Promise.all(servers.map((server) => server.close()));
  return [...world.model.requests];
}

async function countFound(): Promise<number> {
  const tools = manyTools.map(({ inputSchema, ...tool }) => ({ ...tool, schema: inputSchema }));
  const index = new ToolIndex(tools.map((tool) => ({ ...tool, name: `${tool.server} ${tool.name}` })));
  let right = 0;
  for (const { query, server, tool } of toolQuestions)
    if ((await index.search(query, 8)).includes(`${server} ${tool}`)) right += 1;
  return right;
}
