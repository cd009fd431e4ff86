/** Who may ask, as it is set. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';

const [one, other] = ['123456789012345678', '223456789012345678'];

test('nothing is restricted by default, and nobody installs the bot for themselves', () => {
  expect(readConfig({}, {}).access).toEqual({ guildIds: [], userIds: [], roleIds: [], userInstall: false });
});

test('servers, people and roles are ids, separated by commas or spaces', () => {
  const environment = {
    ALLOWED_GUILDS: `${one}, ${other}`,
    ALLOWED_USERS: `${one} ${other}`,
    ALLOWED_ROLES: other,
    USER_INSTALL: 'on',
  };
  expect(readConfig(environment, {}).access).toEqual({
    guildIds: [one, other],
    userIds: [one, other],
    roleIds: [other],
    userInstall: true,
  });
});

test.for([
  ['ALLOWED_GUILDS', 'my server', 'Copy Server ID'],
  ['ALLOWED_USERS', '@jimin', 'Copy User ID'],
  ['ALLOWED_ROLES', '12', 'Copy Role ID'],
  ['USER_INSTALL', 'yes', 'on, off'],
] as const)('%s=%s is named, with what it should hold', ([variable, value, advice]) => {
  expect(() => readConfig({ [variable]: value }, {})).toThrow(variable);
  expect(() => readConfig({ [variable]: value }, {})).toThrow(advice);
});

function withServer(approval: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'jupan-access-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'servers.json');
  writeFileSync(path, JSON.stringify({ mcpServers: { desk: { url: 'http://a/mcp', approval } } }));
  return path;
}

test('an approval that the asker may not give himself is an object, and needs roles that may', () => {
  const MCP_CONFIG = withServer({ when: 'always', notAsker: true });
  const { toolServers } = readConfig({ MCP_CONFIG, APPROVAL_ROLES: one }, { discord: false });
  expect(toolServers).toMatchObject([{ approval: 'always', notAsker: true }]);
  expect(() => readConfig({ MCP_CONFIG, DISCORD_TOKEN: 'a.b.c' }, { discord: true })).toThrow('APPROVAL_ROLES');
  expect(readConfig({ MCP_CONFIG }, {}).toolServers).toHaveLength(1);
});

test.for([
  [{ notAsker: true }, '"when"'],
  [{ when: 'sometimes' }, 'one of never, destructive, always'],
  [{ when: 'always', notAsker: 'yes' }, '"notAsker"'],
  [{ when: 'always', quorum: 0 }, '"quorum"'],
  [{ when: 'always', quorum: 1.5 }, '"quorum"'],
  [{ when: 'always', roles: ['keepers'] }, '"roles"'],
  [{ when: 'always', roles: [] }, '"roles"'],
  [{ when: 'always', notasker: true }, '"notasker"'],
] as const)(
  'the approval %j is refused: it would leave a server less protected than was meant',
  ([approval, named]) => {
    expect(() => readConfig({ MCP_CONFIG: withServer(approval) }, {})).toThrow(named);
  },
);
