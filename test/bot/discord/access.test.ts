/** Who may ask: the rule as a table. */
import { expect, test } from 'vitest';
import { mayAsk } from '../../../src/bot/discord/access.ts';
import type { AccessConfig } from '../../../src/config/types.ts';

const nothing: AccessConfig = { guildIds: [], userIds: [], roleIds: [], userInstall: false };
const guild = { ...nothing, guildIds: ['home'] };
const user = { ...nothing, userIds: ['jimin'] };
const role = { ...nothing, roleIds: ['staff'] };
const all = { ...nothing, guildIds: ['home'], userIds: ['jimin'], roleIds: ['staff'] };

const jimin = { userId: 'jimin', guildId: 'home', roleIds: [] };
const staff = { userId: 'alex', guildId: 'home', roleIds: ['other', 'staff'] };
const stranger = { userId: 'stranger', guildId: 'home', roleIds: ['other'] };
const away = <Asker extends object>(asker: Asker) => ({ ...asker, guildId: 'elsewhere' });
const direct = <Asker extends object>(asker: Asker) => ({ ...asker, guildId: undefined, roleIds: [] });

test.for([
  ['nothing is set: anybody', nothing, stranger, true],
  ['nothing is set: anybody in a direct message', nothing, direct(stranger), true],
  ['a guild: anybody there', guild, stranger, true],
  ['a guild: nobody elsewhere', guild, away(jimin), false],
  ['a guild: nobody in a direct message', guild, direct(jimin), false],
  ['a person: wherever they are', user, away(jimin), true],
  ['a person: in a direct message too', user, direct(jimin), true],
  ['a person: nobody else', user, stranger, false],
  ['a role: its members', role, staff, true],
  ['a role: nobody else', role, stranger, false],
  ['a role: not in a direct message, where nobody has one', role, direct(staff), false],
  ['all three: a person in the guild', all, jimin, true],
  ['all three: a member of the role in the guild', all, staff, true],
  ['all three: not elsewhere', all, away(jimin), false],
  ['all three: not with a role in another guild', all, away(staff), false],
  ['all three: a stranger in the guild', all, stranger, false],
  ['all three: the person in a direct message', all, direct(jimin), true],
] as const)('%s', ([, access, asker, may]) => {
  expect(mayAsk(access, asker)).toBe(may);
});
