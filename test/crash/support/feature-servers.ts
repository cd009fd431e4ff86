/**
 * Tool servers with more than calls that come back at once: tasks, prompts and resources, words that change, logins of members, a
 * server that a guild adds. All behind wires, all outliving the bot; each notes who had what done.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedChannel, SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { type ServedContent, startContentServer } from '../../agent/support/content-server.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../../agent/support/tool-server.ts';
import { type LoginServers, startLoginServers } from '../../support/login-servers.ts';
import { freePort } from '../../support/program.ts';
import { Oven } from './oven.ts';
import type { Tools } from './tools.ts';
import { startWire, type Wire, type WireOptions } from './wire.ts';

/** A prompt or a resource that was asked for. */
export interface Served {
  readonly what: 'prompt' | 'resource';
  readonly label: string;
}

/** A request to the server of a guild, by the path that is its own. */
export interface ClubRequest {
  readonly path: string;
  readonly method: string;
  readonly at: number;
}

export interface FeatureServers {
  readonly oven: Oven;
  readonly kit: TestToolServer;
  /** From now on, its tool says something else of itself. */
  sayOfLookup(version: number): Promise<void>;
  readonly served: readonly Served[];
  /** Where a guild's server is, without a path of its own. */
  readonly clubUrl: string;
  readonly clubRequests: readonly ClubRequest[];
  readonly wiki: LoginServers;
  /** Where changed tools are told of. */
  readonly reviewChannel: SimulatedChannel;
  /** A role that may approve and accept. */
  readonly keeperRole: string;
  readonly discordOrigin: string;
  /** For the bot. */
  readonly settings: Readonly<Record<string, string>>;
  /** Between the bot and those that it is connected to from the start. */
  readonly wires: readonly Wire[];
}

export interface FeatureServersOptions {
  readonly folder: string;
  readonly discord: SimulatedDiscord;
  readonly tools: Tools;
  readonly toolUrl: string;
  readonly pass: WireOptions['pass'];
  readonly describe: (body: string) => string;
  readonly life: () => number;
}

/** Of the encrypted store. */
export const storeKey = 'a secret of the crash test';
/** Short, so that a login is renewed in nearly every turn: it is some 30 s before its end. */
const tokenSeconds = 32;

export async function startFeatureServers(
  options: FeatureServersOptions,
  stack: AsyncDisposableStack,
): Promise<FeatureServers> {
  const { discord, tools, pass, describe, life } = options;
  const wire = async (name: string, target: string) => stack.use(await startWire({ name, target, pass, describe }));
  const oven = stack.use(new Oven({ onCall: (call) => tools.note(call), life }));
  await oven.start();
  const served: Served[] = [];
  const kit = stack.use(
    await startContentServer({ ...toContent(served), isStreaming: true, tools: [toLookup(tools, 0), toVisit(tools)] }),
  );
  const club = stack.use(await startToolServer({ tools: [toClubTool(tools)] }));
  const clubRequests: ClubRequest[] = [];
  const noteRequest: WireOptions['onRequest'] = (path, method, body) =>
    clubRequests.push({ path, method: `${method} ${describe(body)}`.trim(), at: performance.now() });
  const clubWire = stack.use(
    await startWire({ name: 'club', target: club.url, pass, describe, onRequest: noteRequest }),
  );
  const wiki = stack.use(
    await startLoginServers({
      tokenSeconds,
      toPublic: async (origin, which) => (await wire(which === 'tools' ? 'wiki' : 'login', origin)).origin,
      onCall: ({ arguments: { for: label, attempt } }) =>
        tools.note({ tool: 'whoami', label: String(label), attempt: Number(attempt) }),
    }),
  );
  const [ovenWire, kitWire] = [await wire('oven', oven.url), await wire('kit', kit.url)];
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const reviewChannel = discord.createChannel(guild, 'review');
  const keeperRole = discord.createRole('Keepers');
  const { origin: discordOrigin } = new URL(discord.apiUrl);
  const mcpServers = {
    tools: { url: options.toolUrl, approval: 'destructive', deny: ['launch'] },
    pad: {
      url: options.toolUrl,
      allow: ['launch'],
      approval: { when: 'always', quorum: 2, notAsker: true, roles: [keeperRole] },
    },
    oven: { url: `${ovenWire.origin}/mcp` },
    kit: { url: `${kitWire.origin}/mcp` },
    wiki: { url: wiki.url, auth: 'member' },
  };
  const review = { channel: reviewChannel.id, roles: [keeperRole] };
  const guildServers = { hosts: ['127.0.0.1'], privateAddresses: true };
  const [servers, operator] = [join(options.folder, 'features.json'), join(options.folder, 'jupan.json')];
  await writeFile(servers, JSON.stringify({ mcpServers }));
  await writeFile(operator, JSON.stringify({ review, guildServers }));
  const port = await freePort();
  return {
    oven,
    kit,
    sayOfLookup: async (version) => {
      kit.tools = [toLookup(tools, version), toVisit(tools)];
      await kit.announceChange();
    },
    served,
    clubUrl: `${clubWire.origin}/mcp`,
    clubRequests,
    wiki,
    reviewChannel,
    keeperRole,
    discordOrigin,
    settings: {
      MCP_CONFIG: servers,
      JUPAN_CONFIG: operator,
      STORE_KEY: storeKey,
      APPROVAL_ROLES: keeperRole,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      CALLBACK_PORT: String(port),
      DISCORD_CLIENT_SECRET: 'the client secret of this test',
      DISCORD_AUTHORIZE_URL: `${discordOrigin}/oauth2/authorize`,
    },
    wires: [ovenWire, kitWire],
  };
}

/** What stands in an answer of the kit, once each time that it is asked. */
export function toGreeting(label: string): string {
  return `Greetings for ${label}.`;
}

function toContent(served: Served[]): ServedContent {
  const note = (what: Served['what'], text: string) => {
    served.push({ what, label: text.replace(/[[\]]/g, '') });
  };
  return {
    prompts: [
      {
        name: 'greet',
        arguments: [{ name: 'who', required: true }],
        messages: ({ who = '' }) => {
          note('prompt', who);
          return [{ role: 'user', content: { type: 'text', text: toGreeting(who.replace(/[[\]]/g, '')) } }];
        },
      },
    ],
    templates: [{ uriTemplate: 'kit://note/{name}', name: 'A note' }],
    resources: [],
    read: (uri) => {
      const label = (uri.split('/').at(-1) ?? '').replace('_', ' ');
      note('resource', label);
      return [{ uri, mimeType: 'text/plain', text: toGreeting(label) }];
    },
  };
}

/** Says something else of itself in each version. */
function toLookup(tools: Tools, version: number): TestTool {
  return {
    name: 'lookup',
    description: `Looks things up, version ${version}.`,
    inputSchema: callSchema,
    annotations: { readOnlyHint: true },
    run: ({ for: label, attempt }) => {
      tools.note({ tool: 'lookup', label: String(label), attempt: Number(attempt) });
      return `lookup did ${label}`;
    },
  };
}

/** Wants a page opened before it does anything. */
function toVisit(tools: Tools): TestTool {
  return {
    name: 'visit',
    inputSchema: callSchema,
    annotations: { readOnlyHint: true },
    run: async ({ for: label, attempt }, _signal, client) => {
      const { action } = await client.open('Please say that you agree.', 'https://agree.example/terms', String(label));
      if (action !== 'accept') return { content: [{ type: 'text', text: `visit: ${action}` }], isError: true };
      tools.note({ tool: 'visit', label: String(label), attempt: Number(attempt) });
      return `visit did ${label}`;
    },
  };
}

function toClubTool(tools: Tools): TestTool {
  return {
    name: 'fetch',
    inputSchema: callSchema,
    annotations: { readOnlyHint: true },
    run: ({ for: label, attempt }) => {
      // As the model knows it.
      const tool = `here_s${/\d+/.exec(String(label))}_fetch`;
      tools.note({ tool, label: String(label), attempt: Number(attempt) });
      return `fetch did ${label}`;
    },
  };
}

const callSchema = { type: 'object', properties: { for: { type: 'string' }, attempt: { type: 'integer' } } };
