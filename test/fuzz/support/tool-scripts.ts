/** What tool servers send: lists, schemas, results, progress and forms, right and odd. */
import fc from 'fast-check';
import { oddJson, oddValue } from './json.ts';
import type { CallScript, ToolScript } from './odd-tool-server.ts';
import { oddName, oddText } from './texts.ts';

const hello = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: { listChanged: true }, resources: {} },
  serverInfo: { name: 'odd', version: '1' },
};

export const goodNames = ['look', 'change', 'count'] as const;

const tools = [
  { name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
  { name: 'change', inputSchema: { type: 'object' } },
  {
    name: 'count',
    inputSchema: { type: 'object', properties: { a: { type: 'integer' } } },
    outputSchema: { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] },
  },
];

/** Nothing is odd. */
export const goodScript: ToolScript = { hello: JSON.stringify(hello), tools: JSON.stringify({ tools }), calls: [] };

const base64 = fc.oneof(fc.base64String({ maxLength: 80 }), oddText);
const mimeType = fc.oneof(fc.constantFrom('image/png', 'audio/mpeg', 'text/plain', 'image/svg+xml; x=y'), oddText);
const uri = fc.oneof(fc.webUrl(), fc.constantFrom('file:///a/../../etc/passwd', 'data:,'), oddText);

const block: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('text'), text: oddText }) },
  fc.record({ type: fc.constantFrom('image', 'audio'), data: base64, mimeType }),
  fc.record({ type: fc.constant('resource_link'), name: oddText, uri, description: oddText, mimeType }),
  fc.record({ type: fc.constant('resource'), resource: fc.record({ uri, mimeType, text: oddText }) }),
  fc.record({ type: fc.constant('resource'), resource: fc.record({ uri, mimeType, blob: base64 }) }),
  fc.record({ type: oddName, text: oddText }),
);

const result = fc.record(
  {
    content: fc.oneof(
      { weight: 20, arbitrary: fc.array(block, { maxLength: 5 }) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(
            { type: 'text', text: 'x' },
            { type: 'image', data: 'aGk=', mimeType: 'image/png' },
            { type: 'resource_link', name: 'x', uri: 'docs://' },
          )
          .map((one) => Array.from({ length: 1_200 }, (_, at) => ('uri' in one ? { ...one, uri: one.uri + at } : one))),
      },
    ),
    structuredContent: fc.oneof(fc.dictionary(oddName, oddValue, { maxKeys: 3 }), fc.record({ sum: oddValue })),
    isError: fc.boolean(),
    _meta: fc.dictionary(oddName, oddValue, { maxKeys: 2 }),
  },
  { requiredKeys: ['content'] },
);

const answer = fc.oneof(
  { weight: 6, arbitrary: result.map((given) => ({ jsonrpc: '2.0', id: '$id', result: given })) },
  {
    weight: 2,
    arbitrary: fc.record({ code: fc.integer(), message: oddText, data: oddValue }).map((error) => ({
      jsonrpc: '2.0',
      id: '$id',
      error,
    })),
  },
);

const progress = fc
  .record({ progress: oddValue, total: oddValue, message: oddText }, { requiredKeys: ['progress'] })
  .map((params) => ({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: '$token', ...params },
  }));

const option = fc.record({ const: oddName, title: oddText }, { requiredKeys: ['const'] });
const field = fc.record(
  {
    type: fc.oneof(fc.constantFrom('string', 'number', 'integer', 'boolean', 'array'), oddName),
    title: oddText,
    description: oddText,
    enum: fc.array(oddName, { maxLength: 30 }),
    enumNames: fc.array(oddText, { maxLength: 3 }),
    oneOf: fc.array(option, { maxLength: 30 }),
    items: fc.record({ anyOf: fc.array(option, { maxLength: 4 }) }),
    default: oddValue,
    minLength: fc.integer(),
    maxLength: fc.integer(),
    minimum: fc.integer(),
    maximum: fc.integer(),
  },
  { requiredKeys: ['type'] },
);

/** The parameters of `elicitation/create`. */
export const formParameters = fc.record({
  message: oddText,
  requestedSchema: fc.record({
    type: fc.constant('object'),
    properties: fc.dictionary(oddName, field, { maxKeys: 7 }),
    required: fc.array(oddName, { maxLength: 3 }),
  }),
});

const meanwhile = fc.oneof(
  { weight: 3, arbitrary: progress },
  {
    weight: 2,
    arbitrary: formParameters.map((params) => ({ jsonrpc: '2.0', id: 'form', method: 'elicitation/create', params })),
  },
  fc.constantFrom('ping', 'roots/list', 'sampling/createMessage', 'nothing/known').map((method) => ({
    jsonrpc: '2.0',
    id: 'asked',
    method,
    params: {},
  })),
  fc.record({ level: oddName, data: oddValue }).map((params) => ({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params,
  })),
  oddValue,
);

const call: fc.Arbitrary<CallScript> = fc.record({
  isStream: fc.boolean(),
  before: fc.array(meanwhile.chain(oddJson), { maxLength: 4 }),
  answer: fc.oneof({ weight: 14, arbitrary: answer.chain(oddJson) }, { weight: 1, arbitrary: fc.constant(undefined) }),
});

/** The list is right, what calls come to is odd. */
export const oddCalls: fc.Arbitrary<ToolScript> = fc.record({
  hello: fc.constant(goodScript.hello),
  tools: fc.constant(goodScript.tools),
  calls: fc.array(call, { minLength: 1, maxLength: 6 }),
});

const linkBlock = fc.record(
  { type: fc.constant('resource_link'), name: oddText, uri, title: oddText, description: oddText, mimeType },
  { requiredKeys: ['type', 'name', 'uri'] },
);
const contents = fc.array(
  fc.oneof(fc.record({ uri, mimeType, text: oddText }), fc.record({ uri, mimeType, blob: base64 }), {
    weight: 1,
    arbitrary: fc.record({ uri, text: oddValue, blob: oddValue }),
  }),
  { maxLength: 4 },
);
const given = fc.oneof(
  { weight: 4, arbitrary: contents.map((parts) => ({ jsonrpc: '2.0', id: '$id', result: { contents: parts } })) },
  { weight: 1, arbitrary: answer },
);

/** The first call links to odd things, and odd things are given out for them. */
export const oddLinks: fc.Arbitrary<ToolScript> = fc
  .record({
    links: fc.array(fc.oneof({ weight: 3, arbitrary: linkBlock }, block), { minLength: 1, maxLength: 120 }),
    readings: fc.array(given.chain(oddJson), { minLength: 1, maxLength: 5 }),
  })
  .map(({ links, readings }) => ({
    ...goodScript,
    calls: [JSON.stringify({ jsonrpc: '2.0', id: '$id', result: { content: links } }), ...readings].map((text) => ({
      isStream: false,
      before: [],
      answer: text,
    })),
  }));

const keyword = fc.oneof(
  fc.constantFrom('type', 'properties', 'items', 'required', 'enum', 'const', 'default', 'pattern', 'format'),
  fc.constantFrom('anyOf', 'allOf', 'oneOf', 'not', 'if', '$ref', '$defs', '$schema', 'additionalProperties'),
  fc.constantFrom('minimum', 'maxLength', 'uniqueItems', 'dependentSchemas', 'patternProperties', 'description'),
  oddName,
);

const schema = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('object', 'string', 'integer', 'array', ['string', 'null'], true) },
    { weight: 1, arbitrary: fc.constantFrom('#', '#/$defs/a', '#/properties/a', 'https://example.com/x', '(a+)+$') },
    { weight: 2, arbitrary: tie('schema') },
    { weight: 1, arbitrary: fc.array(tie('schema'), { maxLength: 3 }) },
    { weight: 2, arbitrary: oddValue },
  ),
  schema: fc.dictionary(keyword, tie('value'), { maxKeys: 5, depthIdentifier: 'schema' }),
})).schema;

const tool = fc.record(
  {
    name: oddName,
    title: oddText,
    description: oddText,
    inputSchema: fc.oneof(
      schema,
      fc.record({ type: fc.constant('object'), properties: fc.dictionary(oddName, schema) }),
    ),
    outputSchema: schema,
    annotations: fc.record({ readOnlyHint: fc.boolean(), destructiveHint: fc.boolean(), title: oddText }),
  },
  { requiredKeys: ['name', 'inputSchema'] },
);

const toolList = fc
  .record(
    {
      tools: fc.oneof(
        { weight: 12, arbitrary: fc.array(tool, { maxLength: 6 }) },
        {
          weight: 1,
          arbitrary: fc
            .record({ one: tool, count: fc.constantFrom(127, 129, 1_100) })
            .map(({ one, count }) => Array.from({ length: count }, (_, n) => ({ ...one, name: `${one.name}${n}` }))),
        },
      ),
      nextCursor: oddText,
    },
    { requiredKeys: ['tools'] },
  )
  .chain(oddJson);

const oddHello = fc
  .record(
    { instructions: oddText, tools: fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, oddValue) },
    { requiredKeys: ['tools'] },
  )
  .map(({ tools: capability, ...more }) => ({ ...hello, capabilities: { tools: capability }, ...more }));

/** Everything that comes before a call is odd. */
export const oddLists: fc.Arbitrary<ToolScript> = fc.record({
  hello: oddHello.chain(oddJson),
  tools: toolList,
  calls: fc.constant([]),
});
