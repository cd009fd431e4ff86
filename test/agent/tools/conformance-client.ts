/**
 * The real agent as the official conformance suite drives it: one question, a scripted model that makes the calls which the
 * scenario wants, or calls every tool that it is offered once, forms accepted and logins made as they come.
 */

import { z } from 'zod';
import { createAgent } from '../../../src/agent/create-agent.ts';
import type { Logins } from '../../../src/agent/login.ts';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { openMcpConnection } from '../../../src/agent/tools/mcp/connection.ts';
import { silentLogger } from '../../../src/log.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { takeStored } from '../../support/take-stored.ts';

const contextSchema = z.looseObject({
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) })).optional(),
});
/** What the suite tells a client. */
export interface Scenario {
  readonly url: string;
  readonly name: string;
  /** JSON text; what is in it is the scenario's affair. */
  readonly context: string;
}

/** Whether all went well, as the client sees it. */
export async function runScenario({ url, name, context: given }: Scenario): Promise<boolean> {
  const context = contextSchema.parse(JSON.parse(given));
  const toolCalls =
    name === 'json-schema-2020-12-preservation' ? [await callWithSchema(url)] : context.toolCalls?.map(withoutNulls);
  await using model = await startModelServer({
    respond: ({ tools, messages }) => {
      const called = new Set(messages.flatMap(({ toolCalls: made = [] }) => made.map((call) => call.name)));
      if (toolCalls !== undefined) return called.size > 0 ? { text: 'done' } : { toolCalls };
      const open = tools.filter((tool) => !called.has(tool.name));
      if (open.length === 0) return { text: 'done' };
      return { toolCalls: open.map((tool) => ({ name: tool.name, arguments: toArguments(tool.parameters) })) };
    },
  });
  const agent = createAgent({
    model: toModelConfig(model.baseUrl),
    toolServers: [{ name: 'suite', url, headers: {}, ...(await toCredentials(url, name, context)) }],
    publicUrl: 'https://conformance-test.local',
    store: await openTurnStore('memory://', { log: silentLogger }),
    log: silentLogger,
    // The suite starts all its clients at once.
    limits: { toolConnectMs: 30_000, toolCallMs: 90_000, approvalMs: 20_000 },
  });
  const question = { id: '1', channelId: '1', authorId: '1', authorName: 'Suite', text: 'go', askedAt: Date.now() };
  const turn = await takeStored(agent, question, null);
  if (turn === undefined) throw new Error('The question was not taken.');
  const stop = new AbortController();
  const answered = new WeakSet<object>();
  await agent.run(turn, {
    signal: stop.signal,
    onChange: ({ forms: [form], logins: [login] }) => {
      if (form !== undefined) setImmediate(() => agent.answerForm('1', form.id, { action: 'accept', values: {} }));
      if (login === undefined || answered.has(login)) return;
      answered.add(login);
      void logIn(agent.logins, login.server, stop);
    },
  });
  await agent.close();
  return turn.warnings.length === 0 && turn.steps.every(({ results }) => results.every(({ ok }) => ok));
}

/** The scenario means «not given», and the agent holds arguments against the tool's own schema, which takes no null. */
function withoutNulls(call: { name: string; arguments: Record<string, unknown> }): typeof call {
  return {
    ...call,
    arguments: Object.fromEntries(Object.entries(call.arguments).filter(([, value]) => value !== null)),
  };
}

/** Something of the type that the tool wants, different for each. */
function toArguments({ properties }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const wanted = z
    .record(z.string(), z.looseObject({ type: z.unknown() }))
    .catch({})
    .parse(properties);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, { type }], place) => [name, type === 'string' ? `${name} ${place}` : place + 1]),
  );
}

/** As a person's browser does it, whom nothing has to be asked. */
async function logIn(logins: Logins, server: string, stop: AbortController): Promise<void> {
  const begun = await logins.begin({ server, personId: '1', note: null, signal: stop.signal });
  const ticket = begun.type === 'link' ? (begun.url.split('/').at(-1) ?? '') : '';
  const known = await logins.identify(ticket, '1');
  if (known.type !== 'go') return stop.abort('stop');
  const { headers } = await fetch(known.url, { redirect: 'manual' });
  const { searchParams: parameters } = new URL(headers.get('location') ?? '', known.url);
  const finished = await logins.finish({ parameters, proof: { binder: known.binder } });
  if (finished.type !== 'connected') stop.abort('stop');
}

async function toCredentials(url: string, scenario: string, context: z.infer<typeof contextSchema>): Promise<object> {
  const { client_id: clientId, client_secret: clientSecret } = context;
  const isProgram = scenario.startsWith('auth/client-credentials');
  if (!scenario.startsWith('auth/')) return {};
  if (clientId === undefined || clientSecret === undefined) return isProgram ? {} : { login: {} };
  const oauth = { clientId, clientSecret, ...(await findIssuer(url)) };
  return isProgram ? { oauth } : { login: oauth };
}

/** The suite wants to see a schema as the agent keeps it, which is not what models are sent: that is mended for them. */
async function callWithSchema(url: string): Promise<{ name: string; arguments: Record<string, unknown> }> {
  const nothing = { onStale: () => {}, onClose: () => {} };
  const { signal } = new AbortController();
  const connection = await openMcpConnection({ name: 'suite', url, headers: {} }, nothing, silentLogger, signal);
  const { tools } = await connection.listTools(() => true, signal);
  await connection.close();
  const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
  return { name: 'json_schema_echo', arguments: { schema } };
}

/** As an operator reads it in the documents of the server: credentials go to nobody whom only the server names. */
async function findIssuer(url: string): Promise<object> {
  const { origin, pathname } = new URL(url);
  for (const path of [pathname, '']) {
    const response = await fetch(`${origin}/.well-known/oauth-protected-resource${path}`);
    if (!response.ok) continue;
    const { authorization_servers: servers } = (await response.json()) as { authorization_servers?: string[] };
    if (servers?.[0] !== undefined) return { issuer: servers[0] };
  }
  return {};
}
