/** What a person says may hold pictures; what holds none goes out as it always did. */
import { expect, test } from 'vitest';
import { countMessage } from '../../../src/agent/history/trim.ts';
import { defaultLimits } from '../../../src/agent/limits.ts';
import type { ChatMessage } from '../../../src/agent/model/messages.ts';
import { createModel } from '../../../src/agent/model/model.ts';
import { silentLogger } from '../../../src/log.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';

const url = 'data:image/png;base64,iVBORw0KGgo=';
const shown: ChatMessage = {
  role: 'user',
  content: [
    { type: 'text', text: 'Mina: what is this?' },
    { type: 'image', url },
  ],
};

async function send(...messages: ChatMessage[]): Promise<unknown> {
  await using server = await startModelServer({ answers: [{ text: 'fine' }] });
  const model = createModel(toModelConfig(server.baseUrl), { limits: defaultLimits, log: silentLogger });
  await model.complete({
    messages,
    tools: [],
    mayCallTools: false,
    channelId: 'general',
    authorId: 'u1',
    signal: new AbortController().signal,
    onText: () => {},
  });
  server.assertComplete();
  return server.requests[0]?.body.messages;
}

test('a picture goes out as chat completions want it, after the text', async () => {
  expect(await send(shown)).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Mina: what is this?' },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ]);
});

test('plain text goes out to the letter', async () => {
  expect(JSON.stringify(await send({ role: 'user', content: 'Mina: hello' }))).toBe(
    '[{"role":"user","content":"Mina: hello"}]',
  );
});

test('a picture takes the same of a history however large it is, and never as much as its bytes', () => {
  const count = (text: string) => text.length;
  const large: ChatMessage = { role: 'user', content: [{ type: 'image', url: url + 'A'.repeat(5_000_000) }] };
  const small: ChatMessage = { role: 'user', content: [{ type: 'image', url }] };
  expect(countMessage(large, count)).toBe(countMessage(small, count));
  const alone = countMessage(small, count) - countMessage({ role: 'user', content: '' }, count);
  expect(countMessage(shown, count)).toBe(
    countMessage({ role: 'user', content: 'Mina: what is this?' }, count) + alone,
  );
});
