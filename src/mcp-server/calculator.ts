/** The calculator as an MCP server: lists the tools and runs them. Knows the protocol, not how it is carried. */
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { CalculatorError } from './arithmetic/calculator-error.ts';
import { pictureTools } from './pictures/picture-tools.ts';
import type { Picture, PictureRequest } from './pictures/request.ts';
import { tools } from './tools.ts';

const information = { name: 'jupan-calculator', title: 'Jupan calculator', version: '0.1.0' };

const options = {
  supportedProtocolVersions: ['2026-07-28', ...SUPPORTED_PROTOCOL_VERSIONS],
  capabilities: { tools: {} },
  instructions:
    'An exact calculator. Use it for every calculation instead of working it out yourself; give the numbers as the ' +
    'user wrote them, and quote the results digit by digit. Independent calls may be made at once.',
  // The list is the same until the program is another.
  cacheHints: { 'tools/list': { ttlMs: 300_000, cacheScope: 'public' as const } },
  // Only elicitation would validate anything, and this server asks nobody. Saves building a validator for each request.
  jsonSchemaValidator: {
    getValidator: () => () => {
      throw new Error('The calculator validates nothing by schema.');
    },
  },
};

const names = [...tools.keys(), ...pictureTools.keys()];
const definitions = [...tools.values(), ...pictureTools.values()].map(({ definition }) => definition);

/** Has a picture drawn. @throws {CalculatorError} that says why there is none. */
export type DrawPicture = (request: PictureRequest, signal: AbortSignal) => Promise<Picture>;

/** The SDK holds calls twice against its schemas, and results once more, which takes longer than to calculate: once is enough. */
class LeanServer extends Server {
  protected override _wrapHandler(_method: string, handler: Parameters<Server['_wrapHandler']>[1]): typeof handler {
    return handler;
  }
}

/** A server for one connection; in stateless HTTP that is one request. */
export function createCalculator(draw: DrawPicture): Server {
  const server = new LeanServer(information, options);
  server.setRequestHandler('tools/list', () => ({ tools: definitions }));
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    callTool(params.name, params.arguments ?? {}, (request) => draw(request, mcpReq.signal)),
  );
  return server;
}

/** A calculation has its result at once; only a picture is waited for. */
function callTool(
  name: string,
  given: Readonly<Record<string, unknown>>,
  draw: (request: PictureRequest) => Promise<Picture>,
): CallToolResult | Promise<CallToolResult> {
  try {
    const picture = pictureTools.get(name)?.read(given);
    if (picture !== undefined) return draw(picture).then(toPictureResult, toFailure);
    const tool = tools.get(name);
    if (tool !== undefined) return toResult(tool.run(given));
  } catch (error) {
    return toFailure(error);
  }
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: there are ${names.join(', ')}.`);
}

/** @throws what is a defect of this program. */
function toFailure(error: unknown): CallToolResult {
  if (!(error instanceof CalculatorError)) throw error;
  return { content: [{ type: 'text', text: error.message }], isError: true };
}

/** The text is the number to the letter, and so is the number on the wire, as far as a receiver can hold it. */
function toResult(text: string): CallToolResult {
  const isWithinDoubles = Number.isFinite(Number(text));
  return {
    content: [{ type: 'text', text }],
    structuredContent: { result: isWithinDoubles ? JSON.rawJSON(text) : text },
  };
}

/** The description goes out twice: as text for the model, and as a value of its own for whoever shows the picture. */
function toPictureResult({ png, description }: Picture): CallToolResult {
  return {
    content: [
      { type: 'text', text: description },
      { type: 'image', data: Buffer.from(png).toString('base64'), mimeType: 'image/png' },
    ],
    structuredContent: { description },
  };
}
