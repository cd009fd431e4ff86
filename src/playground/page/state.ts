/** What the page knows, and how messages of the server change it. No DOM in here. */
import type { Channel, Command, Guild, Language, Member, Message, ModelAtWork, ToPage } from '../wire.ts';
import { endInteraction, type InteractionState, loseInteractions, openDialog } from './interaction-state.ts';

export interface World {
  readonly runId: string;
  readonly memberId: string;
  readonly secret: string;
  readonly botId: string;
  readonly model: ModelAtWork;
  readonly guilds: readonly Guild[];
  readonly channels: Map<string, Channel>;
  /** By channel, oldest first. */
  readonly messages: Map<string, Message[]>;
  members: ReadonlyMap<string, Member>;
  commands: readonly Command[];
}

/** Since the playground was started, the bot has not been there yet: it never hears of what is said until it is. */
export function isBotStarting({ members, botId, commands }: World): boolean {
  return members.get(botId)?.isOnline !== true && commands.length === 0;
}

export interface Unread {
  readonly firstMessageId: string;
  readonly pings: number;
}

/** A command of this window whose answer is not there yet. */
export interface SentCommand {
  readonly requestId: string;
  readonly channelId: string;
  /** As members read it, a slash included. */
  readonly command: string;
  readonly interactionId: string | undefined;
  /** `silent`: the bot did not take it in time. */
  readonly outcome: 'waiting' | 'silent' | 'refused';
}

export interface State extends InteractionState {
  link: 'connecting' | 'open' | 'lost';
  language: Language;
  world: World | undefined;
  channelId: string;
  /** The guild whose channels are listed; stays when a DM is opened. */
  guildId: string;
  readonly unread: Map<string, Unread>;
  /** The message of the open channel before which the line «new messages» stands. */
  newFrom: string | undefined;
  /** By channel and user: until when, in milliseconds since 1970. */
  readonly typing: Map<string, Map<string, number>>;
  sentCommands: SentCommand[];
  /** Something the member should know, above the composer. */
  hint: 'none' | 'mention-tip' | 'no-commands' | 'refused' | 'file-refused';
  /** The name of the file that the hint is about. */
  refusedFile: string;
}

export function createState(language: Language): State {
  return {
    link: 'connecting',
    language,
    world: undefined,
    channelId: '',
    guildId: '',
    unread: new Map(),
    newFrom: undefined,
    typing: new Map(),
    sentCommands: [],
    presses: new Map(),
    dialog: undefined,
    hint: 'none',
    refusedFile: '',
  };
}

/** How long «is typing» shows without news. */
const typingMs = 10_000;

/** @param isRead whether the member has the open channel before their eyes, so that what comes in is read at once. */
export function receive(state: State, message: ToPage, isRead: boolean): void {
  const { world } = state;
  if (message.type === 'welcome') enter(state, message);
  else if (world) receiveInWorld(state, world, message, isRead);
}

function receiveInWorld(
  state: State,
  world: World,
  message: Exclude<ToPage, { type: 'welcome' }>,
  isRead: boolean,
): void {
  switch (message.type) {
    case 'members':
      world.members = byId(message.members);
      break;
    case 'commands':
      world.commands = message.commands;
      if (state.hint === 'no-commands') state.hint = 'none';
      break;
    case 'channel':
      world.channels.set(message.channel.id, message.channel);
      break;
    case 'channel-delete':
      world.channels.delete(message.channelId);
      if (state.channelId === message.channelId) openFirstChannel(state, world);
      break;
    case 'message':
      put(state, world, message.message, isRead);
      break;
    case 'message-delete':
      forgetMessage(state, message.channelId, message.messageId);
      break;
    case 'typing': {
      const inChannel = state.typing.get(message.channelId) ?? new Map<string, number>();
      state.typing.set(message.channelId, inChannel.set(message.userId, Date.now() + typingMs));
      break;
    }
    case 'thread-start':
      openChannel(state, message.channelId);
      break;
    case 'command-sent':
      changeSent(state, message.requestId, { interactionId: message.interactionId });
      break;
    case 'command-refused':
      changeSent(state, message.requestId, { outcome: 'refused' });
      break;
    case 'interaction-end':
      endInteraction(state, message);
      if (message.isAcknowledged) forgetSent(state, message.requestId);
      else changeSent(state, message.requestId, { outcome: 'silent' });
      break;
    case 'dialog-open':
      openDialog(state, message);
      forgetSent(state, message.requestId);
      break;
    case 'choices':
      // For the field that asked for them.
      break;
    case 'refused':
      state.hint = 'refused';
      break;
    default:
      message satisfies never;
  }
}

/** Does nothing when its answer has come meanwhile. */
export function changeSent(
  state: State,
  requestId: string,
  change: Partial<Pick<SentCommand, 'interactionId' | 'outcome'>>,
): void {
  state.sentCommands = state.sentCommands.map((sent) => (sent.requestId === requestId ? { ...sent, ...change } : sent));
}

export function forgetSent(state: State, requestId: string): void {
  state.sentCommands = state.sentCommands.filter((sent) => sent.requestId !== requestId);
}

/** Takes the message out of this window alone. */
export function forgetMessage(state: State, channelId: string, messageId: string): void {
  const left = messagesOf(state, channelId).filter(({ id }) => id !== messageId);
  state.world?.messages.set(channelId, left);
}

export function openChannel(state: State, channelId: string): void {
  state.newFrom = state.unread.get(channelId)?.firstMessageId;
  state.unread.delete(channelId);
  state.channelId = channelId;
  state.hint = 'none';
  state.guildId = state.world?.channels.get(channelId)?.guildId ?? state.guildId;
}

/** The member has come back to the window: the open channel is read. */
export function markRead(state: State): void {
  const unread = state.unread.get(state.channelId);
  if (unread) state.newFrom = unread.firstMessageId;
  state.unread.delete(state.channelId);
}

export function messagesOf(state: State, channelId: string): readonly Message[] {
  return state.world?.messages.get(channelId) ?? [];
}

/** Display names of those who are typing in the open channel now, the member themselves left out. */
export function typingNames(state: State, now: number): string[] {
  const inChannel = [...(state.typing.get(state.channelId) ?? [])];
  return inChannel
    .filter(([userId, until]) => until > now && userId !== state.world?.memberId)
    .map(([userId]) => state.world?.members.get(userId)?.name ?? '…');
}

function enter(state: State, welcome: ToPage & { type: 'welcome' }): void {
  const isSameRun = state.world?.runId === welcome.runId;
  const messages = Map.groupBy(welcome.messages, (message) => message.channelId);
  state.world = {
    ...welcome,
    channels: byId(welcome.channels),
    messages,
    members: byId(welcome.members),
  };
  state.link = 'open';
  state.typing.clear();
  state.sentCommands = [];
  loseInteractions(state, isSameRun);
  if (!isSameRun) state.unread.clear();
  if (!state.world.channels.has(state.channelId)) openFirstChannel(state, state.world);
}

function openFirstChannel(state: State, world: World): void {
  const guild = world.guilds.find(({ id }) => id === state.guildId);
  const home = guild ?? world.guilds.find(({ language }) => language === state.language) ?? world.guilds[0];
  const first = [...world.channels.values()].find(({ kind, guildId }) => kind === 'text' && guildId === home?.id);
  if (first) openChannel(state, first.id);
}

function put(state: State, world: World, message: Message, isRead: boolean): void {
  const messages = world.messages.get(message.channelId) ?? [];
  const index = messages.findIndex(({ id }) => id === message.id);
  const { interaction } = message;
  if (interaction) {
    state.sentCommands = state.sentCommands.filter(({ interactionId }) => interactionId !== interaction.id);
  }
  if (index !== -1) {
    messages[index] = message;
    if (state.presses.get(message.id)?.outcome === 'failed') state.presses.delete(message.id);
    return;
  }
  messages.push(message);
  world.messages.set(message.channelId, messages);
  state.typing.get(message.channelId)?.delete(message.author.id);
  if (message.author.id === world.memberId) {
    if (message.channelId === state.channelId) state.newFrom = undefined;
  } else if (!(isRead && message.channelId === state.channelId)) {
    const before = state.unread.get(message.channelId);
    const isDm = world.channels.get(message.channelId)?.kind === 'dm';
    const isPing = isDm || message.pings.includes(world.memberId);
    state.unread.set(message.channelId, {
      firstMessageId: before?.firstMessageId ?? message.id,
      pings: (before?.pings ?? 0) + (isPing ? 1 : 0),
    });
  }
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
