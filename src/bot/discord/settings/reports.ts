/** What holds for somebody in a channel and where it comes from, and who has changed what. Pure. */
import { type Scope, settingNames } from '../../../settings/layer.ts';
import type { Resolved } from '../../../settings/resolve.ts';
import type { SettingChange } from '../../../settings/scope-document.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import { toPlainText } from '../plain-text.ts';
import { toWords } from './choices.ts';

/** Discord's limit of a message. */
const maxLength = 2_000;
const mostShown = 20;
const longestValue = 80;

export function toExplanation(resolved: Resolved, mayAsk: boolean, language: Language): string {
  const texts = catalogues[language].settings;
  const lines = settingNames.map((name) => {
    const origins = resolved.origins[name].map((origin) => texts.origins[origin]).join(' + ');
    const ignored = resolved.ignored
      .filter(({ setting }) => setting === name)
      .map(({ scope }) => `\n-# ⚠️ ${texts.scopes[scope].label}: ${texts.ignored}`);
    const from = origins === '' ? '' : ` · ${origins}`;
    return `**${texts.names[name]}**: ${toWords(name, resolved.values, texts)}${from}${ignored.join('')}`;
  });
  return [`**${texts.explainTitle}**`, mayAsk ? texts.youMay : texts.youMayNot, ...lines]
    .join('\n')
    .slice(0, maxLength);
}

/** A change with the scope that it was made in. */
export interface ScopedChange extends SettingChange {
  readonly scope: Scope;
}

/** The newest first. */
export function toHistory(changes: readonly ScopedChange[], language: Language): string {
  const texts = catalogues[language].settings;
  if (changes.length === 0) return texts.noHistory;
  const newest = changes.toSorted((one, other) => other.at - one.at).slice(0, mostShown);
  const lines = newest.map(({ at, by, setting, to, scope }) => {
    const value = setting === 'instructions' && to !== undefined ? texts.characters(Number(to)) : (to ?? '');
    const words: Readonly<Record<string, string>> = {
      when: `<t:${Math.floor(at / 1000)}:R>`,
      who: `<@${by}>`,
      what: texts.names[setting],
      value: toPlainText(value, longestValue),
      scope: texts.scopes[scope].label,
    };
    return (to === undefined ? texts.removed : texts.changed).replace(
      /\{(\w+)\}/g,
      (_, name: string) => words[name] ?? '',
    );
  });
  const shown = [`**${texts.historyTitle}**`];
  for (const each of lines) if ([...shown, each].join('\n').length <= maxLength) shown.push(each);
  return shown.join('\n');
}
