/** What the playground makes of the settings: a model of one's own, and a port that is none. */
import { expect, test } from 'vitest';
import { startModelServer } from '../../src/simulator/model/model-server.ts';
import { startProgram } from '../support/program.ts';
import { openPlayground } from './running-playground.ts';
import { openWire } from './wire-window.ts';

test('a model of one’s own answers in place of the offline one, and the page names it', async () => {
  await using model = await startModelServer({ answers: [{ text: ['Hello, ', 'Alex!'] }] });
  const playground = await openPlayground({ OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: 'gpt-4o' });
  try {
    const window = await openWire(playground.url, playground.url);
    const welcome = await window.tell({ type: 'join', secret: null, name: 'Alex', language: 'en' });
    if (welcome.type !== 'welcome') throw new Error('no welcome');
    expect(welcome.model).toEqual({ isOffline: false, name: 'gpt-4o' });
    const dm = welcome.channels.find(({ kind }) => kind === 'dm');
    await window.waitFor((told) => 'commands' in told && told.commands.length > 0);
    const say = { type: 'say', channelId: dm?.id, content: 'Who are you?', repliesTo: null, files: [] };
    window.socket.send(JSON.stringify(say));
    await window.waitFor((told) => told.type === 'message' && told.message.content === 'Hello, Alex!');
    window.socket.terminate();
  } finally {
    await playground.stop();
  }
});

test('a port that is none, and a bad setting of the product, end it at once with one message', async () => {
  const program = startProgram('playground', { PLAYGROUND_PORT: '99999', OPENAI_TEMPERATURE: 'warm' });
  expect((await program.ended).code).toBe(1);
  expect(program.errors).toContain('PLAYGROUND_PORT: should be a whole number from 0 (any free port) to 65535.');
  expect(program.errors).toContain('OPENAI_TEMPERATURE: should be a number from 0 to 2.');
  expect(program.errors).not.toMatch(/^ +at /m);
});
