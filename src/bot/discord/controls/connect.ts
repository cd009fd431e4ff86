/** A member's own login at a tool server: a press on Connect gives them a link, or takes the address that their browser ended at. */
import {
  type ButtonInteraction,
  ButtonStyle,
  ComponentType,
  type InteractionEditReplyOptions,
  MessageFlags,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import type { BegunLogin } from '../../../agent/login.ts';
import { cut, toShownLine } from '../../../text.ts';
import { toLanguage } from '../../channel/texts/catalogues.ts';
import { loginTexts } from '../../channel/texts/login.ts';
import { type ControlsContext, fill, type Pressed, tell, tellText } from './control.ts';
import { toLastingId } from './lasting.ts';

/** What finding out where to log in may take. */
const beginWithinMs = 30_000;
/** Discord's limits: of the address of a button, and of a message. Source: https://discord.com/developers/docs/components/reference#button */
const longestButtonUrl = 512;
const longestContent = 2_000;
const maxShownServer = 40;
const addressField = 'address';
const longestAddress = 4_000;

/** Below a call that waits for its asker. */
export async function connect(
  interaction: ButtonInteraction,
  { turn, target }: Pressed,
  context: ControlsContext,
): Promise<void> {
  if (interaction.user.id !== turn.question.authorId) return await tell(interaction, 'only-asker');
  const { logins } = context.answering.liveOf(turn.question.id);
  const wanted = logins[Number(target)] ?? logins[0];
  if (wanted === undefined) return await tell(interaction, 'settled');
  await beginLogin(interaction, wanted.server, context);
}

/** Only the one who pressed sees where it goes on. */
export async function beginLogin(
  interaction: ButtonInteraction,
  server: string,
  { agent }: ControlsContext,
): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const begun = await agent.logins.begin({
    server,
    personId: interaction.user.id,
    note: { applicationId: interaction.applicationId },
    signal: AbortSignal.timeout(beginWithinMs),
  });
  await fill(interaction, toReply(begun, server, interaction.locale));
}

function toReply(begun: BegunLogin, server: string, locale: string): InteractionEditReplyOptions {
  const texts = loginTexts[toLanguage(locale)];
  if (begun.type === 'failed') return { content: texts.failures[begun.reason] };
  const said = withServer(begun.type === 'link' ? texts.follow : texts.paste, server);
  const hasButton = begun.url.length <= longestButtonUrl;
  const content = hasButton ? said : `${said}\n<${begun.url}>`;
  if (content.length > longestContent) return { content: texts.failures.unusable };
  const open = { type: ComponentType.Button, style: ButtonStyle.Link, url: begun.url, label: texts.open } as const;
  const paste = {
    type: ComponentType.Button,
    style: ButtonStyle.Primary,
    custom_id: toLastingId('paste'),
    label: texts.pasteButton,
  } as const;
  const components = [...(hasButton ? [open] : []), ...(begun.type === 'paste' ? [paste] : [])];
  return { content, components: components.length === 0 ? [] : [{ type: ComponentType.ActionRow, components }] };
}

export async function openPaste(interaction: ButtonInteraction): Promise<void> {
  const { pasteTitle, pasteLabel } = loginTexts[toLanguage(interaction.locale)];
  await interaction.showModal({
    custom_id: toLastingId('paste'),
    title: pasteTitle,
    components: [
      {
        type: ComponentType.Label,
        label: pasteLabel,
        component: {
          type: ComponentType.TextInput,
          custom_id: addressField,
          style: TextInputStyle.Paragraph,
          required: true,
          max_length: longestAddress,
        },
      },
    ],
  });
}

/** Whoever hands an address over must be who has begun that login. */
export async function submitPaste(interaction: ModalSubmitInteraction, { agent }: ControlsContext): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const address = interaction.fields.getTextInputValue(addressField).trim();
  const parameters = new URLSearchParams(address.slice(address.indexOf('?') + 1).replace(/#.*$/s, ''));
  const finished = await agent.logins.finish({ parameters, proof: { personId: interaction.user.id } });
  const texts = loginTexts[toLanguage(interaction.locale)];
  const content =
    finished.type === 'connected' ? withServer(texts.connected, finished.server) : texts.failures[finished.reason];
  await tellText(interaction, content);
}

export function withServer(text: string, server: string): string {
  return text.replace('{server}', () => cut(toShownLine(server, maxShownServer), maxShownServer));
}
