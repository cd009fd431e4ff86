/** Pages that tool servers want the asker to open in a browser, in every revision that knows them. */
import { UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import { inputRequired } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import type { Form } from '../../../src/agent/form.ts';
import { toPageRequest } from '../../../src/agent/tools/mcp/page-request.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import { type ModernTool, startModernToolServer } from '../support/modern-tool-server.ts';
import { startAgent } from '../support/start-agent.ts';
import { startToolServer, type TestTool } from '../support/tool-server.ts';

const url = 'https://accounts.example.com/connect?state=7';
const page = { mode: 'url' as const, message: 'Connect your account', url, elicitationId: '7' };
const call = { toolCalls: [{ name: 'connect', arguments: {} }] };
const configOf = (server: { readonly url: string }): ToolServerConfig => ({
  name: 'desk',
  url: server.url,
  headers: {},
});

/** The results of one call of `connect`, and what the asker was shown. @param action What they answer; undefined: nothing. */
async function connect(server: { readonly url: string }, action: 'accept' | 'decline' | undefined) {
  await using world = await startAgent({ toolServers: [configOf(server)], answers: [call, { text: 'fine' }] });
  const shown = new Map<string, Form>();
  const { steps } = await world.ask('go', {
    onChange: ({ question }, _draft, { forms: [open] }) => {
      if (open === undefined || shown.has(open.id)) return;
      shown.set(open.id, open);
      const answer = action === 'accept' ? { action, values: {} } : action && { action };
      if (answer !== undefined) setImmediate(() => world.agent.answerForm(question.id, open.id, answer));
    },
  });
  const results = steps.flatMap(({ results: some }) => some.map(({ ok, text }) => ({ ok, text })));
  return { results, shown: [...shown.values()].map(({ address, message }) => ({ address, message })) };
}

const asked = [{ address: { url, host: 'accounts.example.com' }, message: 'Connect your account' }];

describe('a server of revision 2025-11-25', () => {
  const start = (run: TestTool['run']) =>
    startToolServer({ tools: [{ name: 'connect', run }], isStreaming: true, hasSessions: true });

  test.each(['accept', 'decline'] as const)(
    'has a page opened, and hears what the asker says of it: %s',
    async (action) => {
      await using server = await start(async (_args, _signal, client) =>
        JSON.stringify(await client.open(page.message, url, '7')),
      );
      expect(await connect(server, action)).toEqual({
        results: [{ ok: true, text: JSON.stringify({ action }) }],
        shown: asked,
      });
    },
  );

  test('that says that the page has done its work needs no word of the asker', async () => {
    await using server = await start(async (_args, _signal, client) => {
      const answer = client.open(page.message, url, '7');
      // The server's own page was visited before the asker says so.
      const timer = setInterval(() => void client.opened('7'), 20);
      return JSON.stringify(await answer.finally(() => clearInterval(timer)));
    });
    const { results, shown } = await connect(server, undefined);
    expect(results).toEqual([{ ok: true, text: '{"action":"accept"}' }]);
    expect(shown).toEqual(asked);
  });

  test('that refuses the call until then is called again when the asker was there', async () => {
    let calls = 0;
    await using server = await start(() => {
      calls += 1;
      if (calls === 1) throw new UrlElicitationRequiredError([page]);
      return 'connected';
    });
    expect(await connect(server, 'accept')).toEqual({ results: [{ ok: true, text: 'connected' }], shown: asked });
    expect(calls).toBe(2);
  });

  test('that refuses it is not called again when the asker does not go', async () => {
    let calls = 0;
    await using server = await start(() => {
      calls += 1;
      throw new UrlElicitationRequiredError([page]);
    });
    const { results } = await connect(server, 'decline');
    expect(results).toEqual([{ ok: false, text: expect.stringContaining('did not open the page') }]);
    expect(calls).toBe(1);
  });

  test('that is never content gets three calls', async () => {
    let calls = 0;
    await using server = await start(() => {
      calls += 1;
      throw new UrlElicitationRequiredError([page]);
    });
    const { results } = await connect(server, 'accept');
    expect(results).toEqual([{ ok: false, text: expect.stringContaining('asked for too much') }]);
    expect(calls).toBe(3);
  });
});

test.each(['accept', 'decline'] as const)(
  'a server of revision 2026-07-28 is asked again with what the asker said of its page: %s',
  async (action) => {
    const tool: ModernTool = {
      name: 'connect',
      run: (_args, { mcpReq }) =>
        mcpReq.inputResponses === undefined
          ? inputRequired({ inputRequests: { page: inputRequired.elicitUrl(page) } })
          : JSON.stringify(mcpReq.inputResponses),
    };
    await using server = await startModernToolServer({ tools: [tool] });
    expect(await connect(server, action)).toEqual({
      results: [{ ok: true, text: JSON.stringify({ page: { action } }) }],
      shown: asked,
    });
  },
);

describe('an address', () => {
  const read = (given: string, isLocal = false) =>
    toPageRequest('desk', { ...page, url: given }, isLocal)?.form.address;

  test.each([
    'http://example.com/',
    'http://127.0.0.1/',
    'javascript:alert(1)',
    'data:text/html,hi',
    'file:///etc/passwd',
    'discord://-/settings',
    'https://bank.example@evil.example/',
    'https://:secret@evil.example/',
    'example.com',
    '/connect',
    '',
    `https://example.com/${'a'.repeat(1_000)}`,
    // Short as it is given, and too long as a browser opens it.
    `https://example.com/${'가'.repeat(400)}`,
  ])('that nobody should be sent to is refused: %.80s', (given) => {
    expect(read(given, false)).toBeUndefined();
  });

  test('is shown as a browser opens it, the host as it is and not as it looks', () => {
    expect(read('https://раураl.com/ a`b?`c')).toEqual({
      url: 'https://xn--l-7sba6dbr.com/%20a%60b?%60c',
      host: 'xn--l-7sba6dbr.com',
    });
  });

  test('of this machine may do without TLS where its server runs here', () => {
    expect(read('http://127.0.0.1:8080/', true)).toEqual({ url: 'http://127.0.0.1:8080/', host: '127.0.0.1:8080' });
    expect(read('http://localhost/', true)).toBeDefined();
    expect(read('http://[::1]/', true)).toBeDefined();
    expect(read('http://127.0.0.1.evil.example/', true)).toBeUndefined();
    expect(read('http://10.0.0.1/', true)).toBeUndefined();
  });
});
