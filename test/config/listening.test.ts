/** What the bot reads beside what mentions it, and where it fetches files, as it is set. */
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';

const [one, other] = ['123456789012345678', '223456789012345678'];

test('channels are ids, and recent talk is a number of messages', () => {
  const environment = {
    DISCORD_MESSAGE_CONTENT: 'on',
    DISCORD_ANSWER_CHANNELS: `${one}, ${other}`,
    DISCORD_IGNORE_CHANNELS: other,
    DISCORD_RECENT_MESSAGES: '20',
  };
  expect(readConfig(environment, {}).listening).toEqual({
    readsContent: true,
    answerChannelIds: [one, other],
    ignoreChannelIds: [other],
    recentMessages: 20,
  });
});

test.for([
  ['DISCORD_ANSWER_CHANNELS', one],
  ['DISCORD_RECENT_MESSAGES', '1'],
] as const)('%s alone is named, for it would do nothing', ([variable, value]) => {
  expect(() => readConfig({ [variable]: value }, {})).toThrow('needs DISCORD_MESSAGE_CONTENT=on');
});

test.for([
  ['DISCORD_MESSAGE_CONTENT', 'yes', 'on, off'],
  ['DISCORD_ANSWER_CHANNELS', '#general', 'Copy Channel ID'],
  ['DISCORD_IGNORE_CHANNELS', 'general', 'Copy Channel ID'],
  ['DISCORD_RECENT_MESSAGES', '51', 'from 0 to 50'],
  ['DISCORD_CDN_HOSTS', 'https://cdn.discordapp.com', 'should be hosts'],
  ['DISCORD_CDN_HOSTS', 'user@cdn.discordapp.com', 'should be hosts'],
  ['DISCORD_CDN_HOSTS', 'cdn.discordapp.com/path', 'should be hosts'],
  ['DISCORD_REQUESTS_PER_SECOND', '0', 'how many requests a second'],
  ['DISCORD_REQUESTS_PER_SECOND', '-1', 'how many requests a second'],
  ['DISCORD_REQUESTS_PER_SECOND', 'off', 'or proxy'],
] as const)('%s=%s is named, with what it should hold', ([variable, value, advice]) => {
  expect(() => readConfig({ [variable]: value }, {})).toThrow(variable);
  expect(() => readConfig({ [variable]: value }, {})).toThrow(advice);
});

test('a bot may make 50 requests a second, more where Discord grants it, and any number through a proxy', () => {
  const granted = (value?: string) => readConfig({ DISCORD_REQUESTS_PER_SECOND: value }, {}).discord.requestsPerSecond;
  expect([undefined, '1200', 'proxy'].map(granted)).toEqual([50, 1200, Number.POSITIVE_INFINITY]);
});

test('files are fetched from the hosts that are named, ports included', () => {
  const { discord } = readConfig({ DISCORD_CDN_HOSTS: '127.0.0.1:4401, [::1]:80' }, {});
  expect(discord.cdnHosts).toEqual(['127.0.0.1:4401', '[::1]:80']);
});
