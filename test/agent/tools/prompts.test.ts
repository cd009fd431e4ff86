/** Prompts of tool servers as questions: what the model is sent of them, and what is said where they cannot be had. */
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import type { Attachment } from '../../../src/agent/turn.ts';
import { startAgent } from '../support/start-agent.ts';

const everything = {
  name: 'everything',
  command: process.execPath,
  args: [resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js'), 'stdio'],
  env: {},
} as const;

function promptOf(name: string, args: Readonly<Record<string, string>> = {}): Attachment {
  return { name, bytes: 0, url: '', source: { type: 'prompt', server: 'everything', name, arguments: args } };
}

async function heardOf(agent: Agent): Promise<void> {
  const heard = Promise.withResolvers<void>();
  const end = agent.content.watch(heard.resolve);
  await agent.tools(AbortSignal.timeout(20_000));
  if (agent.content.offered.length === 0) await heard.promise;
  end();
}

test('a prompt of a real server is asked in its words, with its arguments, between marks', async () => {
  await using world = await startAgent({ answers: [{ text: 'Mild.' }], toolServers: [everything] });
  await heardOf(world.agent);
  console.log(JSON.stringify(world.agent.content.offered));
  const turn = await world.ask('/everything args-prompt city: Seoul', {
    attachments: [promptOf('args-prompt', { city: 'Seoul' })],
  });
  expect(turn.end).toEqual({ type: 'answered' });
  console.log(JSON.stringify(world.model.requests.at(-1)?.messages.at(-1)), JSON.stringify(turn.files));
});
