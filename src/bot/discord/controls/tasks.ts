/** `/tasks`: the long-running calls of a channel, and Stop for those that the member may stop: their own, and a moderator's any. */
import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { openTasks, type Turn } from '../../../agent/turn.ts';
import { cut, toShownLine } from '../../../text.ts';
import { toShownName } from '../../channel/notice.ts';
import { toButtonId } from '../../channel/press.ts';
import type { ShownButton } from '../../channel/shown-message.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { isModerator } from '../access.ts';
import { toRows } from '../buttons.ts';
import { discordSurface } from '../surface.ts';
import { type Command, type ControlsContext, tell } from './control.ts';

/** A line each; a channel has no more tasks, unless the operator's bounds have become smaller. */
const mostTurns = 10;
const longestLine = 180;

export const tasks: Command = {
  definition: {
    type: ApplicationCommandType.ChatInput,
    name: 'tasks',
    description: catalogues.en.tasks.description,
    description_localizations: { ko: catalogues.ko.tasks.description },
  },
  async run(interaction, context) {
    const { approverRoleIds, agent } = context;
    const { channelId, user } = interaction;
    const language = toLanguage(interaction.locale);
    const turns = agent.waitingForTasks
      .filter(({ question }) => question.channelId === channelId)
      // What only its asker sees is nobody else's to know of.
      .filter(({ question }) => question.isPrivate !== true || question.authorId === user.id)
      .slice(0, mostTurns);
    if (turns.length === 0) return await tell(interaction, 'no-tasks');
    const mayStop = ({ question }: Turn) => question.authorId === user.id || isModerator(interaction, approverRoleIds);
    const lines = turns.map((turn, index) => toLine(turn, index + 1, language, context));
    await interaction.reply({
      content: [catalogues[language].tasks.head, ...lines].join('\n'),
      components: toRows(turns.flatMap((turn, index) => (mayStop(turn) ? [toButton(turn, index + 1, language)] : []))),
      flags: MessageFlags.Ephemeral,
      allowedMentions: { parse: [] },
    });
  },
};

function toLine(
  turn: Turn,
  number: number,
  language: Language,
  { answering }: Pick<ControlsContext, 'answering'>,
): string {
  const { asked } = catalogues[language].tasks;
  const open = openTasks(turn);
  const calls = turn.steps.at(-1)?.calls.filter(({ id }) => open.some(({ callId }) => callId === id)) ?? [];
  const since = Math.min(...open.map(({ startedAt }) => startedAt));
  const { progress } = answering.liveOf(turn.question.id);
  const said = calls.map(({ id }) => progress.get(id)?.message ?? '').filter((message) => message !== '');
  const names = calls.map(({ name }) => toShownName(name)).join(', ');
  const [work = ''] = discordSurface.toPlainLines([
    cut([names, ...said.map((message) => toShownLine(message, longestLine))].join(' – '), longestLine),
  ]);
  const who = asked(discordSurface.toMention(turn.question.authorId), discordSurface.toTime(since));
  return `${number}. ${work} (${who})`;
}

function toButton(turn: Turn, number: number, language: Language): ShownButton {
  const { stop } = catalogues[language].buttons;
  return {
    id: toButtonId({ action: 'stop', turnId: turn.question.id, target: '' }),
    label: `${stop} ${number}`,
    style: 'plain',
  };
}
