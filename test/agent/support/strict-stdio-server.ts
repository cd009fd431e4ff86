/** A tool server that is a child process and older than the question which revisions it speaks: it ends over anything but a handshake. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const server = new Server({ name: 'strict-stdio', version: '1' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [{ name: 'greet', inputSchema: { type: 'object' as const } }],
}));
server.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: 'hello' }] }));
const transport = new StdioServerTransport();
await server.connect(transport);
const take = transport.onmessage;
transport.onmessage = (message, ...rest) => {
  if ('method' in message && message.method === 'server/discover') process.exit(1);
  take?.(message, ...rest);
};
