/** More tools than a prompt can hold: the model searches them, and what it found stays offered. */
import { describe, expect, test } from 'vitest';
import { toSearchWords } from '../../../src/agent/tools/search-words.ts';
import { ToolIndex } from '../../../src/agent/tools/tool-index.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { toolQuestions } from '../support/many-tools/questions.ts';
import { manyTools, serverNames } from '../support/many-tools/servers.ts';
import { run, startAgent, type TestAgent } from '../support/start-agent.ts';
import { watchStretches } from '../support/stretches.ts';
import { addTool, startToolServer, type TestTool, type TestToolServer } from '../support/tool-server.ts';

describe('the words of a text', () => {
  test.each([
    ['createIssue', 'create_issues', 'creating issues', 'Created an Issue'],
    ['list_queries', 'list query', 'listQuery', 'LIST QUERIES'],
  ])('are the same however it is written: %s', (...ways) => {
    const [first] = ways.map((way) => toSearchWords(way).filter((word) => word !== 'an'));
    for (const way of ways) expect(toSearchWords(way).filter((word) => word !== 'an')).toEqual(first);
  });

  test('are pairs of syllables in Korean, whatever particle stands there', () => {
    expect(toSearchWords('회의실을')).toEqual(expect.arrayContaining(toSearchWords('회의실')));
    expect(toSearchWords('PDF로 변환')).toEqual(['pdf', '로', '변환']);
  });
});

describe('500 tools of 25 servers', () => {
  const index = new ToolIndex(
    manyTools.map(({ inputSchema, ...tool }) => ({
      ...tool,
      name: `${tool.server} ${tool.name}`,
      schema: inputSchema,
    })),
  );

  test('are 500, each with a name of its own', () => {
    expect(serverNames).toHaveLength(25);
    expect(new Set(manyTools.map(({ server, name }) => `${server} ${name}`)).size).toBe(500);
    expect(toolQuestions).toHaveLength(100);
    for (const { server, tool } of toolQuestions)
      expect(
        manyTools.some((each) => each.server === server && each.name === tool),
        `${server} ${tool}`,
      ).toBe(true);
  });

  test('hold the right one among the eight found for at least 95 of 100 questions', async () => {
    const missed: string[] = [];
    let first = 0;
    for (const { query, server, tool } of toolQuestions) {
      const found = await index.search(query, 8);
      if (!found.includes(`${server} ${tool}`)) missed.push(`${query}: ${found.join(', ')}`);
      if (found[0] === `${server} ${tool}`) first += 1;
    }
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(5);
    // As it stands, 94: less than this, and a model would look in vain at the first place more often than it need.
    expect(first).toBeGreaterThanOrEqual(90);
  });
});

const fine = { text: 'fine' };
const searchFor = (query: string) => ({ toolCalls: [{ name: 'find_tools', arguments: { query } }] });
const call = (name: string) => ({ toolCalls: [{ name, arguments: { id: '1' } }] });
const offered = (world: TestAgent) => world.model.requests.map(({ tools }) => tools.map(({ name }) => name));
const textsOf = ({ steps }: Turn) => steps.flatMap(({ results }) => results.map(({ text }) => text));

const toTestTool = (tool: Pick<TestTool, 'name' | 'description' | 'inputSchema'>): TestTool => ({
  ...tool,
  annotations: { readOnlyHint: true },
  run: () => `ran ${tool.name}`,
});
const companyTools = manyTools.filter(({ server }) => ['tracker', 'calendar', 'mail', 'drive'].includes(server));
const numbered = (count: number) =>
  Array.from({ length: count }, (_, place) =>
    toTestTool({ name: `tool${place}`, description: `Does thing ${place}.` }),
  );

const configOf = ({ url }: TestToolServer, name = 'office', always?: readonly string[]) => ({
  name,
  url,
  headers: {},
  ...(always === undefined ? {} : { always }),
});

describe('where there are more tools than a prompt can hold', () => {
  test('the model finds those that it needs, and has them from then on, in the order found', async () => {
    await using server = await startToolServer({ tools: companyTools.map(toTestTool) });
    await using calculator = await startToolServer({ tools: [addTool] });
    await using world = await startAgent({
      toolServers: [
        configOf(server, 'office', ['send_email', 'sendEmail']),
        { ...configOf(calculator, 'calculator'), isOwn: true },
      ],
      limits: { toolTokens: 4_000 },
      answers: [searchFor('assign a bug to somebody'), call('assign_issue'), fine, searchFor('find a free time'), fine],
    });
    const turn = await world.ask('Give the bug to Mina');
    await world.ask('When are we all free?');
    const [first = [], second = [], third, next = [], last = []] = offered(world);
    expect(first).toEqual(['find_tools', 'sendEmail', 'add']);
    expect(second.slice(0, first.length)).toEqual(first);
    expect(second).toContain('assign_issue');
    expect(third).toEqual(second);
    // A later question goes on with what was found for the one before.
    expect(next).toEqual(second);
    expect(last.slice(0, next.length)).toEqual(next);
    expect(last.slice(next.length)).toContain('find_free_time');
    expect(textsOf(turn)).toEqual([
      expect.stringMatching(/^These tools can be called from now on:\n- /),
      'ran assign_issue',
    ]);
    expect(turn.steps[0]?.results[0]?.found?.[0]).toBe('assign_issue');
    world.model.assertComplete();
  });

  test('a later process goes on with what an earlier one found', async () => {
    await using server = await startToolServer({ tools: companyTools.map(toTestTool) });
    const stop = new AbortController();
    await using world = await startAgent({
      toolServers: [configOf(server)],
      limits: { toolTokens: 4_000 },
      respond: ({ messages }) => {
        if (messages.length === 2) return searchFor('mark as spam');
        stop.abort('suspend');
        return fine;
      },
    });
    await world.ask('Junk!', { signal: stop.signal });
    const before = offered(world).at(-1);
    const agent = world.restart();
    const [turn] = await agent.unfinished();
    if (turn === undefined) throw new Error('nothing is unfinished');
    await run(agent, turn);
    expect(turn.end).toEqual({ type: 'answered' });
    expect(before).toContain('markAsSpam');
    expect(offered(world).at(-1)).toEqual(before);
  });

  test('a tool that was not found can be called all the same', async () => {
    await using server = await startToolServer({ tools: numbered(200) });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('tool150'), fine] });
    expect(textsOf(await world.ask('go'))).toEqual(['ran tool150']);
  });

  test('what finds nothing says so, and what is no search is refused', async () => {
    await using server = await startToolServer({ tools: numbered(200) });
    const noWords = { toolCalls: [{ name: 'find_tools', arguments: { words: 1 } }] };
    await using world = await startAgent({
      toolServers: [configOf(server)],
      answers: [searchFor('zzz'), searchFor(''), noWords, fine],
    });
    const [none, empty, refused] = textsOf(await world.ask('go'));
    expect(none).toMatch(/^No tool was found\./);
    expect(empty).toBe(none);
    expect(refused).toMatch(/^Not run: the arguments do not fit/);
    expect(offered(world).at(-1)).toEqual(['find_tools']);
  });

  test('what is found later takes the place of all before, once there is no more room', async () => {
    const schema = { type: 'object', properties: { id: { type: 'string', description: 'long '.repeat(400) } } };
    const tools = Array.from({ length: 200 }, (_, place) =>
      toTestTool({ name: `word${place}`, description: `It is about word${place}.`, inputSchema: schema }),
    );
    await using server = await startToolServer({ tools });
    await using world = await startAgent({
      toolServers: [configOf(server)],
      limits: { toolTokens: 1_500 },
      answers: [searchFor('word7'), searchFor('word9'), fine],
    });
    await world.ask('go');
    const [, second = [], third = []] = offered(world);
    expect(second.slice(0, 2)).toEqual(['find_tools', 'word7']);
    expect(third.slice(0, 2)).toEqual(['find_tools', 'word9']);
    expect(third).not.toContain('word7');
  });

  test('a server’s own tool of that name goes by another', async () => {
    const own = toTestTool({ name: 'find_tools', description: 'Finds hammers.' });
    await using server = await startToolServer({ tools: [own, ...numbered(200)] });
    await using world = await startAgent({
      toolServers: [configOf(server, 'shed', ['find_tools'])],
      answers: [call('shed_find_tools'), fine],
    });
    expect(textsOf(await world.ask('go'))).toEqual(['ran find_tools']);
    expect(offered(world)[0]).toEqual(['find_tools', 'shed_find_tools']);
  });

  test('ten thousand of them hold nobody up', async () => {
    const servers = await Promise.all(Array.from({ length: 10 }, () => startToolServer({ tools: numbered(1_000) })));
    await using world = await startAgent({
      toolServers: servers.map((server, place) => configOf(server, `s${place}`)),
      answers: [searchFor('does thing 777'), fine],
    });
    using stretches = watchStretches();
    const turn = await world.ask('go');
    expect(stretches.longest()).toBeLessThan(1_000);
    expect(turn.steps[0]?.results[0]?.found?.[0]).toMatch(/_tool777$/);
    await Promise.all(servers.map((server) => server.close()));
  });
});
