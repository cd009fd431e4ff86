/** The check of the rooms is shown to bite: each kind of breach and of circle is planted in a copy of the source and must be found. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBreaches } from '../scripts/breaches.ts';

/** What stands in a file of the given name, and what the check says of it. */
type Probe = readonly [file: string, source: string, said: string];

const discord = 'src/bot/discord/place.ts';

const crossings: readonly Probe[] = [
  // However it is written.
  ['src/agent/p-value.ts', `import { place } from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-effect.ts', `import '../bot/discord/place.ts';`, discord],
  ['src/agent/p-type.ts', `import type { Place } from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-inline-type.ts', `import { type Place } from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-import-type.ts', `export type A = import('../bot/discord/place.ts').Place;`, discord],
  ['src/agent/p-typeof.ts', `export type A = typeof import('../bot/discord/place.ts');`, discord],
  ['src/agent/p-dynamic.ts', `export const a = await import('../bot/discord/place.ts');`, discord],
  ['src/agent/p-template.ts', 'export const a = await import(`../bot/discord/place.ts`);', discord],
  ['src/agent/p-inside.ts', `export function f() { return () => import('../bot/discord/place.ts'); }`, discord],
  ['src/agent/p-named.ts', `export { place } from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-all.ts', `export * from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-all-types.ts', `export type * from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-named-type.ts', `export type { Place } from '../bot/discord/place.ts';`, discord],
  ['src/agent/p-require.ts', `import place = require('../bot/discord/place.ts');`, discord],
  ['src/agent/p-required.ts', `export const a = require('../bot/discord/place.ts');`, discord],
  ['src/agent/p-worker.ts', `new Worker(new URL('../bot/discord/place.ts', import.meta.url));`, discord],
  ['src/agent/p-javascript.js', `import '../bot/discord/place.ts';`, discord],
  // However the way there is spelt.
  ['src/agent/one/two/p-deep.ts', `import '../../../bot/discord/place.ts';`, discord],
  ['src/agent/one/p-detour.ts', `import '../../../src/agent/../bot/./discord/place.ts';`, discord],
  ['src/agent/p-query.ts', `import '../bot/discord/place.ts?fresh';`, discord],
  ['src/agent/p-as-js.ts', `import type { Place } from '../bot/discord/place.js';`, discord],
  ['src/agent/p-percent.ts', `import '../bot/%64iscord/place.ts';`, discord],
  ['src/agent/p-computed.ts', `export const load = (name: string) => import(name);`, 'imports what it computes'],
  // Room by room.
  ['src/p-leaf.ts', `import type { Config } from './config/types.ts';`, 'src/config/types.ts'],
  ['src/config/p.ts', `import type { Turn } from '../agent/turn.ts';`, 'src/agent/turn.ts'],
  ['src/agent/p-config.ts', `import { readConfig } from '../config/read.ts';`, 'src/config/read.ts'],
  ['src/agent/p-chat.ts', `import type { Language } from '../chat/catalogue.ts';`, 'src/chat/catalogue.ts'],
  ['src/agent/p-programs.ts', `import { runBot } from '../programs/run-bot.ts';`, 'src/programs/run-bot.ts'],
  ['src/bot/channel/p.ts', `import type { Place } from '../discord/place.ts';`, discord],
  [
    'src/bot/channel/p-inner.ts',
    `import type { Lease } from '../../agent/store/lease.ts';`,
    'src/agent/store/lease.ts',
  ],
  ['src/bot/channel/p-config.ts', `import type { Config } from '../../config/types.ts';`, 'src/config/types.ts'],
  ['src/bot/discord/p.ts', `import { createAgent } from '../../agent/create-agent.ts';`, 'src/agent/create-agent.ts'],
  ['src/bot/discord/p-chat.ts', `import { catalogues } from '../../chat/catalogue.ts';`, 'src/chat/catalogue.ts'],
  ['src/chat/p.ts', `import { catalogue } from '../bot/channel/catalogue.ts';`, 'src/bot/channel/catalogue.ts'],
  ['src/mcp-server/p.ts', `import type { Tool } from '../agent/tools/tool.ts';`, 'src/agent/tools/tool.ts'],
  ['src/mcp-server/p-config.ts', `import type { Config } from '../config/types.ts';`, 'src/config/types.ts'],
  ['src/simulator/p.ts', `import type { Turn } from '../agent/turn.ts';`, 'src/agent/turn.ts'],
  ['src/simulator/p-page.ts', `import '../playground/hub.ts';`, 'src/playground/hub.ts'],
  ['src/playground/p.ts', `import type { Agent } from '../agent/agent.ts';`, 'src/agent/agent.ts'],
  ['src/playground/p-run.ts', `import '../programs/launch.js';`, 'src/programs/launch.js'],
  ['src/playground/page/p.ts', `import '../../bot/channel/presenter.ts';`, 'src/bot/channel/presenter.ts'],
  ['src/programs/p.ts', `import '../simulator/discord/start.ts';`, 'src/simulator/discord/start.ts'],
  ['src/agent/p-test.ts', `import '../../test/support/world.ts';`, 'test/support/world.ts'],
  ['src/elsewhere/p.ts', `import '../log.ts';`, 'is in a folder that scripts/rooms.ts does not know'],
  // Packages.
  ['src/agent/p-discord.ts', `import { Client } from 'discord.js';`, 'imports discord.js'],
  ['src/bot/channel/p-discord.ts', `import type { Message } from 'discord.js';`, 'imports discord.js'],
  ['src/bot/channel/p-keyv.ts', `import Keyv from 'keyv';`, 'imports keyv'],
  ['src/bot/discord/p-openai.ts', `import OpenAI from 'openai';`, 'imports openai'],
  ['src/agent/tools/p-openai.ts', `export type A = import('openai').OpenAI;`, 'imports openai'],
  ['src/agent/model/p-mcp.ts', `import '@modelcontextprotocol/client';`, 'imports @modelcontextprotocol/client'],
  ['src/agent/p-redis.ts', `export const a = import('@keyv/redis');`, 'imports @keyv/redis'],
  ['src/log/p-pino.ts', `import 'pino';`, 'is in a folder'],
  ['src/agent/p-rest.ts', `import '@discordjs/rest';`, 'imports @discordjs/rest. Say in scripts/rooms.ts'],
  ['src/agent/p-self.ts', `import '#agent/turn';`, 'imports #agent. Say in scripts/rooms.ts'],
];

/** Files that import each other, and what the check says of them. */
const circles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'of values': { 'a.ts': `import './b.ts';`, 'b.ts': `import './a.ts';` },
  'of types only': { 'a.ts': `import type { B } from './b.ts';`, 'b.ts': `import type { A } from './a.ts';` },
  'of re-exports': { 'a.ts': `export * from './b.ts';`, 'b.ts': `export type { A } from './a.ts';` },
  'of types in import()': { 'a.ts': `export type A = import('./b.ts').B;`, 'b.ts': `import type { A } from './a.ts';` },
  'of dynamic imports': { 'a.ts': `export const a = import('./b.ts');`, 'b.ts': `import './a.ts';` },
  'of three': {
    'a.ts': `import type { B } from './b.ts';`,
    'b.ts': `import './c.ts';`,
    'c.ts': `export * from './a.ts';`,
  },
  'across folders': { 'a.ts': `import './in/b.ts';`, 'in/b.ts': `import type { A } from '../a.ts';` },
  'with itself': { 'a.ts': `import type { A } from './a.ts';` },
};

const allowed: readonly (readonly [file: string, source: string])[] = [
  ['src/agent/q-leaf.ts', `import { cut } from '../text.ts';`],
  ['src/agent/q-types.ts', `import type { Config } from '../config/types.ts';`],
  ['src/bot/channel/q.ts', `import { resultOf } from '../../agent/turn.ts';`],
  ['src/bot/discord/q.ts', `import { Client } from 'discord.js';\nimport '../channel/presenter.ts';`],
  ['src/playground/q.ts', `new URL('../programs/launch.js', import.meta.url);`],
  ['src/agent/q-url.ts', `new URL('../bot', 'https://example.com');\nnew URL('./worker.ts', import.meta.url);`],
  [
    'src/agent/q-text.ts',
    `export const text = "import '../bot/discord/place.ts'"; // import '../bot/discord/place.ts'`,
  ],
];

describe('the check of the rooms', () => {
  const root = mkdtempSync(join(tmpdir(), 'jupan-rooms-'));
  let found: readonly string[];

  const plant = (path: string, source: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), source);
  };

  beforeAll(() => {
    cpSync('src', join(root, 'src'), { recursive: true });
    for (const [path, source] of [...crossings, ...allowed]) plant(path, source);
    for (const [index, files] of Object.values(circles).entries()) {
      for (const [name, source] of Object.entries(files)) plant(`src/agent/circle-${index}/${name}`, source);
    }
    found = findBreaches(root);
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true }));

  test.each(crossings)('finds the breach in %s: %s', (path, _, said) => {
    expect(found.filter((breach) => breach.startsWith(`${path}:1 `))).toEqual([expect.stringContaining(said)]);
  });

  test.each(Object.keys(circles))('finds a circle %s', (name) => {
    const index = Object.keys(circles).indexOf(name);
    const files = Object.keys(circles[name] ?? {}).map((file) => `src/agent/circle-${index}/${file}`);
    const [circle = '', ...more] = found.filter((breach) => breach.startsWith(`src/agent/circle-${index}/`));
    expect(more).toEqual([]);
    expect(circle).toContain('imported in a circle');
    expect(circle.split(': ')[0]?.split(', ').toSorted()).toEqual(files.toSorted());
  });

  test('finds nothing else', () => {
    expect(found).toHaveLength(crossings.length + Object.keys(circles).length);
    expect(found.filter((breach) => /\/q[.-]/.test(breach))).toEqual([]);
  });

  test('fails the command, with a line for each', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/check-rooms.ts', root], { encoding: 'utf8' });
    expect(stderr.trim().split('\n')).toEqual(found);
    expect(status).toBe(1);
  }, 120_000);

  test('passes the source as it is', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/check-rooms.ts'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 120_000);
});
