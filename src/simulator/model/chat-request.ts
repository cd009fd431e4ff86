/** A chat-completions request as a responder reads it: OpenAI's JSON with its optional parts filled in. */

import { isRecord } from '../../json.ts';

export interface ChatToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, to the letter. */
  readonly arguments: string;
}

export interface ChatMessage {
  readonly role: string;
  /** Text parts joined; empty when there is no content. */
  readonly text: string;
  /** Addresses of the pictures: data URLs, mostly. */
  readonly pictures: readonly string[];
  /** Empty but on assistant messages that call tools. */
  readonly toolCalls: readonly ChatToolCall[];
  /** On tool messages: the call that this is the result of. */
  readonly toolCallId?: string;
}

export interface ChatTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
  readonly isStrict: boolean;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  readonly isStreamed: boolean;
  /** Whether a stream ends with a chunk that counts tokens. */
  readonly includesUsage: boolean;
  /** Whether the chunks of a stream are filled up, so that their lengths give nothing away. OpenAI's default. */
  readonly includesObfuscation: boolean;
  /** The body as it was sent. */
  readonly body: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a body leniently: what is missing or of the wrong type comes out empty. Whether OpenAI would take it is another question. */
export function toChatRequest(body: JsonObject): ChatRequest {
  return {
    model: toText(body.model),
    messages: toObjects(body.messages).map(toMessage),
    tools: toObjects(body.tools).map(({ function: definition }) => toTool(isRecord(definition) ? definition : {})),
    isStreamed: body.stream === true,
    includesUsage: isRecord(body.stream_options) && body.stream_options.include_usage === true,
    includesObfuscation: !isRecord(body.stream_options) || body.stream_options.include_obfuscation !== false,
    body,
  };
}

function toMessage(message: JsonObject): ChatMessage {
  return {
    role: toText(message.role),
    text: Array.isArray(message.content)
      ? toObjects(message.content)
          .map((part) => toText(part.text))
          .join('')
      : toText(message.content),
    pictures: toObjects(message.content).flatMap(({ image_url: image }) =>
      isRecord(image) ? [toText(image.url)] : [],
    ),
    toolCalls: toObjects(message.tool_calls).map(({ id, function: call }) => ({
      id: toText(id),
      name: isRecord(call) ? toText(call.name) : '',
      arguments: isRecord(call) ? toText(call.arguments) : '',
    })),
    ...(typeof message.tool_call_id === 'string' ? { toolCallId: message.tool_call_id } : {}),
  };
}

function toTool({ name, description, parameters, strict }: JsonObject): ChatTool {
  return {
    name: toText(name),
    description: toText(description),
    parameters: isRecord(parameters) ? parameters : {},
    isStrict: strict === true,
  };
}

function toObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
