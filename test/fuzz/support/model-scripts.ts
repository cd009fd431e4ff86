/** What model servers answer with: streams of chunks, right and odd, and what is no stream at all. */
import fc from 'fast-check';
import type { Answer } from '../../../src/simulator/model/answer.ts';
import { damage, damaged, oddJson, oddValue } from './json.ts';
import { oddName, oddText } from './texts.ts';

/** @param names Of tools that are there. */
export function oddAnswers(names: readonly string[]): fc.Arbitrary<readonly Answer[]> {
  const name = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: oddName });
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: stream(name) },
      { weight: 3, arbitrary: calls(name) },
      { weight: 1, arbitrary: noStream },
    ),
    { minLength: 1, maxLength: 4 },
  );
}

/** Calls of these tools, with arguments of every kind. */
export function calls(name: fc.Arbitrary<string>): fc.Arbitrary<Answer> {
  const call = fc.record(
    {
      name,
      arguments: fc.oneof(
        { weight: 3, arbitrary: fc.dictionary(oddName, oddValue, { maxKeys: 3 }).map((args) => JSON.stringify(args)) },
        { weight: 1, arbitrary: fc.constant('{"a":1}').chain((text) => damage.map((done) => damaged(text, done))) },
        { weight: 1, arbitrary: oddText },
      ),
      id: fc.oneof(fc.constant(null), fc.constantFrom('', 'call_0', 'x'.repeat(300)), oddText),
    },
    { requiredKeys: ['name', 'arguments'] },
  );
  return fc.record(
    { text: oddText, toolCalls: fc.array(call, { minLength: 1, maxLength: 4 }) },
    { requiredKeys: ['toolCalls'] },
  );
}

function stream(name: fc.Arbitrary<string>): fc.Arbitrary<Answer> {
  const piece = fc.record(
    {
      index: fc.oneof(fc.nat(3), oddValue),
      id: fc.oneof(fc.constantFrom('a', 'b'), oddValue),
      type: fc.constant('function'),
      function: fc.record(
        {
          name: fc.oneof(name, oddValue),
          arguments: fc.oneof(fc.constantFrom('{', '"a":1', '}', '{}'), oddText, oddValue),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const delta = fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.oneof({ weight: 4, arbitrary: oddText }, { weight: 1, arbitrary: oddValue }),
      refusal: oddText,
      reasoning_content: oddText,
      tool_calls: fc.array(piece, { maxLength: 3 }),
      function_call: oddValue,
    },
    { requiredKeys: [] },
  );
  const finish = fc.oneof(
    fc.constantFrom('stop', 'stop', 'tool_calls', 'length', 'content_filter', 'function_call', 'error', ''),
    oddValue,
  );
  const chunk = fc
    .record({ delta, finish_reason: finish, usage: oddUsage }, { requiredKeys: ['delta'] })
    .chain(({ usage, ...choice }) =>
      oddJson({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'gpt-4o',
        choices: [{ index: 0, ...choice }],
        ...(usage === undefined ? {} : { usage }),
      }),
    );
  const event = fc.oneof(
    { weight: 8, arbitrary: chunk.map((text) => `data: ${text}\n\n`) },
    { weight: 1, arbitrary: chunk.map((text) => `data:${text}\r\n\r\n`) },
    fc.constantFrom(': waiting\n\n', 'data: [DONE]\n\n', 'event: error\ndata: {"error":{"message":"x"}}\n\n', '\n\n\n'),
    { weight: 1, arbitrary: oddText },
  );
  return fc
    .record({
      events: fc.array(event, { maxLength: 8 }),
      end: fc.constantFrom(whole, whole, whole, 'data: [DONE]\n\n', ''),
    })
    .map(({ events, end }) => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: events.join('') + end,
    }));
}

const whole = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

const oddUsage = fc.record(
  {
    prompt_tokens: oddValue,
    completion_tokens: oddValue,
    total_tokens: oddValue,
    prompt_tokens_details: fc.oneof(fc.record({ cached_tokens: oddValue }), oddValue),
  },
  { requiredKeys: [] },
);

/** Most say that they are not worth another try: else the SDK waits half a second, and then a whole one. */
const noStream: fc.Arbitrary<Answer> = fc
  .record({
    status: fc.constantFrom(200, 200, 204, 301, 400, 401, 404, 413, 422, 429, 500, 503),
    type: fc.constantFrom('application/json', 'text/html', 'text/event-stream'),
    retry: fc.constantFrom({ 'x-should-retry': 'false' }, { 'x-should-retry': 'false', 'retry-after-ms': '50' }),
    error: fc.record({ message: oddText, type: oddValue, param: oddValue, code: oddValue }, { requiredKeys: [] }),
  })
  .chain(({ status, type, retry, error }) =>
    oddJson({ error }).map((body) => ({ status, headers: { 'content-type': type, ...retry }, body })),
  );
