/** Models that take no pictures, and pictures that a model does not take: told apart once, and the question is answered. */
import { describe, expect, test } from 'vitest';
import type { AgentLimits } from '../../../src/agent/limits.ts';
import type { PictureRefusal } from '../../../src/agent/model/model-error.ts';
import { toPictureRefusal } from '../../../src/agent/model/picture-refusal.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import type { HttpAnswer } from '../../../src/simulator/model/answer.ts';
import type { ChatRequest } from '../../../src/simulator/model/chat-request.ts';
import { picturesNotTaken, serverError, unreadablePicture } from '../../../src/simulator/model/failures.ts';
import { type FileSource, startFileSource } from '../../support/file-source.ts';
import { toPng } from '../../support/sent-files.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';

const hasPictures = ({ messages }: ChatRequest) => messages.some(({ pictures }) => pictures.length > 0);
const reasons = ({ files = [] }: Turn) => files.map((file) => (file.type === 'left-out' ? file.reason : file.type));
const said = (status: number, message: string): HttpAnswer => ({ status, body: { error: { message } } });

interface World extends TestAgent {
  readonly source: FileSource;
  /** How many requests held pictures. */
  tries(): number;
}

/** A model that answers a request with pictures as `refuse` says, and any other. */
async function startWorld(
  refuse: (request: ChatRequest) => HttpAnswer | undefined,
  limits: Partial<AgentLimits> = {},
): Promise<World> {
  const source = await startFileSource();
  const world = await startAgent({
    respond: (request) => (hasPictures(request) ? refuse(request) : undefined) ?? { text: 'fine' },
    fetchAttachment: source.fetchAttachment,
    limits,
  });
  return {
    ...world,
    source,
    tries: () => world.model.requests.filter(hasPictures).length,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}

const openaiWords = 'Invalid content type. image_url is only supported by certain models.';

describe.each<[string, HttpAnswer]>([
  ['OpenAI', picturesNotTaken()],
  ['vLLM', said(400, 'At most 0 image(s) may be provided in one prompt.')],
  ['vLLM, newer', said(400, 'sentence-model is not a multimodal model')],
  [
    'llama.cpp',
    said(500, 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'),
  ],
  ['Ollama', said(500, 'this model is missing data required for image input')],
  ['LM Studio', said(400, 'Model does not support images. Please use a model that does.')],
  ['OpenRouter', said(404, 'No endpoints found that support image input')],
  [
    'DeepSeek',
    said(
      400,
      'Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text` at line 1',
    ),
  ],
  [
    'Groq',
    said(
      400,
      "'messages.1' : for 'role:user' the following must be satisfied[('messages.1.content' : value must be a string)]",
    ),
  ],
  [
    'a server built on pydantic, which knows no lists',
    {
      status: 422,
      body: { detail: [{ loc: ['body', 'messages', 1, 'content'], msg: 'Input should be a valid string' }] },
    },
  ],
  ['xAI', said(400, 'Image inputs are not supported by this model.')],
  ['a server built on pydantic', said(422, 'This model does not currently support vision')],
])('a model that takes no pictures, in the words of %s', (_server, answer) => {
  test('is asked without them, once for all', async () => {
    await using world = await startWorld(() => answer);
    const attachments = [world.source.put('a.png', toPng(1, 1)), world.source.put('a.txt', 'words')];
    const first = await world.ask('Look', { attachments });
    expect([reasons(first), first.end]).toEqual([['model', 'text'], { type: 'answered' }]);
    expect(world.model.requests.at(-1)?.messages.at(-1)?.text).toContain(
      '[left out: "a.png", of "Mina", because you take no pictures]',
    );
    await world.agent.settle(first);
    const second = await world.ask('And now?', { attachments });
    expect([reasons(second), second.end]).toEqual([['model', 'text'], { type: 'answered' }]);
    expect(world.tries()).toBe(1);
    expect(world.log.filter(({ event }) => event === 'model-takes-no-pictures')).toHaveLength(1);
  });
});

describe('a picture that a model does not take', () => {
  test('is left out of its own turn, and the next one is tried', async () => {
    await using world = await startWorld(() => (world.tries() === 1 ? unreadablePicture() : undefined));
    const attachments = [world.source.put('a.png', toPng(1, 1))];
    expect(reasons(await world.ask('Look', { attachments }))).toEqual(['unreadable']);
    expect(reasons(await world.ask('Look again', { attachments }))).toEqual(['image']);
    expect(world.tries()).toBe(2);
  });

  test('is too large for a server in between', async () => {
    await using world = await startWorld(() => ({ status: 413, body: '<h1>413 Request Entity Too Large</h1>' }));
    const turn = await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
    expect([reasons(turn), turn.end]).toEqual([['too-large'], { type: 'answered' }]);
  });

  test('in the midst of a history takes none of the question with it', async () => {
    await using world = await startWorld(() => (world.tries() === 1 ? undefined : unreadablePicture()), {
      historyPictures: 3,
    });
    await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
    const turn = await world.ask('And now?');
    expect(turn.end).toEqual({ type: 'answered' });
    expect(world.model.requests.at(-1)?.messages[1]?.text).toContain('[picture: "a.png"');
  });

  test('of the history stays when it is the new one that is refused', async () => {
    const widthOf = (url: string) => Buffer.from(url.split(',')[1] ?? '', 'base64').readUInt32BE(16);
    await using world = await startWorld(
      ({ messages }) =>
        messages.some(({ pictures }) => pictures.some((url) => widthOf(url) === 2)) ? unreadablePicture() : undefined,
      { historyPictures: 3 },
    );
    await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
    const turn = await world.ask('And this?', { attachments: [world.source.put('b.png', toPng(2, 1))] });
    expect([reasons(turn), turn.end]).toEqual([['unreadable'], { type: 'answered' }]);
    expect(
      world.model.requests
        .at(-1)
        ?.messages.flatMap(({ pictures }) => pictures)
        .map(widthOf),
    ).toEqual([1]);
  });

  test('has its bytes removed at once', async () => {
    await using world = await startWorld(() => picturesNotTaken());
    const turn = await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
    expect(await world.store.loadFile(`${turn.question.id}.sent.general.0`)).toBeUndefined();
  });
});

test('a failure that has nothing to do with pictures stays what it is', async () => {
  await using world = await startWorld(() => serverError(501));
  const turn = await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
  expect([reasons(turn), turn.end]).toEqual([['image'], { type: 'failed', code: 'model-error' }]);
});

test('the log never holds what a server quotes of a picture', async () => {
  await using world = await startWorld(() => ({
    status: 400,
    body: { error: { message: `Bad image_url data:image/png;base64,AAAABBBB.`, type: 'invalid_request_error' } },
  }));
  await world.ask('Look', { attachments: [world.source.put('a.png', toPng(1, 1))] });
  const words = world.log.map(({ fields }) => (fields.error instanceof Error ? fields.error.message : '')).join();
  expect(words).toContain('Bad image_url');
  expect(words).not.toContain('AAAABBBB');
});

test.each<[number, string | undefined, string, PictureRefusal | undefined]>([
  [400, undefined, openaiWords, 'model'],
  [
    400,
    'invalid_image_format',
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png']",
    'unreadable',
  ],
  [400, 'image_parse_error', 'You uploaded an unsupported image. Please make sure your image is valid.', 'unreadable'],
  [400, undefined, 'cannot identify image file <_io.BytesIO object>', 'unreadable'],
  [400, undefined, 'Failed to load image or audio file', 'unreadable'],
  [400, undefined, 'Could not process image', 'unreadable'],
  [400, undefined, 'The image exceeds the maximum size of 5 MB', 'too-large'],
  [400, undefined, 'Too many images in request', 'too-large'],
  [413, undefined, 'Payload Too Large', 'too-large'],
  [400, undefined, 'Something is odd about the image.', 'unreadable'],
  [400, undefined, "This model's maximum context length is 8192 tokens.", undefined],
  [400, undefined, 'Unsupported parameter: temperature', undefined],
  [500, undefined, 'The server had an error', undefined],
  [429, undefined, 'Rate limit reached', undefined],
])('%i %s «%s» is told as %s', (status, code, message, refusal) => {
  expect(toPictureRefusal({ status, code, message })).toBe(refusal);
});
