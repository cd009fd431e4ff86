/** Puts the playground together: simulated Discord, offline model, the product in its own process, and the page's server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../config/settings.ts';
import type { Config } from '../config/types.ts';
import type { SimulatedDiscord } from '../simulator/discord/discord.ts';
import { startDiscord } from '../simulator/discord/start.ts';
import { startModelServer } from '../simulator/model/model-server.ts';
import { createOfflineModel } from '../simulator/model/offline-model.ts';
import type { AttachedFile } from './attachments.ts';
import { createHub } from './hub.ts';
import { loadPageFiles } from './page-files.ts';
import { startProduct } from './product.ts';
import { Uploads } from './uploads.ts';
import { startWebServer } from './web-server.ts';
import type { ModelAtWork } from './wire.ts';
import { furnish } from './world.ts';

export interface Playground {
  readonly url: string;
  readonly model: ModelAtWork;
  /** Ends everything that was started, the product first; within 9 s. */
  close(): Promise<void>;
}

export interface PlaygroundOptions {
  /** Of the page; the next free one is taken when it is not free. 0: any. */
  readonly port: number;
  readonly environment: Environment;
  readonly config: Config;
  /** The product died and is started again after `retryInMs`. */
  readonly onDeath: (retryInMs: number) => void;
}

/** @throws {Error} when something cannot be started; what was started before is ended again. */
export async function startPlayground({ port, environment, config, onDeath }: PlaygroundOptions): Promise<Playground> {
  await using started = new AsyncDisposableStack();

  const folder = await mkdtemp(join(tmpdir(), 'jupan-playground-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const discord = started.use(
    await startDiscord({
      guildLocale: 'none',
      isPublic: false,
      checkBodies: false,
      retainedRequests: 1000,
      grantsMessageContent: config.listening.readsContent,
    }),
  );
  furnish(discord);

  const isOffline = !hasModel(environment);
  const model = { isOffline, name: isOffline ? 'offline' : config.model.name };
  const uploads = new Uploads();
  const hub = started.adopt(createHub(discord, model, uploads), (open) => open.close());
  const web = started.adopt(
    await startWebServer({
      port,
      files: await loadPageFiles(),
      onWindow: hub.connect,
      uploads,
      findAttachment: (ids) => findAttachment(discord, ids),
    }),
    (open) => open.close(),
  );

  const offlineModel = isOffline
    ? started.use(await startModelServer({ respond: createOfflineModel(), retainedRequests: 100 }))
    : undefined;
  started.adopt(
    startProduct({
      environment: {
        ...environment,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_CDN_HOSTS: discord.cdn.host,
        DISCORD_TOKEN: discord.token,
        STORE_URL: `sqlite://${join(folder, 'jupan.sqlite')}`,
        ...(offlineModel ? { OPENAI_BASE_URL: offlineModel.baseUrl, OPENAI_API_KEY: '', OPENAI_MODEL: '' } : {}),
      },
      onDeath,
    }),
    (running) => running.close(),
  );

  const closing = started.move();
  return { url: web.url, model, close: () => closing.disposeAsync() };
}

function findAttachment(
  discord: SimulatedDiscord,
  [channelId = '', messageId, attachmentId]: readonly string[],
): AttachedFile | undefined {
  const message = discord.channel(channelId)?.messages.find(({ id }) => id === messageId);
  const attachments = [...(message?.attachments ?? []), ...(message?.forwarded?.attachments ?? [])];
  return attachments.find(({ id }) => id === attachmentId);
}

/** A key, or a server that may need none, means that the visitor has a model to work with. */
function hasModel({ OPENAI_API_KEY, OPENAI_BASE_URL }: Environment): boolean {
  return Boolean(OPENAI_API_KEY?.trim() || OPENAI_BASE_URL?.trim());
}
