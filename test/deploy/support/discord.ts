/** A simulated Discord and a model that can calculate, for a bot that was installed somewhere. */
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { startModelServer } from '../../../src/simulator/model/model-server.ts';
import { createOfflineModel } from '../../../src/simulator/model/offline-model.ts';
import { freePort } from '../../support/program.ts';
import { replyTo } from '../../support/world.ts';

export interface Surroundings extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  /** What points a bot at them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The answer to a member's question in #general, once there is a number in it. */
  ask(text: string): Promise<string>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const discord = await startDiscord();
  const model = await startModelServer({ respond: createOfflineModel({ wordsPerSecond: Number.POSITIVE_INFINITY }) });
  const general = discord.channels.find(({ name }) => name === 'general');
  if (general === undefined) throw new Error('the simulated guild has no #general');
  const jimin = discord.createUser({ name: 'jimin' });
  const settings = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(await freePort()),
  };
  return {
    discord,
    settings,
    async ask(text) {
      const question = general.says(jimin, `<@${discord.bot.id}> ${text}`);
      return (await replyTo(question, general, (content) => /\d/.test(content))).content;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([discord.close(), model.close()]);
    },
  };
}
