/** A command that another process has acknowledged with «thinking»: whatever answers it is put in the place of that. */
import type { Interaction } from 'discord.js';
import type { Audience } from './arrival.ts';

/** The interaction itself, changed. Of others than commands, nothing is acknowledged elsewhere. */
export function asAcknowledged(interaction: Interaction, thinkingFor: Audience): Interaction {
  if (!interaction.isChatInputCommand()) return interaction;
  const { editReply } = interaction;
  interaction.deferred = true;
  interaction.ephemeral = thinkingFor === 'asker';
  return Object.assign(interaction, {
    async deferReply() {},
    // Who sees it was decided with the acknowledgement.
    reply: ({ flags: _, ...message }: { readonly flags?: unknown }) => editReply.call(interaction, message),
    followUp: ({ flags: _, ...message }: { readonly flags?: unknown }) => editReply.call(interaction, message),
  });
}
