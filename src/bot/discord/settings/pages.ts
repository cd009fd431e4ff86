/** The pages of the panel: all settings of a scope, and one of them. Pure. */
import type { APIButtonComponent, APIComponentInContainer } from 'discord.js';
import type { ServerTools } from '../../../agent/offered-tool.ts';
import {
  type AccessRules,
  type Layer,
  noRules,
  type Scope,
  type SettingName,
  settingNames,
} from '../../../settings/layer.ts';
import { maySet, type OperatorSettings, type Resolved } from '../../../settings/resolve.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import { toLastingId } from '../controls/lasting.ts';
import { button, pageButtons, toButtonRows } from '../controls/pages.ts';
import { channelSelect, line, mostOptions, roleSelect, section, select, text } from '../controls/panel.ts';
import { toPlainText } from '../plain-text.ts';
import { choicesOf, isChosen, toWords } from './choices.ts';

export interface PageOptions {
  readonly scope: Scope;
  /** What stands in the scope's own layer. */
  readonly layer: Layer;
  /** What holds there, with the wider layers under it. */
  readonly resolved: Resolved;
  readonly operator: OperatorSettings;
  /** Whose settings the one who looks may change. */
  readonly scopes: readonly Scope[];
  readonly hasApprovers: boolean;
  readonly servers: readonly ServerTools[];
  readonly language: Language;
}

/** What is shown of instructions where they can be changed. Escaped, they are twice as long at most. */
const longestShownInstructions = 1_500;
const longestShownNames = 500;

const idOf = (scope: Scope, ...rest: readonly (string | number)[]) => toLastingId('settings', scope, ...rest);

/** Everything that can be set in a scope, a line each. */
export function toOverview(options: PageOptions): APIComponentInContainer[] {
  const { scope, scopes, operator, language } = options;
  const texts = catalogues[language].settings;
  const settable = settingNames.filter((name) => maySet(operator, scope, name));
  const chooseScope = scopes.map((value) => ({ value, ...texts.scopes[value], isChosen: value === scope }));
  return [
    text(`## ${texts.titles[scope]}\n${texts.intros[scope]}`),
    ...(scopes.length > 1
      ? [select(chooseScope, { customId: toLastingId('settings', 'scope'), placeholder: texts.chooseScope })]
      : []),
    line(),
    ...settable.map((name) => section(toSummary(name, options), idOf(scope, name), texts.change)),
    line(),
    ...toButtonRows(
      [
        button(toLastingId('settings', 'explain'), texts.views.explain),
        button(toLastingId('settings', 'history'), texts.views.history),
      ],
      2,
    ),
  ];
}

/** Its name, what it is for, and what holds, with where that comes from. */
function toSummary(name: SettingName, { resolved, language, scope }: PageOptions): string {
  const texts = catalogues[language].settings;
  const origins = resolved.origins[name].map((origin) => texts.origins[origin]).join(' + ');
  const ignored = resolved.ignored.some((other) => other.scope === scope && other.setting === name);
  const note = ignored ? ` · ⚠️ ${texts.ignored}` : '';
  const from = origins === '' ? '' : ` (${origins})`;
  return `**${texts.names[name]}**: ${texts.means[name]}\n-# ${toWords(name, resolved.values, texts)}${from}${note}`;
}

/** One setting, to be changed. @param place Of a list that is longer than a menu: its page, from 0. */
export function toSettingPage(name: SettingName, options: PageOptions, place = 0): APIComponentInContainer[] {
  const { scope, language } = options;
  const texts = catalogues[language].settings;
  const more = texts.more[name];
  return [
    text(`## ${texts.titles[scope]}\n${toSummary(name, options)}${more === undefined ? '' : `\n${more}`}`),
    ...toControls(name, options, place),
    line(),
    ...toButtonRows([button(idOf(scope, 'all'), texts.back), ...clearButton(name, options)], 2),
  ];
}

/** Few values have one that says nothing. */
function clearButton(name: SettingName, { scope, layer, language }: PageOptions): APIButtonComponent[] {
  const texts = catalogues[language].settings;
  const hasChoice = name !== 'tools' && name !== 'access' && name !== 'instructions';
  if (hasChoice) return [];
  return [button(idOf(scope, name, 'clear'), texts.reset, layer[name] === undefined)];
}

function toControls(name: SettingName, options: PageOptions, place: number): APIComponentInContainer[] {
  if (name === 'instructions') return toInstructions(options);
  if (name === 'tools') return toTools(options, place);
  if (name === 'access') return toAccess(options);
  const { scope, layer, language } = options;
  const texts = catalogues[language].settings;
  const choices = choicesOf(name, { ...options, texts }).map((choice) => ({
    value: choice.value,
    ...choice.text,
    isChosen: isChosen(choice, layer),
  }));
  return [select(choices, { customId: idOf(scope, name, 'set'), placeholder: texts.notSet })];
}

function toInstructions({ scope, layer, language }: PageOptions): APIComponentInContainer[] {
  const texts = catalogues[language].settings;
  const { instructions = '' } = layer;
  const lines = instructions.split('\n').map((each) => `> ${toPlainText(each, longestShownInstructions)}`);
  const shown = lines.join('\n').slice(0, 2 * longestShownInstructions);
  return [
    ...(instructions === '' ? [] : [text(shown)]),
    ...toButtonRows([button(idOf(scope, 'instructions', 'edit'), texts.edit)], 1),
  ];
}

/** Of servers and of tools a menu each; there may be more tools than one menu holds. */
function toTools({ scope, layer, servers, language }: PageOptions, wanted: number): APIComponentInContainer[] {
  const texts = catalogues[language].settings;
  const off = layer.tools ?? { servers: [], tools: [] };
  const serverNames = servers.map(({ server }) => server).filter(isOption);
  const tools = servers.flatMap(({ server, tools: some }) => some.map((tool) => ({ server, ...tool })));
  const pages = Math.max(1, Math.ceil(tools.length / mostOptions));
  const page = Math.min(wanted, pages - 1);
  const shown = tools.slice(page * mostOptions, (page + 1) * mostOptions);
  const known = new Set([...serverNames, ...tools.map(({ name }) => name)]);
  const gone = [...off.servers, ...off.tools].filter((name) => !known.has(name));
  const labels = catalogues[language].commands.pages;
  const turning = pageButtons({
    page,
    pages,
    toId: (other) => idOf(scope, 'tools', 'page', other),
    labels: { back: labels.previous, on: labels.next },
  });
  return [
    ...(serverNames.length === 0
      ? []
      : [
          select(
            serverNames.slice(0, mostOptions).map((name) => ({
              value: name,
              label: name,
              isChosen: off.servers.includes(name),
            })),
            { customId: idOf(scope, 'tools', 'servers'), placeholder: texts.serversOff, isMany: true },
          ),
        ]),
    ...(shown.length === 0
      ? []
      : [
          select(
            shown.map(({ name, server }) => ({
              value: name,
              label: name,
              means: server,
              isChosen: off.tools.includes(name),
            })),
            { customId: idOf(scope, 'tools', 'tools', page), placeholder: texts.toolsOff, isMany: true },
          ),
        ]),
    ...toButtonRows(turning, 2),
    ...(gone.length === 0
      ? []
      : [text(`-# ${texts.gone.replace('{names}', () => toPlainText(gone.join(', '), longestShownNames))}`)]),
  ];
}

/** Names of servers are the operator's, of any length. */
function isOption(name: string): boolean {
  return name !== '' && name.length <= 100;
}

function toAccess({ scope, layer, language }: PageOptions): APIComponentInContainer[] {
  const texts = catalogues[language].settings;
  const rules = layer.access ?? noRules;
  const idOfList = (list: keyof AccessRules) => idOf(scope, 'access', list);
  const roles = (['allowedRoles', 'deniedRoles'] as const).flatMap((list) => [
    text(`**${texts[list]}**`),
    roleSelect(rules[list], { customId: idOfList(list), placeholder: texts[list] }),
  ]);
  if (scope !== 'server') return roles;
  const channels = (['allowedChannels', 'deniedChannels'] as const).flatMap((list) => [
    text(`**${texts[list]}**`),
    channelSelect(rules[list], { customId: idOfList(list), placeholder: texts[list] }),
  ]);
  return [...roles, ...channels];
}
