/** The server that the conformance suite expects to find, as far as it can be carried by one JSON response a request. */
import { type ContentBlock, type PromptMessage, Server } from '@modelcontextprotocol/server';

const image: ContentBlock = {
  type: 'image',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  mimeType: 'image/png',
};
const text = (content: string): ContentBlock => ({ type: 'text', text: content });
const resource = (uri: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType: 'text/plain', text: 'An embedded resource.' },
});

const tools: Readonly<Record<string, readonly ContentBlock[]>> = {
  test_simple_text: [text('A simple text.')],
  test_image_content: [image],
  test_audio_content: [{ type: 'audio', data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA', mimeType: 'audio/wav' }],
  test_embedded_resource: [resource('test://embedded-resource')],
  test_multiple_content_types: [text('Several:'), image, resource('test://mixed-content-resource')],
  test_error_handling: [text('This tool always fails.')],
};

const prompts: Readonly<Record<string, (given: Readonly<Record<string, string>>) => readonly ContentBlock[]>> = {
  test_simple_prompt: () => [text('A simple prompt.')],
  test_prompt_with_arguments: ({ arg1, arg2 }) => [text(`Arguments: ${arg1}, ${arg2}`)],
  test_prompt_with_embedded_resource: ({ resourceUri = '' }) => [resource(resourceUri), text('Process it.')],
  test_prompt_with_image: () => [image, text('Look at it.')],
};

export function createFixtureServer(): Server {
  const server = new Server(
    { name: 'fixture', version: '1' },
    { capabilities: { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} } },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: Object.keys(tools).map((name) => ({ name, description: name, inputSchema: { type: 'object' } })),
  }));
  server.setRequestHandler('tools/call', ({ params: { name } }) => ({
    content: [...(tools[name] ?? [])],
    isError: name === 'test_error_handling',
  }));
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.keys(prompts).map((name) => ({ name, description: name })),
  }));
  server.setRequestHandler('prompts/get', ({ params }) => {
    const content = prompts[params.name]?.(params.arguments ?? {}) ?? [];
    return { messages: content.map((block): PromptMessage => ({ role: 'user', content: block })) };
  });
  server.setRequestHandler('resources/list', () => ({
    resources: [{ uri: 'test://static-text', name: 'text', description: 'A text', mimeType: 'text/plain' }],
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => ({
    contents: [
      uri === 'test://static-binary'
        ? { uri, mimeType: 'image/png', blob: 'iVBORw0KGgo=' }
        : { uri, mimeType: 'text/plain', text: `This is ${uri}.` },
    ],
  }));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('completion/complete', ({ params: { argument } }) => ({
    completion: { values: ['one', 'other', 'two'].filter((value) => value.startsWith(argument.value)) },
  }));
  return server;
}
