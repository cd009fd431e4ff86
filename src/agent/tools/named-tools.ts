/** The tools of servers that may be used, by the names that the model knows them by. */
import type { Logger } from '../../log.ts';
import type { ServerTool } from './called-tool.ts';
import { toModelNames } from './tool-names.ts';
import type { ToolSource } from './tool-source.ts';

/** In characters: one tool must not fill every prompt, nor make every request refused. */
const largestSchema = 32_000;

/**
 * In an order that does not change.
 * @param reserved Names that none of them may have.
 */
export function nameTools(
  servers: readonly ToolSource[],
  reserved: readonly string[],
  log: Logger,
): Map<string, ServerTool> {
  const unlisted = servers.flatMap(({ name, unlisted: count }) => (count === 0 ? [] : [[name, count] as const]));
  if (unlisted.length > 0) {
    const advice = 'Name those that are needed under "allow" in MCP_CONFIG: no more are read of one server.';
    log.warn('tools-too-many', { missing: Object.fromEntries(unlisted), advice });
  }
  const usable = servers.flatMap((server) => usableTools(server, log));
  const named = usable.map(({ server: { name, prefix }, tool }) => ({ server: name, tool: tool.name, prefix }));
  const names = toModelNames(named, reserved);
  return new Map(usable.map((each, place) => [names[place] ?? '', each]));
}

function usableTools(server: ToolSource, log: Logger): ServerTool[] {
  const on = server.tools.filter((tool) => server.isOff?.(tool) !== true);
  const sorted = on.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((tool) => {
    if (JSON.stringify(tool.inputSchema).length <= largestSchema) return [{ server, tool }];
    log.warn('tool-too-large', { server: server.name, tool: tool.name, advice: 'Name it under "deny".' });
    return [];
  });
}
