/**
 * `/settings`: a panel in which members with Manage Server set what holds for the server and the channel, and everybody what holds
 * for themselves. All that a press needs is in its name, and who may is asked again with each: the panel works after a restart, and
 * not for somebody who has lost the permission.
 */
import {
  type AnySelectMenuInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import {
  type Layer,
  longestInstructions,
  type Scope,
  type SettingName,
  scopes,
  settingNames,
} from '../../../settings/layer.ts';
import { maySet } from '../../../settings/resolve.ts';
import type { NewValue } from '../../../settings/scope-document.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import type { SettingsTexts } from '../../channel/texts/settings.ts';
import { rolesOf } from '../access.ts';
import { textDialog } from '../form-modal.ts';
import { choicesOf } from '../settings/choices.ts';
import { toNewAccess, toNewTools } from '../settings/new-lists.ts';
import { type PageOptions, toOverview, toSettingPage } from '../settings/pages.ts';
import { placeOfInteraction } from '../settings/place.ts';
import { toExplanation, toHistory } from '../settings/reports.ts';
import { type Command, type ControlsContext, fill, tell, tellText, unlessAway } from './control.ts';
import { toLastingId } from './lasting.ts';
import { isManager } from './manager.ts';
import { readPage } from './pages.ts';
import { toPanel } from './panel.ts';

type Used = ButtonInteraction | AnySelectMenuInteraction | ModalSubmitInteraction;
type Anybody = Used | ChatInputCommandInteraction;

const viewOptionName = 'view';
const views = ['panel', 'explain', 'history'] as const;
type View = (typeof views)[number];
/** How long it waits for tool servers that are not connected. */
const toolsWithinMs = 2_000;
const textId = 'text';

export const settings: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'settings',
    description: catalogues.en.settings.description,
    description_localizations: { ko: catalogues.ko.settings.description },
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: viewOptionName,
        description: catalogues.en.settings.viewDescription,
        description_localizations: { ko: catalogues.ko.settings.viewDescription },
        choices: views.map((view) => ({
          name: catalogues.en.settings.views[view],
          name_localizations: { ko: catalogues.ko.settings.views[view] },
          value: view,
        })),
      },
    ],
  },
  async run(interaction, context) {
    const wanted = interaction.options.getString(viewOptionName);
    const view = views.find((known) => known === wanted) ?? 'panel';
    // The store may take longer than Discord waits.
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await unlessAway(interaction, context, async () => {
      if (view !== 'panel') return await fill(interaction, { content: await report(view, interaction, context) });
      const [scope = 'person'] = scopesOf(interaction, context);
      await fill(interaction, toPanel(toOverview(await pageOptions(scope, interaction, context))));
    });
  },
};

/** A press, a choice or a dialog of the panel. What its name says may be of an earlier version, or made up. */
export async function useSettings(
  interaction: Used,
  values: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const [first, ...rest] = values;
  const view = views.find((known) => known === first);
  if (view !== undefined && view !== 'panel') {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    return await unlessAway(interaction, context, async () => {
      await interaction.editReply({ content: await report(view, interaction, context) });
    });
  }
  const chosen = first === 'scope' && interaction.isStringSelectMenu() ? interaction.values[0] : first;
  const scope = scopes.find((known) => known === chosen);
  if (scope === undefined) return await tell(interaction, 'spent');
  const { language, texts } = wordsFor(interaction);
  if (scope !== 'person' && !isManager(interaction)) return await tellText(interaction, texts.onlyManagers);
  const [wanted, action, detail] = first === 'scope' ? ['all'] : rest;
  if (wanted === 'all') return await show(interaction, context, scope);
  const setting = settingNames.find((known) => known === wanted);
  if (setting === undefined) return await tell(interaction, 'spent');
  if (!maySet(context.settings.operator, scope, setting)) return await tellText(interaction, texts.gonePage);
  if (action === 'edit' && 'showModal' in interaction)
    return await unlessAway(interaction, context, async () => {
      const { layer } = await context.settings.load(scope, idOf(scope, interaction));
      await interaction.showModal(toDialog(scope, layer.instructions ?? '', language));
    });
  const place = readPage(detail) ?? 0;
  if (action === undefined || action === 'page') return await show(interaction, context, scope, setting, place);
  const change = toChange(interaction, { setting, action, scope }, context);
  if (typeof change === 'string') return await tellText(interaction, change);
  await show(interaction, context, scope, setting, place, async () => {
    await context.settings.change(scope, idOf(scope, interaction), change, interaction.user.id);
  });
}

interface Wanted {
  readonly scope: Scope;
  readonly setting: SettingName;
  /** What was done with it: a part of the control's name. */
  readonly action: string;
}

/** What is to be changed, or why it is not, in the member's words. */
function toChange(
  interaction: Used,
  { scope, setting, action }: Wanted,
  context: ControlsContext,
): ((layer: Layer) => NewValue) | string {
  const { texts } = wordsFor(interaction);
  if (action === 'clear') return () => ({ setting, value: undefined });
  if (interaction.isModalSubmit()) {
    const text = interaction.fields.getTextInputValue(textId).trim();
    if (text.length > longestInstructions) return texts.tooLong.replace('{most}', String(longestInstructions));
    return () => ({ setting: 'instructions', value: text === '' ? undefined : text });
  }
  if (!('values' in interaction)) return catalogues[toLanguage(interaction.locale)].replies.spent;
  const { values } = interaction;
  const { operator } = context.settings;
  if (setting === 'access') return (layer) => toNewAccess(layer, action, values);
  if (setting === 'tools') {
    const shown = interaction.isStringSelectMenu() ? interaction.component.options.map(({ value }) => value) : [];
    return (layer) => toNewTools(layer, action, { shown, values });
  }
  const choices = choicesOf(setting, { operator, texts, scope, hasApprovers: context.approverRoleIds.length > 0 });
  const chosen = choices.find(({ value }) => value === values[0]);
  return chosen === undefined ? texts.notOffered : () => chosen.change;
}

/** Puts the page into the place of the one that was used. @param change Done before. */
async function show(
  interaction: Used,
  context: ControlsContext,
  scope: Scope,
  setting?: SettingName,
  place = 0,
  change = async () => {},
): Promise<void> {
  await interaction.deferUpdate();
  await unlessAway(interaction, context, async () => {
    await change();
    const options = await pageOptions(scope, interaction, context);
    const parts = setting === undefined ? toOverview(options) : toSettingPage(setting, options, place);
    await interaction.editReply(toPanel(parts));
  });
}

async function pageOptions(scope: Scope, interaction: Anybody, context: ControlsContext): Promise<PageOptions> {
  const { settings: stored, agent } = context;
  const place = placeOfInteraction(interaction);
  const [layers, servers] = await Promise.all([
    stored.layers(place),
    agent.tools(AbortSignal.timeout(toolsWithinMs), { personId: interaction.user.id, guildId: place.guildId }),
  ]);
  const wider = scopes.slice(0, scopes.indexOf(scope) + 1);
  const shown = Object.fromEntries(wider.map((each) => [each, layers[each] ?? {}]));
  return {
    scope,
    layer: layers[scope] ?? {},
    resolved: stored.resolveLayers(shown),
    operator: stored.operator,
    scopes: scopesOf(interaction, context),
    hasApprovers: context.approverRoleIds.length > 0,
    servers,
    language: toLanguage(interaction.locale),
  };
}

async function report(
  view: Exclude<View, 'panel'>,
  interaction: Anybody,
  { settings: stored }: ControlsContext,
): Promise<string> {
  const language = toLanguage(interaction.locale);
  const place = placeOfInteraction(interaction);
  if (view === 'explain') {
    const resolved = await stored.resolve(place);
    const mayAsk = await stored.mayAsk(resolved, place, async () => rolesOf(interaction));
    return toExplanation(resolved, mayAsk, language);
  }
  const seen = isManager(interaction) ? scopes : (['person'] as const);
  const documents = await Promise.all(
    seen.map(async (scope) => {
      const { changes } = await stored.load(scope, idOf(scope, interaction));
      return changes.map((change) => ({ ...change, scope }));
    }),
  );
  return toHistory(documents.flat(), language);
}

/** Whose settings somebody may change there, the widest first. */
function scopesOf(interaction: Anybody, { settings: { operator } }: ControlsContext): Scope[] {
  const own = isManager(interaction) ? scopes : (['person'] as const);
  return own.filter((scope) => operator.settable[scope].length > 0);
}

function idOf(scope: Scope, interaction: Anybody): string {
  const { guildId = '', channelId, userId } = placeOfInteraction(interaction);
  return { server: guildId, channel: channelId, person: userId }[scope];
}

function wordsFor({ locale }: Anybody): { readonly language: Language; readonly texts: SettingsTexts } {
  const language = toLanguage(locale);
  return { language, texts: catalogues[language].settings };
}

function toDialog(scope: Scope, value: string, language: Language) {
  const texts = catalogues[language].settings;
  return textDialog({
    customId: toLastingId('settings', scope, 'instructions', 'text'),
    title: texts.titles[scope],
    fieldId: textId,
    label: texts.instructionsLabel,
    description: texts.instructionsHint,
    style: TextInputStyle.Paragraph,
    maxLength: longestInstructions,
    value,
  });
}
