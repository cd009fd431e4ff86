/**
 * What can be set where people are: one layer of it for each scope, all of it optional. The operator's layer lies under those of the
 * server, the channel and the person. Plain data.
 */
import type { ApprovalRule, ToolsOff } from '../agent/turn.ts';

/** From the widest to the nearest. A thread is a part of the channel that it hangs under. */
export const scopes = ['server', 'channel', 'person'] as const;
export type Scope = (typeof scopes)[number];

export const settingNames = [
  'language',
  'instructions',
  'model',
  'tools',
  'approval',
  'notices',
  'private',
  'threads',
  'access',
] as const;
export type SettingName = (typeof settingNames)[number];

/** What the bot's own words are in. `discord`: the language of the question and, where that does not tell, what Discord says. */
export const languages = ['discord', 'en', 'ko'] as const;
export type LanguageChoice = (typeof languages)[number];

/** As NOTICES says. */
export const noticeStyles = ['all', 'folded', 'failures'] as const;
export type NoticeStyle = (typeof noticeStyles)[number];

/** Ids. Who or what is denied is denied, whatever is allowed besides; where something is allowed, nothing else is. */
export interface AccessRules {
  readonly allowedRoles: readonly string[];
  readonly deniedRoles: readonly string[];
  /** Of a server alone. */
  readonly allowedChannels: readonly string[];
  readonly deniedChannels: readonly string[];
}

export const noRules: AccessRules = { allowedRoles: [], deniedRoles: [], allowedChannels: [], deniedChannels: [] };

/** Fields are named as settings are. What is absent is left to the layers below. */
export interface Layer {
  readonly language?: LanguageChoice;
  /** Added after the operator's system prompt. */
  readonly instructions?: string;
  /** Name of the model. */
  readonly model?: string;
  /** What is switched off. */
  readonly tools?: ToolsOff;
  readonly approval?: ApprovalRule;
  readonly notices?: NoticeStyle;
  /** Whether answers of `/ask` are shown to the asker alone where the asker does not say. */
  readonly private?: boolean;
  /** Whether a mention in a channel is answered in a thread of its own, which its message begins. */
  readonly threads?: boolean;
  /** Who may ask. */
  readonly access?: AccessRules;
}

/** Which of the settings have a meaning in each scope. */
export const meaningful: Readonly<Record<Scope, readonly SettingName[]>> = {
  server: settingNames,
  channel: settingNames,
  person: settingNames.filter((name) => name !== 'access' && name !== 'threads'),
};

/** The bounds of a layer. Characters; numbers of ids and of names in one list. */
export const longestInstructions = 1_500;
export const longestName = 200;
export const mostIds = 25;
export const mostNames = 200;
