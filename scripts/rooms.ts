/** Which folder of `src` may import which, and which package. What is not allowed here is forbidden. */

export interface Room {
  /** Ends with a slash. A file belongs to the room with the longest folder that it lies in. */
  readonly folder: string;
  /** One sentence for whoever crosses the border. */
  readonly knows: string;
  /** Folders (with a slash at their end) and files of other rooms. The room itself and the leaves are always allowed. */
  readonly imports?: readonly string[];
  /** The same for `import type`: what is erased before the program runs. */
  readonly types?: readonly string[];
}

/** The files directly in `src`: every room may import them, and they import each other only. */
export const leaves = 'src/';

/** What others may see of the agent: the interface, the record, how a call of it is named, what a turn did, forms, and the tools. */
const agentFace = [
  'src/agent/agent.ts',
  'src/agent/turn.ts',
  'src/agent/call-place.ts',
  'src/agent/document.ts',
  'src/agent/guild-server.ts',
  'src/agent/timeline.ts',
  'src/agent/form.ts',
  'src/agent/login.ts',
  'src/agent/offered-tool.ts',
  'src/agent/offered-content.ts',
];

/** What looks at a part without being one: for the doctor and the set-up. */
const inspections = [
  'src/config/',
  'src/agent/model/inspect-model.ts',
  'src/agent/store/inspect-store.ts',
  'src/agent/tools/inspect-server.ts',
  'src/bot/discord/inspect/',
  'src/bot/discord/access.ts',
  'src/bot/discord/invite.ts',
];

export const rooms: readonly Room[] = [
  { folder: leaves, knows: 'A file directly in src is for every room and knows none.' },
  {
    folder: 'src/config/',
    knows: 'The settings know no room that uses them, and of what is set where people are only what there is.',
    imports: ['src/settings/layer.ts'],
    types: ['src/settings/resolve.ts'],
  },
  {
    folder: 'src/settings/',
    knows: 'What is set where people are is plain data, and how it is read: of the agent it knows the record.',
    types: ['src/agent/turn.ts', 'src/agent/document.ts'],
  },
  {
    folder: 'src/agent/',
    knows:
      'The agent knows models, tool servers and the store; no chat platform, and of the settings only their types.',
    types: ['src/config/'],
  },
  {
    folder: 'src/bot/channel/',
    knows:
      'A turn in a channel, on any platform: the agent is known by its interface and its record, and nothing else.',
    imports: ['src/settings/layer.ts', ...agentFace],
    types: ['src/settings/'],
  },
  {
    folder: 'src/bot/discord/',
    knows: 'Discord shows what the channel room says: the agent is known by its interface and its record.',
    imports: ['src/bot/channel/', 'src/settings/', 'src/agent/attachments/fetch-attachment.ts', ...agentFace],
    types: ['src/config/'],
  },
  {
    folder: 'src/chat/',
    knows: 'The terminal is a front end of the agent, known by its interface and its record, and of nothing else.',
    imports: agentFace,
    types: ['src/config/', 'src/agent/model/notice.ts'],
  },
  {
    folder: 'src/traces/',
    knows: 'Traces are made of the record, for whoever collects them; nobody else knows OpenTelemetry.',
    imports: agentFace,
    types: ['src/config/'],
  },
  { folder: 'src/ops/', knows: 'The operator’s port knows the log and what it is given to look at.' },
  {
    folder: 'src/callback/',
    knows:
      'Browsers come back here from logins: the agent’s are known by their interface, and Discord as it can be asked.',
    types: ['src/agent/login.ts'],
  },
  { folder: 'src/interactions/', knows: 'What Discord posts is checked and handed on here, as it came.' },
  {
    folder: 'src/doctor/',
    knows: 'The doctor looks at every part from outside, through what that part lets be looked at, and changes none.',
    imports: inspections,
    types: ['src/config/', 'src/agent/turn.ts', 'src/bot/discord/inspect/'],
  },
  {
    folder: 'src/setup/',
    knows: 'The set-up asks a person and writes settings down; it tries them as the doctor does.',
    imports: inspections,
    types: ['src/config/', 'src/agent/turn.ts'],
  },
  { folder: 'src/formulas/', knows: 'Formulas are drawn here, and whoever shows them is not known.' },
  { folder: 'src/mcp-server/', knows: 'The calculator knows nothing of the other rooms.' },
  { folder: 'src/simulator/', knows: 'The simulator knows the public protocols only.' },
  {
    folder: 'src/playground/',
    knows: 'The playground shows the simulator, and starts the product as a process.',
    imports: ['src/simulator/', 'src/config/'],
  },
  {
    folder: 'src/programs/',
    knows: 'A program wires rooms together; the simulator belongs to the playground.',
    imports: [
      'src/config/',
      'src/agent/',
      'src/bot/',
      'src/callback/',
      'src/chat/',
      'src/doctor/',
      'src/setup/',
      'src/formulas/',
      'src/mcp-server/',
      'src/interactions/',
      'src/ops/',
      'src/playground/',
      'src/traces/',
      'src/settings/',
    ],
  },
];

/** Where each package may be imported: the next revision of a protocol, or another library, is then one folder's work. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  '@clack/prompts': ['src/setup/'],
  '@discordjs/ws': ['src/bot/discord/'],
  '@embedpdf/fonts-kr': ['src/formulas/', 'src/mcp-server/pictures/draw/'],
  '@keyv/postgres': ['src/agent/store/'],
  '@keyv/redis': ['src/agent/store/'],
  '@modelcontextprotocol/client': ['src/agent/tools/'],
  '@modelcontextprotocol/server': ['src/mcp-server/'],
  '@opentelemetry/api': ['src/traces/'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/traces/'],
  '@opentelemetry/exporter-trace-otlp-proto': ['src/traces/'],
  '@opentelemetry/resources': ['src/traces/'],
  '@opentelemetry/sdk-trace': ['src/traces/'],
  '@resvg/resvg-wasm': ['src/formulas/', 'src/mcp-server/pictures/draw/'],
  ajv: ['src/agent/tools/'],
  'ajv-formats': ['src/agent/tools/'],
  'd3-scale': ['src/mcp-server/pictures/draw/'],
  'd3-shape': ['src/mcp-server/pictures/draw/'],
  'discord-api-spec': ['src/simulator/discord/'],
  'discord-api-types': ['src/simulator/discord/', 'src/playground/'],
  'discord-markdown-parser': ['src/playground/page/'],
  'discord.js': ['src/bot/discord/'],
  diff: ['src/agent/pins/'],
  dotenv: ['src/config/'],
  esbuild: ['src/playground/'],
  'gpt-tokenizer': ['src/agent/history/'],
  keyv: ['src/agent/store/'],
  mathjax: ['src/formulas/'],
  minisearch: ['src/agent/tools/'],
  oauth4webapi: ['src/agent/tools/'],
  openai: ['src/agent/model/'],
  'pdfjs-dist': ['src/agent/attachments/'],
  pg: ['src/agent/store/'],
  pino: ['src/log.ts'],
  'prom-client': ['src/ops/'],
  undici: ['src/agent/tools/'],
  ws: ['src/simulator/discord/', 'src/playground/'],
  zod: ['src/agent/tools/', 'src/config/operator-schema.ts', 'src/playground/', 'src/settings/read-document.ts'],
};

/** Starts every program: it alone may import by a path that it computes, and anybody may start it as a process. */
export const launcher = 'src/programs/launch.js';
