/** What real servers do now and then, as the raw wire and the real SDK meet it. */
import { request } from 'node:http';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { unsupportedRole } from '../../../src/simulator/model/failures.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import {
  endlessComments,
  endlessLine,
  endlessText,
  oddUsages,
  reasonedAway,
} from '../../../src/simulator/model/oddities.ts';

const hello = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Mina: hello' }] };
const streamed = { ...hello, stream: true as const, stream_options: { include_usage: true } };

const clientOf = (baseURL: string) => new OpenAI({ baseURL, apiKey: 'key', maxRetries: 0 });

async function post(baseUrl: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

test.for(oddUsages)('a usage goes out to the letter, streamed and whole: %s', async (rawUsage) => {
  await using server = await startModelServer({ respond: () => ({ text: 'hi', rawUsage }) });
  for (const body of [streamed, hello]) {
    const text = await (await post(server.baseUrl, body)).text();
    expect(text).toContain(`"usage":${rawUsage}}`);
  }
  const completion = await clientOf(server.baseUrl).chat.completions.create(hello);
  expect(completion.choices[0]?.message.content).toBe('hi');
});

test('reasoning can take all that a model may write', async () => {
  await using server = await startModelServer({ respond: reasonedAway });
  const completion = await clientOf(server.baseUrl).chat.completions.create({ ...hello, max_completion_tokens: 700 });
  expect(completion).toMatchObject({
    choices: [{ finish_reason: 'length', message: { content: '' } }],
    usage: { completion_tokens: 700, completion_tokens_details: { reasoning_tokens: 700 } },
  });
});

test('the chunks of a stream are filled up to steps of one length, unless the client does without', async () => {
  await using server = await startModelServer({ respond: () => ({ text: ['a', 'longer piece'] }) });
  const client = clientOf(server.baseUrl);
  const fillings = async (options: object) => {
    const stream = await client.chat.completions.create({ ...hello, stream: true, stream_options: options });
    const chunks: object[] = await Array.fromAsync(stream);
    return chunks.map((chunk) => ('obfuscation' in chunk ? String(chunk.obfuscation).length : 0));
  };
  expect((await fillings({})).every((length) => length > 0)).toBe(true);
  expect(await fillings({ include_obfuscation: false })).toEqual([0, 0, 0, 0]);
});

test('a model can want its instructions from a developer', async () => {
  await using server = await startModelServer({ answers: [unsupportedRole('system'), { text: 'hi' }] });
  const client = clientOf(server.baseUrl);
  const instructed = (role: 'system' | 'developer') =>
    client.chat.completions.create({ ...hello, messages: [{ role, content: 'Be brief.' }, ...hello.messages] });
  await expect(instructed('system')).rejects.toMatchObject({ status: 400, code: 'unsupported_value' });
  expect((await instructed('developer')).choices[0]?.message.content).toBe('hi');
  server.assertComplete();
});

test.for([
  ['a line', endlessLine(1024), (text: string) => text.startsWith('data: x') && !text.includes('\n')],
  ['text', endlessText('more'), (text: string) => text.split('\n\n').length > 10],
  ['comments', endlessComments(), (text: string) => /^(?:: still here\n\n)+/.test(text)],
] as const)('a stream of %s goes on until the client goes', async ([, answer, isIt]) => {
  await using server = await startModelServer({ answers: [answer] });
  const response = await post(server.baseUrl, streamed);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.length < 200_000) text += (await reader?.read())?.value ?? '';
  expect(isIt(text)).toBe(true);
  await reader?.cancel();
  expect((await server.waitForRequest(({ isAborted }) => isAborted)).isAnswered).toBe(false);
});

test('one chunk can be as large as the script says', async () => {
  const text = 'x'.repeat(8 * 1024 * 1024);
  await using server = await startModelServer({ answers: [{ text }] });
  const body = await (await post(server.baseUrl, streamed)).text();
  expect(Math.max(...body.split('\n').map(({ length }) => length))).toBeGreaterThan(text.length);
});

test('retains the newest requests alone, and counts on', async () => {
  await using server = await startModelServer({ respond: () => ({ text: 'hi' }), retainedRequests: 2 });
  const ids: string[] = [];
  for (const content of ['1', '2', '3']) {
    const answer = await post(server.baseUrl, { ...hello, messages: [{ role: 'user', content }] });
    const { id }: { id: string } = JSON.parse(await answer.text());
    ids.push(id);
  }
  expect(server.requests.map(({ messages }) => messages[0]?.text)).toEqual(['2', '3']);
  expect(new Set(ids).size).toBe(3);
});

test('reads no more than 50 MiB of a body', async () => {
  await using server = await startModelServer({ answers: [{ text: 'hi' }] });
  const messages = [{ role: 'user', content: 'x'.repeat(51 * 1024 * 1024) }];
  expect((await post(server.baseUrl, { ...hello, messages })).status).toBe(413);
  expect(server.requests).toEqual([]);
  expect((await post(server.baseUrl, hello)).status).toBe(200);
});

test('serves no web page, whatever name it has this machine looked up by', async () => {
  await using server = await startModelServer({ respond: () => ({ text: 'hi' }) });
  expect((await post(server.baseUrl, hello, { origin: 'https://evil.example' })).status).toBe(403);
  const { port } = new URL(server.baseUrl);
  const statusFor = (host: string) =>
    new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/v1/models', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
  expect(await statusFor(`evil.example:${port}`)).toBe(403);
  expect(await statusFor('localhost:1')).toBe(200);
  expect(server.requests).toEqual([]);
  expect(server.problems).toEqual([]);
});
