/**
 * A page that a tool server wants opened: a press shows its address to the asker alone, whole and in a code block, of which Discord
 * makes no link and fetches nothing. They open it themselves, and say when they were there.
 */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type ButtonInteraction,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js';
import type { Form, PageAddress } from '../../../agent/form.ts';
import { toFormLine } from '../../channel/form-lines.ts';
import { toButtonId } from '../../channel/press.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { toRows } from '../buttons.ts';
import { discordSurface } from '../surface.ts';
import { type ControlsContext, type Pressed, tell } from './control.ts';
import { formOf } from './form.ts';

/** Of a button that opens a page; a longer address is copied. Source: https://discord.com/developers/docs/components/reference#button */
const longestLink = 512;

export async function showPage(
  interaction: ButtonInteraction,
  pressed: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== pressed.turn.question.authorId) return await tell(interaction, 'only-asker');
  const form = formOf(pressed, context);
  if (form?.address === undefined) return await tell(interaction, 'settled');
  const language = toLanguage(interaction.locale);
  await interaction.reply({
    content: toContent(form, form.address, language),
    components: toComponents(pressed, form.address, language),
    flags: MessageFlags.Ephemeral,
    allowedMentions: { parse: [] },
  });
}

export async function acceptPage(
  interaction: ButtonInteraction,
  pressed: Pressed,
  { agent }: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== pressed.turn.question.authorId) return await tell(interaction, 'only-asker');
  const { type } = agent.answerForm(pressed.turnId, pressed.target, { action: 'accept', values: {} });
  const { pageOpened, replies } = catalogues[toLanguage(interaction.locale)];
  await interaction.update({ content: type === 'taken' ? pageOpened : replies.settled, components: [] });
}

function toContent(form: Form, { url, host }: PageAddress, language: Language): string {
  const [asked = ''] = discordSurface.toPlainLines([toFormLine(form, language)]);
  return `${asked}\n\`\`\`\n${url}\n\`\`\`\n${catalogues[language].pageCaution.replace('{host}', () => host)}`;
}

function toComponents(
  { turnId, target }: Pressed,
  { url }: PageAddress,
  language: Language,
): APIActionRowComponent<APIButtonComponent>[] {
  const { openPage, goOn, decline } = catalogues[language].buttons;
  const link: APIButtonComponent = { type: ComponentType.Button, style: ButtonStyle.Link, label: openPage, url };
  const answers = toRows([
    { id: toButtonId({ action: 'opened', turnId, target }), label: goOn, style: 'good' },
    { id: toButtonId({ action: 'decline', turnId, target }), label: decline, style: 'plain' },
  ]);
  if (url.length > longestLink) return answers;
  return [{ type: ComponentType.ActionRow, components: [link] }, ...answers];
}
