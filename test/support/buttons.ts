/** What members press below messages, and what only they are told. */
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { botMessages } from './world.ts';

export interface Button {
  readonly custom_id: string;
  readonly label: string;
}

export function buttonsOf({ components }: SimulatedMessage): Button[] {
  return components.flatMap((row) => (row as { readonly components: Button[] }).components);
}

export function labelsOf(message: SimulatedMessage): string[] {
  return buttonsOf(message).map(({ label }) => label);
}

/** The newest message with that button, and the button's name on the wire. */
export async function buttonOf(channel: SimulatedChannel, label: string) {
  const message = await channel.waitFor(
    () => botMessages(channel).findLast((candidate) => labelsOf(candidate).includes(label)),
    { timeoutMs: 25_000 },
  );
  const id = buttonsOf(message).find((button) => button.label === label)?.custom_id ?? '';
  return { message, id };
}

export async function press(channel: SimulatedChannel, user: SimulatedUser, label: string): Promise<string> {
  const { message, id } = await buttonOf(channel, label);
  return channel.presses(user, message.id, id);
}

/** What only the one who pressed sees, in answer to that press. */
export function privateReply(
  channel: SimulatedChannel,
  pressId: string,
  isDone: (content: string) => boolean = (content) => content !== '',
): Promise<SimulatedMessage> {
  return channel.waitFor(
    () =>
      channel.messages.find(
        ({ isEphemeral, interaction, content }) => isEphemeral && interaction?.id === pressId && isDone(content),
      ),
    { timeoutMs: 25_000 },
  );
}
