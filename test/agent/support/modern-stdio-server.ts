/** A tool server that is a child process, of revision 2026-07-28 alone. */
import { acceptedContent, inputRequired, Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const requestedSchema = { type: 'object' as const, properties: { name: { type: 'string' as const } } };

serveStdio(
  () => {
    const server = new Server(
      { name: 'modern-stdio', version: '1' },
      { capabilities: { tools: { listChanged: true } } },
    );
    server.setRequestHandler('tools/list', () => ({
      tools: [{ name: 'greet', inputSchema: { type: 'object' as const } }],
    }));
    server.setRequestHandler('tools/call', (_request, { mcpReq }) => {
      const answer = acceptedContent<{ name?: string }>(mcpReq.inputResponses, 'who');
      if (answer !== undefined) return { content: [{ type: 'text', text: `hello ${answer.name}` }] };
      return inputRequired({ inputRequests: { who: inputRequired.elicit({ message: 'Who?', requestedSchema }) } });
    });
    return server;
  },
  { legacy: 'reject' },
);
