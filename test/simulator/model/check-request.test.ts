import OpenAI from 'openai';
import { afterAll, expect, test } from 'vitest';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';

const server = await startModelServer({ respond: () => ({ text: 'fine' }) });
afterAll(() => server.close());
const client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'key', maxRetries: 0 });

const user = { role: 'user', content: 'Mina: 1+1' };
const call = (id: string, name = 'add', text: unknown = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});
const calling = (...ids: string[]) => ({ role: 'assistant', content: null, tool_calls: ids.map((id) => call(id)) });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: '2' });
const picture = (url: string, more: object = {}) => ({ type: 'image_url', image_url: { url, ...more } });
const png = 'data:image/png;base64,iVBORw0KGgo=';
const showing = (...parts: object[]) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }, ...parts] }],
});
const tool = (name: string, parameters: unknown = { type: 'object', properties: {} }, strict = false) => ({
  type: 'function',
  function: { name, parameters, strict },
});
const number = { type: 'number' };

function ask(body: object): Promise<OpenAI.ChatCompletion> {
  // The point is to send what the SDK's types forbid.
  return client.chat.completions.create({ model: 'gpt-4o', messages: [user], ...body } as never);
}

test.each<[string, object]>([
  ['a whole exchange', { messages: [user, calling('1', '2'), result('2'), result('1'), user] }],
  ['parallel calls off with tools', { tools: [tool('a')], parallel_tool_calls: false, tool_choice: 'none' }],
  ['128 tools', { tools: Array.from({ length: 128 }, (_, index) => tool(`t${index}`)) }],
  [
    'a strict schema',
    {
      tools: [
        tool('a', { type: 'object', properties: { a: number }, required: ['a'], additionalProperties: false }, true),
      ],
    },
  ],
  ['text parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
  ['a picture', showing(picture(png))],
  ['several, by detail and by address', showing(picture(png, { detail: 'low' }), picture('https://example.org/a.png'))],
  [
    'the other formats',
    showing(...['/9j/4AAQ', 'R0lGODlh', 'UklGRgAAAABXRUJQ'].map((data) => picture(`data:image/any;base64,${data}`))),
  ],
  ['the same call id in two steps', { messages: [user, calling('1'), result('1'), calling('1'), result('1')] }],
])('takes %s', async (_name, body) => {
  await expect(ask(body)).resolves.toMatchObject({ object: 'chat.completion' });
});

test.each<[string, object, string]>([
  [
    'a call without its result',
    { messages: [user, calling('1', '2'), result('1')] },
    'did not have response messages: 2',
  ],
  [
    'a call whose result comes too late',
    { messages: [user, calling('1'), user, result('1')] },
    'must be followed by tool messages',
  ],
  [
    'a result without a call',
    { messages: [user, result('1')] },
    "must be a response to a preceeding message with 'tool_calls'",
  ],
  [
    'a result of an earlier step',
    { messages: [user, calling('1'), result('1'), user, result('1')] },
    'must be a response to a preceeding',
  ],
  [
    'two results of one call',
    { messages: [user, calling('1'), result('1'), result('1')] },
    "Duplicate value for 'tool_call_id'",
  ],
  [
    'a result without an id',
    { messages: [user, calling('1'), { role: 'tool', content: '2' }] },
    "must have a 'tool_call_id'",
  ],
  [
    'an empty list of calls',
    { messages: [user, { role: 'assistant', content: 'x', tool_calls: [] }] },
    'Expected an array with minimum length 1',
  ],
  [
    '129 calls',
    { messages: [user, calling(...Array.from({ length: 129 }, (_, index) => `${index}`))] },
    'Expected an array with maximum length 128',
  ],
  [
    'arguments that are no text',
    { messages: [user, { role: 'assistant', tool_calls: [call('1', 'add', {})] }, result('1')] },
    'expected a string, but got an object instead',
  ],
  [
    'a called name with a dot',
    { messages: [user, { role: 'assistant', tool_calls: [call('1', 'a.b')] }, result('1')] },
    'string does not match pattern',
  ],
  [
    'a picture of the assistant',
    { messages: [user, { role: 'assistant', content: [picture(png)] }] },
    "Invalid value: 'image_url'",
  ],
  [
    'a picture of the program',
    { messages: [{ role: 'system', content: [picture(png)] }, user] },
    "Invalid value: 'image_url'",
  ],
  ['a picture without an address', showing({ type: 'image_url' }), 'expected an object'],
  [
    'a picture of another format',
    showing(picture('data:image/bmp;base64,Qk0AAAAA')),
    "one the following formats: ['png'",
  ],
  ['a picture that is svg', showing(picture('data:image/png;base64,PHN2Zz4=')), "one the following formats: ['png'"],
  ['a picture that is no base64', showing(picture('data:image/png;base64,%%%')), 'Invalid base64'],
  ['a picture that is a path', showing(picture('cat.png')), 'expected a base64-encoded data URL'],
  ['a detail it does not know', showing(picture(png, { detail: 'most' })), "Invalid value: 'most'"],
  ['a part it does not know', showing({ type: 'image', url: png }), "Invalid value: 'image'"],
  ['a part without words', showing({ type: 'text' }), 'expected a string'],
  ['a list of no parts', { messages: [{ role: 'user', content: [] }] }, 'Expected an array with minimum length 1'],
  ['an empty list of tools', { tools: [] }, "Invalid 'tools': empty array"],
  [
    '129 tools',
    { tools: Array.from({ length: 129 }, (_, index) => tool(`t${index}`)) },
    'got an array with length 129',
  ],
  [
    'a tool name with a dot',
    { tools: [tool('calculator.add')] },
    "Invalid 'tools[0].function.name': string does not match pattern",
  ],
  ['a tool name of 65 characters', { tools: [tool('a'.repeat(65))] }, 'Expected a string with maximum length 64'],
  [
    'parallel calls without tools',
    { parallel_tool_calls: true },
    "'parallel_tool_calls' is only allowed when 'tools' are specified",
  ],
  ['a tool choice without tools', { tool_choice: 'auto' }, "'tool_choice' is only allowed when 'tools' are specified"],
  ['a schema that is no object', { tools: [tool('a', { type: 'string' })] }, 'got \'type: "string"\''],
  ['a schema without a type', { tools: [tool('a', {})] }, 'got \'type: "None"\''],
  ['a schema without properties', { tools: [tool('a', { type: 'object' })] }, 'object schema missing properties'],
  [
    'a union at the root',
    { tools: [tool('a', { type: 'object', properties: {}, anyOf: [] })] },
    "not have 'oneOf'/'anyOf'/'allOf'",
  ],
  [
    'an array without items',
    { tools: [tool('a', { type: 'object', properties: { list: { type: 'array' } } })] },
    "In context=('properties', 'list'), array schema missing items",
  ],
  [
    'a strict schema with an optional key',
    {
      tools: [
        tool('a', { type: 'object', properties: { a: number }, required: [], additionalProperties: false }, true),
      ],
    },
    "Missing 'a'",
  ],
  [
    'a strict schema open to more',
    { tools: [tool('a', { type: 'object', properties: {} }, true)] },
    "'additionalProperties' is required",
  ],
  ['both token limits', { max_tokens: 5, max_completion_tokens: 5 }, 'at the same time is not supported'],
  ['a token limit of nothing', { max_completion_tokens: 0 }, 'Expected a value >= 1'],
  ['a temperature of 3', { temperature: 3 }, 'Expected a value <= 2'],
  [
    'stream options without a stream',
    { stream_options: { include_usage: true } },
    "only allowed when 'stream' is enabled",
  ],
  ['no messages', { messages: [] }, "Invalid 'messages': empty array"],
  ['messages left out', { messages: undefined }, "Missing required parameter: 'messages'"],
  ['an unknown role', { messages: [{ role: 'bot', content: 'x' }] }, "Invalid value: 'bot'"],
  ['a message of nothing', { messages: [{ role: 'user', content: null }] }, 'expected a string, got null'],
  [
    'an assistant message of nothing',
    { messages: [user, { role: 'assistant', content: null }] },
    'expected a string, got null',
  ],
  ['an author name with a space', { messages: [{ ...user, name: 'Kim Mina' }] }, 'string does not match pattern'],
  [
    'an argument it does not know',
    { max_output_tokens: 5 },
    'Unrecognized request argument supplied: max_output_tokens',
  ],
  ['no model', { model: '' }, 'you must provide a model parameter'],
])('refuses %s', async (_name, body, message) => {
  const problems = server.problems.length;
  await expect(ask(body)).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    message: expect.stringContaining(message),
  });
  expect(server.problems.slice(problems)).toEqual([expect.stringContaining(message)]);
});

test('refuses what is not JSON and addresses that do not exist', async () => {
  const bad = await fetch(`${server.baseUrl}/chat/completions`, { method: 'POST', body: '{"model":' });
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('We could not parse the JSON body')]);
  const lost = await fetch(`${server.baseUrl}/responses`, { method: 'POST', body: '{}' });
  expect([lost.status, await lost.text()]).toEqual([404, expect.stringContaining('Invalid URL (POST /v1/responses)')]);
});
