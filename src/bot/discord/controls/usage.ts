/** `/usage`: what was asked and what it cost by day, one's own for everybody, a channel's and a server's for its moderators. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type ChatInputCommandInteraction,
  MessageFlags,
} from 'discord.js';
import type { Agent, SettledTurn } from '../../../agent/agent.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { type DayUsage, sumOfDay, toUsageText } from '../../channel/usage.ts';
import { isModerator } from '../access.ts';
import { type Command, type ControlsContext, tell } from './control.ts';

const scopes = ['me', 'channel', 'server'] as const;
type Scope = (typeof scopes)[number];

const scopeOptionName = 'of';
const daysOptionName = 'days';
const usualDays = 7;
/** What `/usage` looks back at most. Settled turns are kept for twice as long. */
const mostDays = 31;
const dayMs = 86_400_000;

export const usage: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'usage',
    description: catalogues.en.usage.description,
    description_localizations: { ko: catalogues.ko.usage.description },
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: scopeOptionName,
        description: catalogues.en.usage.ofDescription,
        description_localizations: { ko: catalogues.ko.usage.ofDescription },
        choices: scopes.map((scope) => ({
          name: catalogues.en.usage.scopes[scope],
          name_localizations: { ko: catalogues.ko.usage.scopes[scope] },
          value: scope,
        })),
      },
      {
        type: ApplicationCommandOptionType.Integer,
        name: daysOptionName,
        description: catalogues.en.usage.daysDescription,
        description_localizations: { ko: catalogues.ko.usage.daysDescription },
        min_value: 1,
        max_value: mostDays,
      },
    ],
  },
  async run(interaction, context) {
    const scope = scopeOf(interaction);
    if (scope !== 'me' && interaction.guildId !== null && !isModerator(interaction, context.approverRoleIds))
      return await tell(interaction, 'only-moderators-usage');
    // The store may take longer than Discord waits.
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const language = toLanguage(interaction.locale);
    const content = await report(interaction, scope, context).catch((error: unknown) => {
      context.log.error('usage-not-read', { error });
      return catalogues[language].replies['not-read'];
    });
    await interaction.editReply({ content });
  },
};

async function report(
  interaction: ChatInputCommandInteraction,
  scope: Scope,
  { agent }: ControlsContext,
): Promise<string> {
  const { user, channelId, guildId } = interaction;
  const isMeant = (turn: SettledTurn) => {
    if (scope === 'me') return turn.authorId === user.id;
    return scope === 'channel' ? turn.channelId === channelId : turn.guildId === guildId;
  };
  const days = await readDays(agent, interaction.options.getInteger(daysOptionName) ?? usualDays, isMeant);
  const language = toLanguage(interaction.locale);
  return toUsageText(days, catalogues[language].usage.titles[scope], language);
}

/** A direct message has no server. */
function scopeOf({ options, guildId }: ChatInputCommandInteraction): Scope {
  const scope = scopes.find((known) => known === options.getString(scopeOptionName)) ?? 'me';
  return scope === 'server' && guildId === null ? 'channel' : scope;
}

/** The last days, today included, oldest first. Read one after another: nobody waits for it but the one who asks. */
async function readDays(
  agent: Pick<Agent, 'settledOn'>,
  count: number,
  isMeant: (turn: SettledTurn) => boolean,
): Promise<DayUsage[]> {
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const days: DayUsage[] = [];
  for (let back = count - 1; back >= 0; back -= 1) {
    const day = today - back * dayMs;
    days.push(sumOfDay(day, (await agent.settledOn(day)).filter(isMeant)));
  }
  return days;
}
