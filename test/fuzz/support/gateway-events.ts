/**
 * What a gateway tells: events as Discord sends them, with things wrong in them, and names that are no event's. Ids stand
 * as names, such as `$channel`: what they are is known when a Discord is there.
 */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import fc from 'fast-check';
import { defect, oddNumber, oddValue, withDefects } from './json.ts';
import { oddName, oddText } from './texts.ts';

export interface OddEvent {
  readonly name: string;
  readonly data: unknown;
}

/** What `$NAME` stands for; `$new` is another id each time. */
export type Ids = Readonly<Record<IdName, string>>;
export const idNames = [
  'guild',
  'channel',
  'dm',
  'member',
  'bot',
  'application',
  'role',
  'question',
  'odd',
  'oddChannel',
] as const;
export type IdName = (typeof idNames)[number];

const when = '2026-11-28T12:00:00.000000+00:00';
const user = { id: '$member', username: 'mina', discriminator: '0', global_name: 'Mina', avatar: null };
const botUser = { id: '$bot', username: 'Jupan', discriminator: '0', global_name: null, avatar: null, bot: true };
const member = { roles: ['$role'], nick: null, avatar: null, joined_at: when, deaf: false, mute: false, flags: 0 };

const message = {
  id: '$new',
  channel_id: '$channel',
  channel_type: 0,
  guild_id: '$guild',
  type: 0,
  content: '<@$bot> what is 15 + 27?',
  author: user,
  member,
  timestamp: when,
  edited_timestamp: null,
  tts: false,
  mention_everyone: false,
  mentions: [{ ...botUser, member }],
  mention_roles: ['$role'],
  mention_channels: [{ id: '$channel', guild_id: '$guild', type: 0, name: 'general' }],
  attachments: [{ id: '$new', filename: 'a.png', size: 1, url: 'https://x.test/a', proxy_url: 'https://x.test/a' }],
  embeds: [{ type: 'rich', title: 'a', color: 1, fields: [{ name: 'a', value: 'b' }], author: { name: 'a' } }],
  pinned: false,
  flags: 0,
  nonce: '1',
  components: [{ type: 1, id: 1, components: [{ type: 2, style: 1, id: 2, label: 'a', custom_id: 'a' }] }],
  reactions: [{ emoji: { id: null, name: '👍' }, count: 1, me: false, burst_colors: [], count_details: { burst: 0 } }],
  sticker_items: [{ id: '$new', name: 'a', format_type: 1 }],
};
const question = {
  ...message,
  id: '$new',
  attachments: [],
  embeds: [],
  components: [],
  reactions: [],
  sticker_items: [],
};
const { guild_id: _guild, member: _member, ...outsideGuilds } = question;
const direct = { ...outsideGuilds, channel_id: '$dm', channel_type: 1, content: 'and to you', mentions: [] };
const reply = {
  ...question,
  type: 19,
  message_reference: { type: 0, message_id: '$new', channel_id: '$channel', guild_id: '$guild' },
  referenced_message: {
    ...question,
    author: botUser,
    interaction_metadata: { id: '$new', type: 2, user, authorizing_integration_owners: { 0: '$guild' } },
  },
};
const rich = {
  ...question,
  poll: {
    question: { text: 'a?' },
    answers: [{ answer_id: 1, poll_media: { text: 'a' } }],
    expiry: when,
    allow_multiselect: false,
    layout_type: 1,
    results: { is_finalized: false, answer_counts: [{ id: 1, count: 1, me_voted: false }] },
  },
  message_reference: { type: 1, message_id: '$new', channel_id: '$channel', guild_id: '$guild' },
  message_snapshots: [
    { message: { content: 'a', embeds: [], attachments: [], timestamp: when, type: 0, mentions: [] } },
  ],
  call: { participants: ['$member'], ended_timestamp: when },
  activity: { type: 1, party_id: 'a' },
  application: { id: '$application', name: 'a' },
  role_subscription_data: { tier_name: 'a', total_months_subscribed: 1, is_renewal: false },
  thread: { id: '$new', guild_id: '$guild', parent_id: '$channel', type: 11, name: 'a', thread_metadata: {} },
  resolved: { users: { $member: user }, roles: {}, channels: {}, members: {} },
};

const role = {
  id: '$role',
  name: 'a',
  permissions: '8',
  position: 1,
  color: 0,
  hoist: false,
  managed: true,
  tags: { bot_id: '$bot' },
};
const channel = {
  id: '$oddChannel',
  guild_id: '$odd',
  type: 0,
  name: 'odd',
  position: 0,
  parent_id: null,
  last_message_id: '$new',
  rate_limit_per_user: 0,
  topic: null,
  nsfw: false,
  flags: 0,
  permission_overwrites: [{ id: '$odd', type: 0, allow: '0', deny: '1024' }],
};
const thread = {
  ...channel,
  id: '$new',
  type: 11,
  parent_id: '$oddChannel',
  owner_id: '$member',
  member_count: 1,
  message_count: 1,
  thread_metadata: { archived: false, archive_timestamp: when, auto_archive_duration: 60, locked: false },
  member: { id: '$new', user_id: '$bot', join_timestamp: when, flags: 0 },
};
const guild = {
  id: '$odd',
  name: 'odd',
  owner_id: '$member',
  preferred_locale: 'ko',
  features: ['COMMUNITY'],
  roles: [{ ...role, id: '$odd', tags: undefined }, role],
  channels: [channel, { ...channel, id: '$new', type: 2 }, { ...channel, id: '$new', type: 15, available_tags: [] }],
  threads: [thread],
  members: [{ ...member, user: botUser }],
  emojis: [{ id: '$new', name: 'a', roles: [] }],
  stickers: [{ id: '$new', name: 'a', format_type: 1 }],
  voice_states: [{ user_id: '$member', channel_id: '$oddChannel', session_id: 'a' }],
  presences: [{ user: { id: '$member' }, status: 'online', activities: [] }],
  stage_instances: [],
  guild_scheduled_events: [{ id: '$new', guild_id: '$odd', entity_type: 3, status: 1 }],
  soundboard_sounds: [{ sound_id: '$new', name: 'a', volume: 1 }],
  joined_at: when,
  member_count: 2,
  large: false,
  unavailable: false,
};

const interaction = {
  id: '$new',
  application_id: '$application',
  type: 2,
  token: 'token',
  version: 1,
  guild_id: '$guild',
  channel_id: '$channel',
  channel: { id: '$channel', guild_id: '$guild', type: 0, name: 'general', permissions: '8', flags: 0 },
  guild: { id: '$guild', locale: 'ko', features: [] },
  guild_locale: 'ko',
  locale: 'ko',
  member: { ...member, user, permissions: '8' },
  app_permissions: '8',
  entitlements: [{ id: '$new', sku_id: '$new', application_id: '$application', type: 8 }],
  authorizing_integration_owners: { 0: '$guild' },
  context: 0,
  attachment_size_limit: 10_485_760,
};
const ask = {
  ...interaction,
  data: { id: '$new', name: 'ask', type: 1, options: [{ name: 'question', type: 3, value: 'what?' }], resolved: {} },
};
const stop = {
  ...interaction,
  data: { id: '$new', name: 'stop', type: 1, options: [{ name: 'all', type: 5, value: true }] },
};
const press = { ...interaction, type: 3, message, data: { component_type: 2, custom_id: 'approve:$question:0.0' } };
const fill = {
  ...interaction,
  type: 5,
  data: {
    custom_id: 'fill:$question:0.0.1',
    components: [
      { type: 18, id: 1, component: { type: 4, id: 2, custom_id: 'field-0', value: 'a' } },
      { type: 18, id: 3, component: { type: 3, id: 4, custom_id: 'field-1', values: ['a'] } },
    ],
  },
};
const complete = {
  ...interaction,
  type: 4,
  data: { ...ask.data, options: [{ name: 'question', type: 3, focused: true }] },
};
const { guild_id: _guildId, member: _by, guild: _of, ...unguided } = ask;
const askDirectly = {
  ...unguided,
  channel_id: '$dm',
  channel: { id: '$dm', type: 1, recipients: [user] },
  user,
  context: 1,
};

const inGuild = { guild_id: '$odd' };
const named = (name: string, ...all: readonly unknown[]) => all.map((data): OddEvent => ({ name, data }));

/** As Discord sends them. What they say of places is about one of its own, `$odd`: what is true there cannot be told. */
const asSent: readonly OddEvent[] = [
  ...named('MESSAGE_CREATE', question, question, direct, reply, rich, message, { ...question, webhook_id: '$new' }),
  ...named('MESSAGE_UPDATE', { ...question, id: '$question', edited_timestamp: when }, message),
  ...named('MESSAGE_UPDATE', { id: '$question', channel_id: '$channel', guild_id: '$guild', embeds: message.embeds }),
  ...named(
    'MESSAGE_DELETE',
    { id: '$new', channel_id: '$channel', guild_id: '$guild' },
    { id: '$new', channel_id: '$dm' },
  ),
  ...named('MESSAGE_DELETE_BULK', { ids: ['$new', '$new'], channel_id: '$channel', guild_id: '$guild' }),
  ...named('INTERACTION_CREATE', ask, ask, askDirectly, stop, press, fill, complete),
  ...named('GUILD_CREATE', guild, { ...guild, id: '$new' }, { id: '$odd', unavailable: true }),
  ...named('GUILD_UPDATE', guild),
  ...named('GUILD_DELETE', { id: '$odd' }, { id: '$odd', unavailable: true }),
  ...named('CHANNEL_CREATE', channel, { ...channel, id: '$new', type: 13 }),
  ...named('CHANNEL_UPDATE', channel, { ...channel, type: 5 }),
  ...named('CHANNEL_DELETE', channel),
  ...named('CHANNEL_PINS_UPDATE', { ...inGuild, channel_id: '$oddChannel', last_pin_timestamp: when }),
  ...named('THREAD_CREATE', { ...thread, newly_created: true }),
  ...named('THREAD_UPDATE', thread),
  ...named('THREAD_DELETE', { id: '$new', ...inGuild, parent_id: '$oddChannel', type: 11 }),
  ...named('THREAD_LIST_SYNC', {
    ...inGuild,
    channel_ids: ['$oddChannel'],
    threads: [thread],
    members: [thread.member],
  }),
  ...named('THREAD_MEMBER_UPDATE', { ...thread.member, ...inGuild }),
  ...named('THREAD_MEMBERS_UPDATE', { id: '$new', ...inGuild, member_count: 1, added_members: [thread.member] }),
  ...named('GUILD_MEMBER_UPDATE', { ...member, ...inGuild, user: botUser }, { ...member, guild_id: '$guild', user }),
  ...named('GUILD_MEMBER_ADD', { ...member, ...inGuild, user }),
  ...named('GUILD_MEMBER_REMOVE', { ...inGuild, user: botUser }),
  ...named('GUILD_ROLE_UPDATE', { ...inGuild, role }),
  ...named('GUILD_ROLE_DELETE', { ...inGuild, role_id: '$role' }),
  ...named('TYPING_START', { channel_id: '$channel', guild_id: '$guild', user_id: '$member', timestamp: 1, member }),
];

/** What begins a session is left alone: Discord that breaks it has no bot. */
const otherNames = Object.values(GatewayDispatchEvents).filter((name) => name !== 'READY' && name !== 'RESUMED');
const noNames = ['', 'error', 'debug', 'newListener', '__proto__', 'constructor', 'hasOwnProperty', '__defineGetter__'];

const withMore = (data: unknown, more: Readonly<Record<string, unknown>>): unknown =>
  typeof data === 'object' && data !== null ? { ...data, ...more } : data;

const nearlyRight: fc.Arbitrary<OddEvent> = fc
  .record({
    event: fc.constantFrom(...asSent),
    wrong: fc.array(defect, { maxLength: 3 }),
    more: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, fc.dictionary(oddName, oddValue, { maxKeys: 2 })),
  })
  .map(({ event: { name, data }, wrong, more }) => ({ name, data: withMore(withDefects(data, wrong), more) }));

const somePlace = fc.record(
  {
    id: fc.oneof(fc.constantFrom('$new', '$oddChannel', '$odd'), oddText, oddNumber),
    guild_id: fc.oneof(fc.constantFrom('$odd', '$new'), oddValue),
    channel_id: fc.oneof(fc.constantFrom('$oddChannel', '$new'), oddValue),
    user: fc.oneof(fc.constant(user), oddValue),
    user_id: fc.oneof(fc.constantFrom('$bot', '$member'), oddValue),
  },
  { requiredKeys: [] },
);
const other: fc.Arbitrary<OddEvent> = fc.record({
  name: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...otherNames) },
    { weight: 1, arbitrary: fc.constantFrom(...noNames) },
    { weight: 1, arbitrary: oddName },
  ),
  data: fc.oneof({ weight: 2, arbitrary: somePlace }, { weight: 1, arbitrary: oddValue }),
});

export const oddEvents: fc.Arbitrary<readonly OddEvent[]> = fc.array(
  fc.oneof({ weight: 5, arbitrary: nearlyRight }, { weight: 1, arbitrary: other }),
  { minLength: 1, maxLength: 8 },
);

/** The value with ids in the place of their names. */
export function withIds(value: unknown, ids: Ids, newId: () => string): unknown {
  if (typeof value === 'string')
    return value.replace(/\$(\w+)/g, (whole, name: string) =>
      name === 'new' ? newId() : isIdName(name) ? ids[name] : whole,
    );
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map((part) => withIds(part, ids, newId));
  const filled = {};
  for (const [key, part] of Object.entries(value))
    Object.defineProperty(filled, withIds(key, ids, newId) as string, {
      value: withIds(part, ids, newId),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return filled;
}

function isIdName(name: string): name is IdName {
  return (idNames as readonly string[]).includes(name);
}
