/**
 * Calls of a tool by revision 2026-07-28 to which there is nothing to object: their headers say what they say. They are most of
 * all requests, and the SDK's handler takes twice the time of everything else for them. What differs is left to it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PerRequestHTTPServerTransport,
  PROTOCOL_VERSION_META_KEY,
  type Server,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';
import { isRecord } from '../json.ts';

export const newestRevision = '2026-07-28';
const method = 'tools/call';

/** Undefined for what is not such a call. */
export function toPlainCall(headers: IncomingHttpHeaders, message: unknown): JSONRPCRequest | undefined {
  if (headers['mcp-protocol-version'] !== newestRevision || headers['mcp-method'] !== method) return undefined;
  if (!isRecord(message) || message.method !== method || !isRecord(message.params)) return undefined;
  const { name, _meta: meta } = message.params;
  if (headers['mcp-name'] !== name || !isRecord(meta) || meta[PROTOCOL_VERSION_META_KEY] !== newestRevision)
    return undefined;
  return isRecord(meta[CLIENT_CAPABILITIES_META_KEY]) && isJSONRPCRequest(message) ? message : undefined;
}

/** The answer as a JSON text, or, where it is an error or the server speaks before it, as the SDK makes it. Undefined when the server does not speak the revision by itself, empty when nobody is left to answer. */
export async function answerPlainCall(
  server: Server,
  call: JSONRPCRequest,
  gone: AbortSignal,
): Promise<string | Response | undefined> {
  const transport = new PlainTransport({ classification: { era: 'modern', revision: newestRevision } });
  await server.connect(transport);
  if (server.getNegotiatedProtocolVersion() !== newestRevision) return undefined;
  const close = () => void server.close();
  gone.addEventListener('abort', close, { once: true });
  const response = transport.handleMessage(call);
  // It never comes where the text does.
  response.catch(() => undefined);
  try {
    const answer = await Promise.race([transport.text, response]);
    // Closing an answered server frees nothing, and takes its time.
    if (typeof answer === 'string') gone.removeEventListener('abort', close);
    return answer;
  } catch (error) {
    if (gone.aborted) return '';
    throw error;
  }
}

class PlainTransport extends PerRequestHTTPServerTransport {
  readonly #text = Promise.withResolvers<string>();
  #isStreaming = false;

  /** Of the answer, where nothing came before it. */
  get text(): Promise<string> {
    return this.#text.promise;
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('result' in message && !this.#isStreaming) {
      this.#text.resolve(JSON.stringify(message));
      return;
    }
    this.#isStreaming = true;
    await super.send(message, options);
  }
}
