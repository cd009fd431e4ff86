/**
 * The floor that the product is measured against: a WebSocket, HTTP calls and nothing around them. It keeps no history,
 * survives nothing, limits nothing, and knows exactly one story. Not an example of anything else.
 *
 * Environment: DISCORD_API_URL, DISCORD_TOKEN, OPENAI_BASE_URL, MCP_URL.
 */
import { Agent as HttpAgent, request } from 'node:http';
import { WebSocket } from 'ws';

const {
  DISCORD_API_URL: apiUrl = '',
  DISCORD_TOKEN: token = '',
  OPENAI_BASE_URL: modelUrl = '',
  MCP_URL: calculatorUrl = '',
} = process.env;
const connections = new HttpAgent({ keepAlive: true, maxSockets: 256 });

/** Sends JSON and returns the text of the answer, waiting as told when there were too many requests. */
function send(method: string, url: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, agent: connections, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          if (response.statusCode !== 429) resolve(text);
          else
            setTimeout(
              () => send(method, url, body, headers).then(resolve, reject),
              Number(response.headers['retry-after'] ?? 1) * 1000,
            );
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const discord = (method: string, path: string, body?: unknown) =>
  send(method, `${apiUrl}/v10${path}`, body, { authorization: `Bot ${token}` });

async function complete(
  messages: readonly object[],
): Promise<{ content: string; tool_calls?: { id: string; function: { arguments: string } }[] }> {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'add',
        parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
      },
    },
  ];
  const answer = JSON.parse(
    await send(
      'POST',
      `${modelUrl}/chat/completions`,
      { model: 'gpt-4o', messages, tools },
      { authorization: 'Bearer none' },
    ),
  );
  return answer.choices[0].message;
}

async function answer(channelId: string, messageId: string, text: string): Promise<void> {
  const messages: object[] = [{ role: 'user', content: text }];
  const typing = discord('POST', `/channels/${channelId}/typing`);
  const first = await complete(messages);
  messages.push({ role: 'assistant', ...first });
  for (const call of first.tool_calls ?? []) {
    const parameters = { name: 'add', arguments: JSON.parse(call.function.arguments) };
    const rpc = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: parameters };
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' };
    const result = JSON.parse(await send('POST', calculatorUrl, rpc, headers)).result.content[0].text;
    messages.push({ role: 'tool', tool_call_id: call.id, content: result });
    await discord('POST', `/channels/${channelId}/messages`, {
      content: `✅ add(${call.function.arguments}) → ${result}`,
    });
  }
  const last = await complete(messages);
  await discord('POST', `/channels/${channelId}/messages`, {
    content: last.content,
    message_reference: { message_id: messageId },
  });
  await typing;
}

const gateway = JSON.parse(await discord('GET', '/gateway/bot')).url;
const socket = new WebSocket(`${gateway}/?v=10&encoding=json`);
socket.on('message', (data) => {
  const { op, d: data_, t: type } = JSON.parse(String(data));
  if (op === 10)
    socket.send(
      JSON.stringify({
        op: 2,
        d: { token, intents: 1 | 512 | 4096, properties: { os: 'linux', browser: 'bare', device: 'bare' } },
      }),
    );
  if (op === 10) setInterval(() => socket.send(JSON.stringify({ op: 1, d: null })), data_.heartbeat_interval);
  if (type === 'MESSAGE_CREATE' && !data_.author.bot && data_.mentions.length > 0)
    void answer(data_.channel_id, data_.id, data_.content);
});
