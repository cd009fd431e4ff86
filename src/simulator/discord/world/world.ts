/** The world as it begins, and who lives in it. */

import { Cdn } from '../cdn/cdn.ts';
import type { Locale, SimulatedUser } from '../face/user.ts';
import { Emitter } from './emitter.ts';
import { Files } from './files.ts';
import { InteractionsEndpoint } from './interactions-endpoint.ts';
import { Logins } from './logins.ts';
import { OldEdits } from './old-edits.ts';
import { Problems } from './problems.ts';
import { Snowflakes } from './snowflakes.ts';
import type { World } from './state.ts';
import { WebhookMessages, type WebhookMessagesOptions } from './webhook-messages.ts';

export interface WorldOptions extends WebhookMessagesOptions {
  readonly botName: string;
  readonly grantsMessageContent: boolean;
  readonly showsTextToBotRole: boolean;
  readonly isPublic: boolean;
  readonly allowsUserInstall: boolean;
  readonly oldMessageAfterMs: number;
  readonly fileAddressLifeMs: number;
}

export function createWorld(options: WorldOptions): World {
  const snowflakes = new Snowflakes();
  const owner = createUserRecord(snowflakes.next(), { name: 'owner' });
  const files = new Files();
  const bot = createUserRecord(snowflakes.next(), { name: options.botName, isBot: true });
  const users = new Map([[bot.id, bot]]);
  return {
    snowflakes,
    bot,
    owner,
    applicationId: bot.id,
    mayReadContent: options.grantsMessageContent,
    showsTextToBotRole: options.showsTextToBotRole,
    isPublic: options.isPublic,
    allowsUserInstall: options.allowsUserInstall,
    users,
    logins: new Logins(users),
    endpoint: new InteractionsEndpoint(),
    guilds: new Map(),
    commonRoles: new Map(),
    channels: new Map(),
    lostChannelIds: new Set(),
    commands: new Map(),
    interactionsById: new Map(),
    interactionsByToken: new Map(),
    files,
    cdn: new Cdn(files, options.fileAddressLifeMs),
    oldEdits: new OldEdits(options.oldMessageAfterMs),
    webhookMessages: new WebhookMessages(options),
    blockedWords: new Map(),
    events: new Emitter(),
    problems: new Problems(),
    isBotOnline: false,
    originUrl: '',
  };
}

export interface UserOptions {
  readonly name: string;
  readonly displayName?: string;
  readonly locale?: Locale;
  readonly isBot?: boolean;
  readonly roleIds?: readonly string[];
  readonly isModerator?: boolean;
}

export function addUser(world: World, options: UserOptions): SimulatedUser {
  const user = createUserRecord(world.snowflakes.next(), options);
  world.users.set(user.id, user);
  return user;
}

function createUserRecord(id: string, options: UserOptions): SimulatedUser {
  return {
    id,
    name: options.name,
    displayName: options.displayName ?? options.name,
    locale: options.locale ?? 'ko',
    isBot: options.isBot ?? false,
    roleIds: options.roleIds ?? [],
    isModerator: options.isModerator ?? false,
  };
}
