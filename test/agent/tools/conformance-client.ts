/**
 * The real agent as the official conformance suite drives it: one question, a scripted model that calls every tool that it
 * is offered once, forms accepted as they come. The suite gives the server's address as the last argument.
 */

import { createAgent } from '../../../src/agent/create-agent.ts';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { takeStored } from '../../support/take-stored.ts';

const url = process.argv.at(-1) ?? '';
const context: unknown = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

await using model = await startModelServer({
  respond: ({ tools, messages }) => {
    if (tools.length === 0 || messages.at(-1)?.role === 'tool') return { text: 'done' };
    return { toolCalls: tools.map(({ name, parameters }) => ({ name, arguments: toArguments(parameters) })) };
  },
});
const agent = createAgent({
  model: toModelConfig(model.baseUrl),
  toolServers: [{ name: 'suite', url, headers: {}, ...(await toOAuth(context)) }],
  store: await openTurnStore('memory://', { log: silentLogger }),
  log: silentLogger,
  // The suite starts all its clients at once.
  limits: { toolConnectMs: 30_000 },
});
const question = { id: '1', channelId: '1', authorId: '1', authorName: 'Suite', text: 'go', askedAt: Date.now() };
const turn = await takeStored(agent, question, null);
if (turn === undefined) throw new Error('The question was not taken.');
await agent.run(turn, {
  signal: new AbortController().signal,
  onChange: ({ forms: [form] }) => {
    if (form !== undefined) setImmediate(() => agent.answerForm('1', form.id, { action: 'accept', values: {} }));
  },
});
await agent.close();
const isWell = turn.warnings.length === 0 && turn.steps.every(({ results }) => results.every(({ ok }) => ok));
process.exitCode = isWell ? 0 : 1;

function toArguments({ properties }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return Object.fromEntries(names.map((name, place) => [name, place + 1]));
}

async function toOAuth(given: unknown): Promise<object> {
  if (typeof given !== 'object' || given === null || !('client_secret' in given) || !('client_id' in given)) return {};
  const issuer = await findIssuer();
  return { oauth: { clientId: String(given.client_id), clientSecret: String(given.client_secret), ...issuer } };
}

/** As an operator reads it in the documents of the server: credentials go to nobody whom only the server names. */
async function findIssuer(): Promise<object> {
  const { origin, pathname } = new URL(url);
  for (const path of [pathname, '']) {
    const response = await fetch(`${origin}/.well-known/oauth-protected-resource${path}`);
    if (!response.ok) continue;
    const { authorization_servers: servers } = (await response.json()) as { authorization_servers?: string[] };
    if (servers?.[0] !== undefined) return { issuer: servers[0] };
  }
  return {};
}
