/** Every tool server: whether it can be reached, how, with which credentials, what it has and how fast it is. */
import { inspectToolServer, type ToolServerState } from '../../agent/tools/inspect-server.ts';
import { calculatorUrl } from '../../config/calculator.ts';
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import { type Check, type CheckContext, isBad, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';

export const checkToolServers: Check = async (context) => {
  if (isBad(context, 'MCP_CONFIG', 'MCP_HOST', 'MCP_PORT')) return skipped(context.words);
  const found = await Promise.all(context.config.toolServers.map((server) => checkToolServer(server, context)));
  return found.flat();
};

async function checkToolServer(server: ToolServerConfig, { config, words, signal }: CheckContext): Promise<Finding[]> {
  const inspected = await inspectToolServer(server, signal);
  if (inspected.type === 'up') return toFindings(server, inspected.state, words);
  const { failure, reason } = inspected;
  const ours = calculatorUrl(config.calculator);
  if (failure === 'unreachable' && 'url' in server && server.url === ours) {
    return [{ status: 'ok', text: words.calculatorDown(ours) }];
  }
  return [{ status: 'problem', text: words.toolsDown(server.name, reason), advice: words.toolsTodo[failure] }];
}

function toFindings(server: ToolServerConfig, state: ToolServerState, words: CheckContext['words']): Finding[] {
  const { name } = server;
  const { tools, transport, revision = '?', latencyMs, unknown } = state;
  const how = transport === 'stdio' ? transport : `${transport} (${words.auth(authOf(server))})`;
  const main: Finding =
    tools.length === 0
      ? { status: 'warning', text: words.toolsNone(name) }
      : { status: 'ok', text: words.toolsFine(name, tools.length, how, revision, latencyMs) };
  if (unknown.length === 0) return [main];
  const text = words.toolsUnknown(name, unknown.join(', '));
  return [main, { status: 'warning', text, advice: words.toolsUnknownTodo }];
}

function authOf(server: ToolServerConfig): 'none' | 'header' | 'oauth' {
  if (!('url' in server)) return 'none';
  if (server.oauth !== undefined) return 'oauth';
  return Object.keys(server.headers).length === 0 ? 'none' : 'header';
}
