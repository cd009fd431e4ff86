/** What the bot consists of once the agent is there: what answers questions, and what finds those that were missed. */
import type { Client, Message } from 'discord.js';
import type { Agent } from '../../agent/agent.ts';
import { originalIdOf } from '../../agent/turn.ts';
import type { CatchUpConfig, DiscordConfig, LimitsConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { OperatorSettings } from '../../settings/resolve.ts';
import { Answering } from '../channel/answering.ts';
import type { AnsweringShare } from '../channel/answering-share.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import type { Showing } from '../channel/shown-turn.ts';
import { readAddress, withoutToken } from './address.ts';
import { CatchUp } from './catch-up/catch-up.ts';
import { lookUp } from './catch-up/look-up.ts';
import type { Connection } from './connection.ts';
import type { Listening } from './listening.ts';
import type { Parts } from './opening.ts';
import { createPlaces } from './place.ts';
import { StoredSettings } from './settings/stored-settings.ts';

export interface PartsOptions {
  readonly client: Client;
  readonly connection: Pick<Connection, 'refuseToken'>;
  readonly pending: PendingQuestions;
  readonly discord: DiscordConfig;
  readonly listening: Listening;
  readonly catchUp: CatchUpConfig;
  readonly limits: LimitsConfig;
  readonly share: AnsweringShare;
  readonly showing: Showing;
  readonly settings: OperatorSettings;
  /** Whether the session of another process was gone on with. Absent: it cannot be. */
  readonly isContinued?: () => boolean;
  /** Takes a message that catch-up has found. */
  readonly take: (message: Message) => Promise<void>;
  readonly log: Logger;
}

export function createParts(agent: Agent, options: PartsOptions): Parts {
  const {
    client,
    connection,
    pending,
    discord,
    listening,
    catchUp: config,
    limits,
    share,
    showing,
    settings: operator,
    isContinued,
    take,
    log,
  } = options;
  const answering = new Answering({
    agent,
    openPlace: createPlaces({ rest: client.rest, botId: () => client.user?.id }),
    log,
    ...showing,
    pending,
    lookUp: async ({ question, delivery }, signal) => {
      // What a command asked does not change.
      if (readAddress(delivery).isCommand || !client.isReady()) return undefined;
      const toChange = (message: Message) => listening.look(message);
      const channelId = readAddress(delivery).threadOf ?? question.channelId;
      return lookUp(client, { channelId, id: originalIdOf(question) }, { toChange, signal });
    },
    toKept: withoutToken,
    limits,
    share,
    onUnauthorized: () => connection.refuseToken(),
  });
  const catchUp = new CatchUp({
    client,
    agent,
    log,
    config,
    pending,
    shards: discord.shards,
    isContinued,
    readQuestion: (message) => listening.hear(message),
    take,
    say: (message, text) => answering.say(message, text),
  });
  const settings = new StoredSettings({ documents: agent.documents, operator, log });
  return { agent, answering, catchUp, settings };
}
