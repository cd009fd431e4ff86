/**
 * The wire between the page and the playground's server: one WebSocket, one JSON message a frame. Both sides parse what
 * they are sent with the schemas here, and know each other by nothing else.
 */
import * as z from 'zod/mini';

// The page's content security policy forbids code made at run time, which is how zod would compile its schemas.
z.config({ jitless: true });

/** Characters that Discord takes in a member's message. */
export const maxMessageLength = 2000;
export const maxNameLength = 32;
/** Files that Discord takes with one message, and bytes of one. */
export const maxFiles = 10;
export const maxFileBytes = 20 * 1024 * 1024;

const identifier = z.string().check(z.maxLength(64));
/** What a bot calls a button or a field by; Discord's limit. */
const customId = z.string().check(z.maxLength(100));
/** What a member types into a field of a dialog; Discord's limit. */
const fieldValue = z.string().check(z.maxLength(4000));
const memberName = z.string().check(z.trim(), z.minLength(1), z.maxLength(maxNameLength));
const messageText = z.string().check(z.trim(), z.minLength(1), z.maxLength(maxMessageLength));
/** A text that is being written. */
const messageTyped = z.string().check(z.maxLength(maxMessageLength));
const language = z.enum(['ko', 'en']);
export type Language = z.infer<typeof language>;

const memberSchema = z.object({ id: identifier, name: z.string(), isBot: z.boolean(), isOnline: z.boolean() });
export type Member = z.infer<typeof memberSchema>;

const guildSchema = z.object({ id: identifier, name: z.string(), language });
export type Guild = z.infer<typeof guildSchema>;

const channelSchema = z.object({
  id: identifier,
  name: z.string(),
  kind: z.enum(['text', 'thread', 'dm']),
  guildId: z.nullable(identifier),
  /** The channel that a thread hangs under. */
  parentId: z.nullable(identifier),
});
export type Channel = z.infer<typeof channelSchema>;

const attachmentSchema = z.object({
  id: identifier,
  filename: z.string(),
  size: z.number(),
  /** In words, for those who cannot see it; may be empty. */
  description: z.string(),
  /** How it is shown; a `file` is only ever saved. */
  kind: z.enum(['image', 'audio', 'file']),
});
export type Attachment = z.infer<typeof attachmentSchema>;

const pressableSchema = z.object({
  customId,
  label: z.string(),
  style: z.enum(['primary', 'secondary', 'success', 'danger']),
  isDisabled: z.boolean(),
});
/** It opens a page, and the bot hears nothing of that. */
const linkSchema = z.object({ label: z.string(), style: z.literal('link'), address: z.url({ protocol: /^https?$/ }) });
const buttonSchema = z.discriminatedUnion('style', [pressableSchema, linkSchema]);
export type Button = z.infer<typeof buttonSchema>;

const menuOptionSchema = z.object({
  value: z.string(),
  label: z.string(),
  /** What it means; may be empty. */
  description: z.string(),
  isChosen: z.boolean(),
});
export type MenuOption = z.infer<typeof menuOptionSchema>;

/** A part of a message that is laid out by the bot. */
const panelPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), content: z.string(), button: z.nullable(buttonSchema) }),
  z.object({ type: z.literal('line') }),
  z.object({ type: z.literal('buttons'), buttons: z.array(buttonSchema) }),
  z.object({
    type: z.literal('menu'),
    customId,
    placeholder: z.string(),
    /** How many options can be chosen. */
    least: z.number(),
    most: z.number(),
    isDisabled: z.boolean(),
    options: z.array(menuOptionSchema),
  }),
]);
export type PanelPart = z.infer<typeof panelPartSchema>;

const dialogFieldSchema = z.object({
  customId,
  label: z.string(),
  description: z.string(),
  isRequired: z.boolean(),
  /** Of a select; empty for a text field. */
  options: z.array(z.object({ value: z.string(), label: z.string(), isPreset: z.boolean() })),
  allowsSeveral: z.boolean(),
  isLong: z.boolean(),
  minLength: z.number(),
  maxLength: z.number(),
  /** What a text field holds at first. */
  value: z.string(),
  placeholder: z.string(),
});
export type DialogField = z.infer<typeof dialogFieldSchema>;

const dialogSchema = z.object({ title: z.string(), fields: z.array(dialogFieldSchema) });
export type Dialog = z.infer<typeof dialogSchema>;

const messageSchema = z.object({
  id: identifier,
  channelId: identifier,
  author: z.object({ id: identifier, name: z.string(), isBot: z.boolean() }),
  content: z.string(),
  /** Milliseconds since 1970 UTC. */
  createdAt: z.number(),
  editedAt: z.nullable(z.number()),
  repliesTo: z.nullable(identifier),
  /** Ids of the users it highlights. */
  pings: z.array(identifier),
  attachments: z.array(attachmentSchema),
  /** What it sends on: nobody says of whom. */
  forwarded: z.nullable(
    z.object({ content: z.string(), createdAt: z.number(), attachments: z.array(attachmentSchema) }),
  ),
  /** Rows of buttons. */
  buttons: z.array(z.array(buttonSchema)),
  /** What the bot has laid out in place of a text; else empty. */
  panel: z.array(panelPartSchema),
  /** Seen by this window's member alone. */
  isEphemeral: z.boolean(),
  /** The command or the press that it answers. */
  interaction: z.nullable(
    z.object({
      id: identifier,
      userId: identifier,
      userName: z.string(),
      /** As members read it, a slash included. Null for a press. */
      command: z.nullable(z.string()),
      isThinking: z.boolean(),
    }),
  ),
});
export type Message = z.infer<typeof messageSchema>;

/** What can be picked for an option of a command. */
const choiceSchema = z.object({
  /** In the member's language. */
  name: z.string(),
  value: z.string(),
});
export type Choice = z.infer<typeof choiceSchema>;

const commandSchema = z.object({
  /** Typed after a slash, or chosen in the menu of a message. */
  kind: z.enum(['slash', 'message']),
  name: z.string(),
  /** The name in the member's language, where that is its own. */
  label: z.string(),
  /** In the member's language. */
  description: z.string(),
  options: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      isRequired: z.boolean(),
      /** It takes the id of a file that was uploaded. */
      isFile: z.boolean(),
      maxLength: z.nullable(z.number()),
      /** Nothing else can be sent; empty where anything can. */
      choices: z.array(choiceSchema),
      /** The bot suggests values while one types. */
      hasAutocomplete: z.boolean(),
    }),
  ),
});
export type Command = z.infer<typeof commandSchema>;

const modelSchema = z.object({ isOffline: z.boolean(), name: z.string() });
export type ModelAtWork = z.infer<typeof modelSchema>;

const toServerSchema = z.discriminatedUnion('type', [
  /** The first message of a window. With the `secret` of an earlier welcome it is that member again. */
  z.object({
    type: z.literal('join'),
    secret: z.nullable(identifier),
    name: z.nullable(memberName),
    language,
  }),
  z.object({ type: z.literal('change-member'), name: memberName, language }),
  z.object({
    type: z.literal('say'),
    channelId: identifier,
    /** Empty only where there are files. */
    content: z.string().check(z.trim(), z.maxLength(maxMessageLength)),
    repliesTo: z.nullable(identifier),
    /** Ids of what was uploaded. */
    files: z.array(identifier).check(z.maxLength(maxFiles)),
  }),
  /** Sends a message of another channel, or of this one, on. */
  z.object({ type: z.literal('forward'), channelId: identifier, fromChannelId: identifier, messageId: identifier }),
  z.object({ type: z.literal('edit'), channelId: identifier, messageId: identifier, content: messageText }),
  z.object({ type: z.literal('delete'), channelId: identifier, messageId: identifier }),
  z.object({
    type: z.literal('use-command'),
    requestId: identifier,
    channelId: identifier,
    command: z.string(),
    options: z.record(z.string(), z.string()),
  }),
  /** Asks for suggestions while the member types into an option. */
  z.object({
    type: z.literal('complete'),
    requestId: identifier,
    channelId: identifier,
    command: z.string(),
    option: z.string(),
    typed: messageTyped,
    /** The other options by name. */
    options: z.record(z.string(), z.string()),
  }),
  /** Uses a command of the menu of a message. */
  z.object({
    type: z.literal('use-on-message'),
    requestId: identifier,
    channelId: identifier,
    messageId: identifier,
    command: z.string(),
  }),
  z.object({
    type: z.literal('press'),
    requestId: identifier,
    channelId: identifier,
    messageId: identifier,
    customId,
  }),
  /** Chooses in a menu of a message. */
  z.object({
    type: z.literal('choose'),
    requestId: identifier,
    channelId: identifier,
    messageId: identifier,
    customId,
    values: z.array(customId).check(z.maxLength(25)),
  }),
  /** Sends a dialog off; of a select with several values, a line each. */
  z.object({
    type: z.literal('submit-dialog'),
    requestId: identifier,
    channelId: identifier,
    pressId: identifier,
    values: z.record(customId, fieldValue),
  }),
  z.object({
    type: z.literal('start-thread'),
    channelId: identifier,
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  }),
]);
export type ToServer = z.infer<typeof toServerSchema>;

const toPageSchema = z.discriminatedUnion('type', [
  /** Everything there is to see; sent after `join`, and again whenever the page must start afresh. */
  z.object({
    type: z.literal('welcome'),
    /** Differs with every start of the playground. */
    runId: identifier,
    memberId: identifier,
    /** What makes a later window the same member; told to this member's windows alone. */
    secret: identifier,
    botId: identifier,
    model: modelSchema,
    guilds: z.array(guildSchema),
    channels: z.array(channelSchema),
    messages: z.array(messageSchema),
    members: z.array(memberSchema),
    commands: z.array(commandSchema),
  }),
  z.object({ type: z.literal('members'), members: z.array(memberSchema) }),
  z.object({ type: z.literal('commands'), commands: z.array(commandSchema) }),
  z.object({ type: z.literal('channel'), channel: channelSchema }),
  z.object({ type: z.literal('channel-delete'), channelId: identifier }),
  /** A message that is new or has changed. */
  z.object({ type: z.literal('message'), message: messageSchema }),
  z.object({ type: z.literal('message-delete'), channelId: identifier, messageId: identifier }),
  z.object({ type: z.literal('typing'), channelId: identifier, userId: identifier }),
  /** The thread this window asked for is there. */
  z.object({ type: z.literal('thread-start'), channelId: identifier }),
  z.object({ type: z.literal('command-sent'), requestId: identifier, interactionId: identifier }),
  z.object({ type: z.literal('command-refused'), requestId: identifier }),
  /** What can be picked for what this window has typed; nothing where the bot suggests nothing, or does not answer in time. */
  z.object({ type: z.literal('choices'), requestId: identifier, choices: z.array(choiceSchema) }),
  /** The bot has taken this window's press, dialog or command of a menu, or has not in time. */
  z.object({ type: z.literal('interaction-end'), requestId: identifier, isAcknowledged: z.boolean() }),
  /** The bot answers the press or the command of a menu of this window, `requestId`, with a dialog. */
  z.object({
    type: z.literal('dialog-open'),
    requestId: identifier,
    pressId: identifier,
    channelId: identifier,
    dialog: dialogSchema,
  }),
  /** What this window sent last could not be done: what it referred to is gone, or the text was refused. */
  z.object({ type: z.literal('refused') }),
]);
export type ToPage = z.infer<typeof toPageSchema>;

/** @returns undefined for anything that is not a message of this wire. */
export function parseToServer(frame: string): ToServer | undefined {
  return parse(toServerSchema, frame);
}

/** @returns undefined for anything that is not a message of this wire. */
export function parseToPage(frame: string): ToPage | undefined {
  return parse(toPageSchema, frame);
}

function parse<Parsed>(schema: z.ZodMiniType<Parsed>, frame: string): Parsed | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    // Not JSON: no message of this wire, as any other misfit.
    return undefined;
  }
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}
