/** «Ask Jupan» in the menu of a message: its definition in every language, its dialog, and what is remembered between the two. */
import {
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandType,
  ComponentType,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
  TextInputStyle,
} from 'discord.js';
import type { AccessConfig } from '../../config/types.ts';
import type { Language } from '../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../channel/texts/catalogues.ts';
import { mayAsk, toAsker } from './access.ts';
import { type AskOptions, ask } from './asking.ts';
import { type BroughtAlong, broughtAlongByChosen } from './brought-along.ts';
import { tell, tellText } from './controls/control.ts';
import { languageOf } from './question.ts';

export const askMenuDefinition: RESTPostAPIContextMenuApplicationCommandsJSONBody = {
  type: ApplicationCommandType.Message,
  name: catalogues.en.askMenu.name,
  name_localizations: { ko: catalogues.ko.askMenu.name },
};

const dialogPrefix = 'ask:';
const questionFieldId = 'question';
const longestQuestion = 2000;

/** A dialog that is never sent off is not heard of again. */
const mostChoices = 500;

/**
 * What was chosen, until the dialog about it is sent off: Discord tells of the message when it is chosen and not a second time.
 * In memory alone: a message that somebody else wrote is stored once it is asked about, not before.
 */
export class ChosenMessages {
  readonly #choices = new Map<string, BroughtAlong>();

  keep(choiceId: string, chosen: BroughtAlong): void {
    this.#choices.set(choiceId, chosen);
    const [oldest] = this.#choices.keys();
    if (oldest !== undefined && this.#choices.size > mostChoices) this.#choices.delete(oldest);
  }

  /** Stays: a dialog that Discord could not deliver is sent off again. Undefined: chosen before this process began, or long ago. */
  find(choiceId: string): BroughtAlong | undefined {
    return this.#choices.get(choiceId);
  }
}

/** Opens the dialog in which one may ask something about the message. */
export async function chooseMessage(
  interaction: MessageContextMenuCommandInteraction,
  { access, chosen }: { readonly access: AccessConfig; readonly chosen: ChosenMessages },
): Promise<void> {
  if (!mayAsk(access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  chosen.keep(interaction.id, broughtAlongByChosen(interaction.targetMessage));
  await interaction.showModal(toAskDialog(interaction.id, toLanguage(interaction.locale)));
}

/** The dialog was sent off. */
export async function askAboutChosen(
  interaction: ModalSubmitInteraction,
  chosen: ChosenMessages,
  options: AskOptions,
): Promise<void> {
  const { choiceId, words } = readAskDialog(interaction);
  const broughtAlong = chosen.find(choiceId);
  if (broughtAlong !== undefined) return await ask(interaction, { words, wordless: 'chosen', broughtAlong }, options);
  if (!mayAsk(options.access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const { replies } = catalogues[languageOf(words, interaction.locale)];
  // What was typed can be copied from there.
  await tellText(interaction, words === '' ? replies['choose-again'] : `${replies['choose-again']}\n${words}`);
}

/** @param choiceId Of the interaction by which the message was chosen. */
function toAskDialog(choiceId: string, language: Language): APIModalInteractionResponseCallbackData {
  const { name, label, placeholder } = catalogues[language].askMenu;
  return {
    custom_id: `${dialogPrefix}${choiceId}`,
    title: name,
    components: [
      {
        type: ComponentType.Label,
        label,
        component: {
          type: ComponentType.TextInput,
          custom_id: questionFieldId,
          style: TextInputStyle.Paragraph,
          required: false,
          max_length: longestQuestion,
          placeholder,
        },
      },
    ],
  };
}

export function isAskDialog({ customId }: ModalSubmitInteraction): boolean {
  return customId.startsWith(dialogPrefix);
}

/** @returns which message was chosen, and what was asked about it; empty: nothing in words. */
function readAskDialog({ customId, fields }: ModalSubmitInteraction) {
  const field = fields.fields.get(questionFieldId);
  const words = field !== undefined && 'value' in field ? String(field.value ?? '') : '';
  return { choiceId: customId.slice(dialogPrefix.length), words: words.trim() };
}
