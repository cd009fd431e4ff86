/** The day on which the default model is switched off, while the bot runs. */
import { afterEach, expect, test } from 'vitest';
import { startModelServer } from '../../src/simulator/model/model-server.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

let world: World | undefined;
afterEach(() => world?.[Symbol.asyncDispose]());

/** A server on which gpt-4o is switched off as soon as it has answered once. */
async function startRetiringServer() {
  const models = ['gpt-4o', 'gpt-6-luna'];
  const server = await startModelServer({
    models,
    respond: ({ model }) => {
      models.splice(models.indexOf('gpt-4o') >>> 0, 1);
      return { text: `answered by ${model}` };
    },
  });
  return server;
}

async function ask({ general, discord }: World, text: string): Promise<string> {
  const jimin = discord.createUser({ name: 'jimin', locale: 'en-US' });
  return (await replyTo(general.says(jimin, `<@${discord.bot.id}> ${text}`), general)).content;
}

test('no question fails because of that day: its successor answers, and the log says so once', async () => {
  await using server = await startRetiringServer();
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings: { OPENAI_BASE_URL: server.baseUrl } });
  expect(await ask(world, 'before')).toBe('answered by gpt-4o');
  expect(await ask(world, 'on that day')).toBe('answered by gpt-6-luna');
  expect(await ask(world, 'after')).toBe('answered by gpt-6-luna');
  expect(botMessages(world.general)).toHaveLength(3);
  const replaced = await world.program.waitForEvent('model-replaced');
  expect(replaced).toMatchObject({
    model: 'gpt-4o',
    by: 'gpt-6-luna',
    advice: expect.stringContaining('OPENAI_MODEL'),
  });
});

test('a model that was set by hand is not replaced: members read what an admin understands', async () => {
  await using server = await startRetiringServer();
  const settings = { OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'gpt-4o' };
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings });
  expect(await ask(world, 'before')).toBe('answered by gpt-4o');
  expect(await ask(world, 'on that day')).toBe(
    '⚠️ The language model that I am set up with does not exist (any more). Please tell whoever runs this bot to choose another.',
  );
});
