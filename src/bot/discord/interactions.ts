/** What members command, press and send off, handed to what does it: `/ask` here, all else by the tables of `controls.ts`. */
import {
  ApplicationIntegrationType,
  type ChatInputCommandInteraction,
  type Interaction,
  InteractionContextType,
} from 'discord.js';
import type { AccessConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin } from '../../waiting.ts';
import { catalogues } from '../channel/catalogue.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import { mayAsk, mayControl, toAsker } from './access.ts';
import { type DiscordAddress, inGuild, toAddress } from './address.ts';
import { acknowledge, askCommandName, isPrivate, questionTextOf, respondWith, toQuestion } from './ask-command.ts';
import { tell } from './controls/control.ts';
import { command, press, submit } from './controls.ts';
import type { Opening } from './opening.ts';
import { isSnowflake, isSound, languageOf } from './question.ts';

export interface InteractionsContext {
  readonly opening: Opening;
  readonly pending: PendingQuestions;
  readonly access: AccessConfig;
  /** Roles whose members may approve calls besides the asker. */
  readonly approverRoleIds: readonly string[];
  readonly log: Logger;
}

/** How long `/ask` waits for the store before it shows «thinking» all the same. Discord waits 3 s. */
const acknowledgeAfterMs = 500;
/** How long a press, a dialog or another command waits for the turns of an earlier process to be read. */
const controlsWithinMs = 1_500;

export async function takeInteraction(interaction: Interaction, context: InteractionsContext): Promise<void> {
  if (interaction.isChatInputCommand() && interaction.commandName === askCommandName)
    return await ask(interaction, context);
  if (interaction.isAutocomplete()) return;
  if (!mayControl(context.access, toAsker(interaction), context.approverRoleIds))
    return await tell(interaction, 'not-allowed');
  const parts = await context.opening.whenTurnsKnown(controlsWithinMs);
  // The store may be away.
  if (parts === undefined) return await tell(interaction, 'not-kept');
  const controls = { ...context, ...parts };
  if (interaction.isButton()) await press(interaction, controls);
  else if (interaction.isModalSubmit()) await submit(interaction, controls);
  else if (interaction.isChatInputCommand()) await command(interaction, controls);
}

async function ask(
  interaction: ChatInputCommandInteraction,
  { opening, pending, access, log }: InteractionsContext,
): Promise<void> {
  if (!mayAsk(access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const { id, channelId, guildId, applicationId, token } = interaction;
  const text = questionTextOf(interaction);
  const question = toQuestion(interaction, text);
  const isAnswerable = isSnowflake(applicationId) && typeof token === 'string' && token !== '';
  if (!isSound(question) || !isAnswerable) return log.warn('question-not-understood');
  const language = languageOf(text, interaction.locale);
  if (text === '') return await respondWith(interaction, catalogues[language].help);
  if (!pending.add(id, { channelId, guildId: guildId ?? undefined, askedAt: undefined })) return;
  const acknowledged = Promise.withResolvers<void>();
  const taken = opening.whenPrepared().then(({ answering, catchUp }) => {
    if (interaction.context === InteractionContextType.BotDM) catchUp.noteDm(channelId);
    const address = toAddress({
      interaction: { applicationId, token },
      ...reachOf(interaction),
      ...(isPrivate(interaction) ? { isPrivate: true } : {}),
      ...inGuild(guildId),
    });
    // Unlike a message, a command cannot be found again.
    const asking = { language, address, isFoundAgain: false, acknowledged: acknowledged.promise };
    return answering.take(question, asking);
  });
  // What is acknowledged is stored already. Only a slow store is not waited for.
  await resolvesWithin(
    taken.catch(() => undefined),
    acknowledgeAfterMs,
  );
  acknowledged.resolve(acknowledge(interaction));
  await Promise.all([acknowledged.promise, taken]);
}

/** Where only the asker has installed the app, the bot is not there and has the response alone to write to. Direct messages with the bot are its own. */
function reachOf({
  authorizingIntegrationOwners,
  context,
}: ChatInputCommandInteraction): Pick<DiscordAddress, 'isUserInstalled'> {
  const isInstalled = authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined;
  return isInstalled || context === InteractionContextType.BotDM ? {} : { isUserInstalled: true };
}
