/** What can be chosen of settings that have a few values, with what each means; and how values are put into words. Pure. */
import type { ApprovalRule } from '../../../agent/turn.ts';
import { type Layer, languages, noticeStyles, type Scope, type SettingName } from '../../../settings/layer.ts';
import type { OperatorSettings, SettingValues } from '../../../settings/resolve.ts';
import type { NewValue } from '../../../settings/scope-document.ts';
import type { ApprovalChoice, ChoiceText, SettingsTexts } from '../../channel/texts/settings.ts';
import { toPlainText } from '../plain-text.ts';

export interface Choice {
  readonly value: string;
  readonly text: ChoiceText;
  readonly change: NewValue;
}

export interface ChoosingOptions {
  readonly operator: OperatorSettings;
  readonly texts: SettingsTexts;
  readonly scope: Scope;
  /** Whether there are roles that may approve calls of others. */
  readonly hasApprovers: boolean;
}

/** The first of all: the layer says nothing. */
const inherited = '-';
const longestShownName = 60;

/** Empty for settings that have no few values. */
export function choicesOf(setting: SettingName, options: ChoosingOptions): readonly Choice[] {
  const own = ownChoices(setting, options);
  if (own.length === 0) return [];
  return [{ value: inherited, text: options.texts.inherit, change: { setting, value: undefined } }, ...own];
}

function ownChoices(
  setting: SettingName,
  { operator, texts, scope, hasApprovers }: ChoosingOptions,
): readonly Choice[] {
  switch (setting) {
    case 'language':
      return languages.map((value) => ({ value, text: texts.languages[value], change: { setting, value } }));
    case 'notices':
      return noticeStyles.map((value) => ({ value, text: texts.notices[value], change: { setting, value } }));
    case 'model':
      return operator.models.map(({ name: value, description = '' }, place) => ({
        value,
        text: { label: value, means: place === 0 ? texts.usualModel : description },
        change: { setting, value },
      }));
    case 'approval': {
      const offersOthers = hasApprovers && scope !== 'person';
      const offered: readonly ApprovalChoice[] = [
        'destructive',
        'always',
        ...(offersOthers ? ['others' as const] : []),
      ];
      return offered.map((value) => ({
        value,
        text: texts.approvals[value],
        change: { setting, value: approvalRules[value] },
      }));
    }
    case 'private':
    case 'threads': {
      const { yes, no } = texts[setting === 'private' ? 'privately' : 'inThreads'];
      return [
        { value: 'yes', text: yes, change: { setting, value: true } },
        { value: 'no', text: no, change: { setting, value: false } },
      ];
    }
    default:
      return [];
  }
}

const approvalRules: Readonly<Record<ApprovalChoice, ApprovalRule>> = {
  destructive: { when: 'destructive' },
  always: { when: 'always' },
  others: { when: 'always', notAsker: true },
};

/** Whether the layer says just that. */
export function isChosen({ change: { setting, value } }: Choice, layer: Layer): boolean {
  return JSON.stringify(layer[setting]) === JSON.stringify(value);
}

/** What holds, in a few words. */
export function toWords(setting: SettingName, values: SettingValues, texts: SettingsTexts): string {
  switch (setting) {
    case 'language':
      return texts.languages[values.language].label;
    case 'instructions': {
      const count = values.instructions.reduce((sum, { text }) => sum + text.length, 0);
      return count === 0 ? '–' : texts.characters(count);
    }
    case 'model':
      return values.model === undefined ? texts.usualModel : toPlainText(values.model, longestShownName);
    case 'tools': {
      const { servers, tools } = values.tools;
      return servers.length + tools.length === 0 ? texts.nothingOff : texts.off(servers.length, tools.length);
    }
    case 'approval':
      return toApprovalWords(values.approval, texts);
    case 'notices':
      return texts.notices[values.notices].label;
    case 'private':
      return (values.private ? texts.privately.yes : texts.privately.no).label;
    case 'threads':
      return (values.threads ? texts.inThreads.yes : texts.inThreads.no).label;
    case 'access':
      return toAccessWords(values.access, texts);
  }
}

function toApprovalWords(rule: ApprovalRule | undefined, { approvals, byOperator, byOthers }: SettingsTexts): string {
  if (rule === undefined) return byOperator;
  const { label } = approvals[rule.when];
  return rule.notAsker === true ? `${label}, ${byOthers}` : label;
}

function toAccessWords(rules: SettingValues['access'], texts: SettingsTexts): string {
  const count = (lists: readonly (readonly string[])[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const allowed = count(rules.flatMap(({ allowedRoles, allowedChannels }) => [allowedRoles, allowedChannels]));
  const denied = count(rules.flatMap(({ deniedRoles, deniedChannels }) => [deniedRoles, deniedChannels]));
  return allowed + denied === 0 ? texts.everybody : texts.rules(allowed, denied);
}
