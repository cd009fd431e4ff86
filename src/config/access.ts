/** Who may ask the bot, and where. What is not set restricts nothing. */
import type { Settings } from './settings.ts';

export interface AccessConfig {
  /** Ids of the servers where the bot answers. Empty: all. */
  readonly guildIds: readonly string[];
  /** Ids of the people, and of the roles whose members, the bot answers. Both empty: everybody. */
  readonly userIds: readonly string[];
  readonly roleIds: readonly string[];
  /** Whether people may install the bot for themselves and use its commands wherever they are. */
  readonly userInstall: boolean;
}

export function readAccess(settings: Settings): AccessConfig {
  return {
    guildIds: readIds(settings, 'ALLOWED_GUILDS', 'servers', 'server'),
    userIds: readIds(settings, 'ALLOWED_USERS', 'people', 'person'),
    roleIds: readIds(settings, 'ALLOWED_ROLES', 'roles', 'role'),
    userInstall: settings.isOn('USER_INSTALL') ?? false,
  };
}

/** Empty where the variable is unset or bad: then it is reported, and the program does not start. */
export function readIds(settings: Settings, variable: string, things: string, thing: string): string[] {
  const ids = (settings.text(variable) ?? '').split(/[\s,]+/).filter((id) => id !== '');
  if (ids.every((id) => /^\d{17,20}$/.test(id))) return ids;
  const copy = `Copy ${thing === 'person' ? 'User' : thing[0]?.toUpperCase() + thing.slice(1)} ID`;
  settings.report(
    variable,
    `should be ids of Discord ${things}, separated by commas (in Discord: developer mode on, right click on a ${thing}, ${copy}).`,
  );
  return [];
}
