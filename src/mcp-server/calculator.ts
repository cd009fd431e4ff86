/** The calculator as an MCP server: lists the tools and runs them. Knows the protocol, not how it is carried. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { CalculatorError } from './arithmetic/calculator-error.ts';
import { tools } from './tools.ts';

const information = { name: 'jupan-calculator', title: 'Jupan calculator', version: '0.1.0' };

const options = {
  capabilities: { tools: {} },
  instructions:
    'An exact calculator. Use it for every calculation instead of working it out yourself; give the numbers as the ' +
    'user wrote them, and quote the results digit by digit. Independent calls may be made at once.',
  // Only elicitation would validate anything, and this server asks nobody. Saves building a validator for each request.
  jsonSchemaValidator: {
    getValidator: () => () => {
      throw new Error('The calculator validates nothing by schema.');
    },
  },
};

const definitions = [...tools.values()].map(({ definition }) => definition);

/** A server for one connection; in stateless HTTP that is one request. */
export function createCalculator(): Server {
  const server = new Server(information, options);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: definitions }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => callTool(params.name, params.arguments ?? {}));
  return server;
}

function callTool(name: string, given: Readonly<Record<string, unknown>>): CallToolResult {
  const tool = tools.get(name);
  if (tool === undefined) {
    throw new McpError(ErrorCode.InvalidParams, `Unknown tool: there are ${[...tools.keys()].join(', ')}.`);
  }
  try {
    return toResult(tool.run(given));
  } catch (error) {
    if (!(error instanceof CalculatorError)) throw error;
    return { content: [{ type: 'text', text: error.message }], isError: true };
  }
}

/** The text is the number to the letter, and so is the number on the wire, as far as a receiver can hold it. */
function toResult(text: string): CallToolResult {
  const isWithinDoubles = Number.isFinite(Number(text));
  return {
    content: [{ type: 'text', text }],
    structuredContent: { result: isWithinDoubles ? JSON.rawJSON(text) : text },
  };
}
