/** A question that no message asks: by `/ask`, by the dialog about a message, or by a button that asks what stands on it. */
import { ApplicationIntegrationType, type BaseInteraction, InteractionContextType } from 'discord.js';
import type { AccessConfig, ShardConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin } from '../../waiting.ts';
import type { PendingQuestions } from '../channel/pending-questions.ts';
import { catalogues } from '../channel/texts/catalogues.ts';
import { mayAsk, rolesOf, toAsker } from './access.ts';
import { asUserInstalled, inGuild, toAddress } from './address.ts';
import {
  type Asked,
  type AskingInteraction,
  acknowledge,
  respondWith,
  saysPrivate,
  toQuestion,
} from './ask-command.ts';
import { tell } from './controls/control.ts';
import type { Listening } from './listening.ts';
import type { Parts } from './opening.ts';
import { isSound, languageOf } from './question.ts';
import { historyOfInteraction } from './read-history.ts';
import { placeOfInteraction, type SettingsPlace } from './settings/place.ts';
import { isSnowflake } from './snowflakes.ts';

export interface AskOptions {
  readonly access: AccessConfig;
  /** Which this bot serves. Undefined: all. */
  readonly shards: ShardConfig | undefined;
  readonly pending: PendingQuestions;
  readonly listening: Listening;
  /** Roles that something depends on, such as a budget. */
  readonly countedRoleIds: readonly string[];
  readonly log: Logger;
  /** Calls `take` once the agent is there: at once, where it is. */
  readonly whenPrepared: (take: (parts: Parts) => Promise<boolean>) => Promise<boolean>;
  /** Whether answers there are private where the asker does not say. */
  readonly isPrivate: (place: SettingsPlace) => Promise<boolean>;
}

/** How long it waits for the store before it shows «thinking» all the same. Discord waits 3 s. */
const acknowledgeAfterMs = 500;

/** Who may not ask is told so. Where the agent is there, the question is in the channel's queue before this returns for the first time. */
export async function ask(
  interaction: AskingInteraction,
  { words, written = words, wordless, broughtAlong = {} }: Asked,
  { access, shards, pending, listening, countedRoleIds, whenPrepared, isPrivate: isPrivateByDefault, log }: AskOptions,
): Promise<void> {
  if (!mayAsk(access, toAsker(interaction))) return await tell(interaction, 'not-allowed');
  const { id, channelId, guildId, applicationId, token } = interaction;
  const language = languageOf(written, interaction.locale);
  const text = words === '' && wordless !== undefined ? catalogues[language].wordless[wordless] : words;
  if (text === '') return await respondWith(interaction, catalogues[language].help);
  if (channelId === null) return;
  // At once: a shard that is just leaving does not go before it is stored, or else is told of it again.
  if (!pending.add(id, { channelId, guildId: guildId ?? undefined, askedAt: undefined })) return;
  const place = placeOfInteraction(interaction);
  const isPrivate = isDecidedPrivate(interaction) ?? (await isPrivateByDefault(place));
  const question = toQuestion(interaction, { ...broughtAlong, channelId, text, isPrivate }, countedRoleIds);
  const isAnswerable = isSnowflake(applicationId) && typeof token === 'string' && token !== '';
  if (!isSound(question) || !isAnswerable) {
    pending.remove(id);
    return log.warn('question-not-understood');
  }
  if (question.isPrivate !== true) listening.noteQuestion(question);
  // Whoever asks for themselves alone is given no more of the channel than they may read, either.
  const mayRead = historyOfInteraction(interaction).withoutHistory !== true;
  const acknowledged = Promise.withResolvers<void>();
  const taken = whenPrepared(({ answering, catchUp, settings }) => {
    if (interaction.context === InteractionContextType.BotDM) catchUp.noteDm(channelId);
    const address = toAddress({
      interaction: { applicationId, token },
      ...(isBotThere(interaction) ? {} : asUserInstalled(shards)),
      ...(isPrivate ? { isPrivate } : {}),
      ...inGuild(guildId),
    });
    // Unlike a message, a command cannot be found again.
    const complete = settings.completing(place, async () => rolesOf(interaction));
    const asking = { language, address, isFoundAgain: false, acknowledged: acknowledged.promise, complete };
    return answering.take(mayRead ? listening.withTalk(question) : question, asking);
  });
  // What is acknowledged is stored already. Only a slow store is not waited for. A process that ends promises nothing.
  if ((await resolvesWithin(taken, acknowledgeAfterMs)) && !(await taken)) return;
  acknowledged.resolve(acknowledge(interaction, isPrivate));
  await Promise.all([acknowledged.promise, taken]);
}

/** By whoever asks, or by another process that has shown «thinking». Undefined: by nobody. */
function isDecidedPrivate(interaction: AskingInteraction): boolean | undefined {
  return interaction.deferred ? interaction.ephemeral === true : saysPrivate(interaction);
}

/** Where only the asker has installed the app, the bot is not there and has the response alone to write to. Direct messages with the bot are its own. */
export function isBotThere({
  authorizingIntegrationOwners,
  context,
}: Pick<BaseInteraction, 'authorizingIntegrationOwners' | 'context'>): boolean {
  const isInstalled = authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined;
  return isInstalled || context === InteractionContextType.BotDM;
}
