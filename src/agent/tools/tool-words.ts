/** What a tool says of itself, as a text that is the same for the same words, whichever order a server writes its fields in. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import { isRecord } from '../../json.ts';
import { hashOf } from '../decision.ts';
import type { ListedTool } from './tool.ts';

/** Lines that can be compared: of every field its name, schemas as JSON with their keys in order. */
export function wordsOf(tool: ListedTool): string {
  const { name, description, inputSchema, outputSchema, isRepeatable, isDestructive } = tool;
  return [
    `name: ${name}`,
    `description: ${description}`,
    `takes: ${toOrderedJson(inputSchema)}`,
    ...(outputSchema === undefined ? [] : [`gives: ${toOrderedJson(outputSchema)}`]),
    `may be called twice: ${isRepeatable ? 'yes' : 'no'}`,
    `may destroy something: ${isDestructive ? 'yes' : 'no'}`,
  ].join('\n');
}

/** Which server it is: another address under the same name is another server. Says nothing of what is in the address. */
export function serverKeyOf(config: ToolServerConfig): string {
  const address = 'url' in config ? [config.url] : [config.command, ...config.args];
  // What one community has approved counts in no other, nor once it has removed the server.
  if ('url' in config && config.guild !== undefined) address.push(config.guild.id, String(config.guild.addedAt));
  return hashOf(JSON.stringify([config.name, ...address])).slice(0, 32);
}

/** The tool of that server, and all that it says of itself. */
export function toolHashOf(serverKey: string, words: string): string {
  return hashOf(`${serverKey}\n${words}`);
}

function toOrderedJson(value: unknown): string {
  return JSON.stringify(inOrder(value), undefined, 1);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, inOrder(part)]));
}
