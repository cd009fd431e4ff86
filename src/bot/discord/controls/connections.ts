/** `/connections`: the member's own logins at tool servers, each with a button that makes or removes it. */
import {
  type APIButtonComponent,
  ApplicationCommandType,
  type ButtonInteraction,
  type InteractionEditReplyOptions,
  MessageFlags,
} from 'discord.js';
import type { ConnectionState } from '../../../agent/login.ts';
import { cut } from '../../../text.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { loginTexts } from '../../channel/texts/login.ts';
import { beginLogin, withServer } from './connect.ts';
import { type Command, type ControlsContext, fill, tell } from './control.ts';
import { toLastingId } from './lasting.ts';
import { button, toButtonRows } from './pages.ts';

/** Discord's limits: five rows of five buttons, 80 characters on each. */
const mostShown = 25;
const perRow = 5;
const longestLabel = 80;

export const connections: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'connections',
    description: loginTexts.en.description,
    description_localizations: { ko: loginTexts.ko.description },
  },
  async run(interaction, context) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await fill(interaction, await toListReply(interaction, context));
  },
};

/** A press on a server that is not connected. */
export async function connectFromList(
  interaction: ButtonInteraction,
  [place]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  const state = await stateAt(interaction, place, context);
  if (state === undefined) return await tell(interaction, 'spent');
  await beginLogin(interaction, state.server, context);
}

export async function removeFromList(
  interaction: ButtonInteraction,
  [place]: readonly string[],
  context: ControlsContext,
): Promise<void> {
  await interaction.deferUpdate();
  const { agent, log } = context;
  try {
    const state = await stateAt(interaction, place, context);
    if (state !== undefined) await agent.logins.disconnect(interaction.user.id, state.server);
  } catch (error) {
    log.error('login-not-removed', { error });
    return await tell(interaction, 'not-kept');
  }
  await fill(interaction, await toListReply(interaction, context));
}

async function stateAt(
  { user }: ButtonInteraction,
  place = '',
  { agent }: ControlsContext,
): Promise<ConnectionState | undefined> {
  return (await agent.logins.connections(user.id))[/^\d+$/.test(place) ? Number(place) : -1];
}

async function toListReply(
  { user, locale }: Pick<ButtonInteraction, 'user' | 'locale'>,
  { agent, log }: ControlsContext,
): Promise<InteractionEditReplyOptions> {
  const language = toLanguage(locale);
  const texts = loginTexts[language];
  let states: readonly ConnectionState[];
  try {
    states = (await agent.logins.connections(user.id)).slice(0, mostShown);
  } catch (error) {
    log.error('logins-not-read', { error });
    return { content: catalogues[language].replies['not-read'], components: [] };
  }
  if (states.length === 0) return { content: texts.none, components: [] };
  const lines = states.map(({ server, since }) =>
    since === undefined
      ? withServer(texts.isNot, server)
      : withServer(texts.isConnected, server).replace('{since}', () => `<t:${Math.floor(since / 1000)}:R>`),
  );
  const buttons = states.map(({ server, since }, place): APIButtonComponent => {
    const label = since === undefined ? `${texts.connect}: ${server}` : withServer(texts.remove, server);
    return button(toLastingId(since === undefined ? 'login' : 'unlink', place), cut(label, longestLabel));
  });
  return { content: [texts.heading, ...lines].join('\n'), components: toButtonRows(buttons, perRow) };
}
