/** A tool server that is a child process: says its process id, hears what it is told, writes to standard error. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const server = new Server({ name: 'stdio', version: '1' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: ['pid', 'die', 'deaf', 'greeting', 'folder'].map((name) => ({
    name,
    inputSchema: { type: 'object' as const },
    annotations: { readOnlyHint: name !== 'die' },
  })),
}));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
  console.error('called with a private text');
  if (params.name === 'die') process.exit(1);
  if (params.name === 'deaf') {
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 60_000);
  }
  const texts: Record<string, string> = { pid: String(process.pid), folder: process.cwd() };
  const text = texts[params.name] ?? `${process.env.GREETING} ${process.argv[2]}`;
  return { content: [{ type: 'text', text }] };
});
await server.connect(new StdioServerTransport());
