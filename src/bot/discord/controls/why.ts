/** A press on Why?: shows whoever can read the channel what its answer is made of. */
import { AttachmentBuilder, type ButtonInteraction, MessageFlags, PermissionFlagsBits } from 'discord.js';
import { toTimeline } from '../../../agent/timeline.ts';
import type { Turn } from '../../../agent/turn.ts';
import type { Language } from '../../channel/texts/catalogue.ts';
import { catalogues, toLanguage } from '../../channel/texts/catalogues.ts';
import { toTimelineText } from '../../channel/timeline-text.ts';
import { pingNobody } from '../message-body.ts';
import { discordSurface } from '../surface.ts';
import { type ControlsContext, fill, tell } from './control.ts';
import { findEnded } from './ended.ts';

const needed = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];

export async function why(
  interaction: ButtonInteraction,
  turnId: string,
  { agent, log }: ControlsContext,
): Promise<void> {
  // In direct messages and groups, whoever is there has read all of it.
  if (interaction.guildId !== null && interaction.memberPermissions?.has(needed) !== true)
    return await tell(interaction, 'only-readers');
  // Acknowledged first: the store may take longer than Discord waits.
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const language = toLanguage(interaction.locale);
  const { replies } = catalogues[language];
  try {
    const ended = await findEnded(interaction, turnId, agent);
    const reply = ended === undefined ? { content: replies['answer-gone'] } : toReply(ended.turn, language);
    await fill(interaction, reply);
  } catch (error) {
    log.error('turn-not-read', { turnId, error });
    await fill(interaction, { content: replies['not-read'] });
  }
}

function toReply(turn: Turn, language: Language) {
  const { content, file } = toTimelineText(toTimeline(turn), { language, surface: discordSurface });
  const files = file === undefined ? [] : [new AttachmentBuilder(Buffer.from(file.text), { name: file.name })];
  return { content, files, allowedMentions: { ...pingNobody, parse: [] } };
}
