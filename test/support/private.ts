/** What only one member sees of the bot's answers, and what can be pressed below it. */
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';

export interface PressableButton {
  readonly custom_id: string;
  readonly label: string;
  readonly disabled?: boolean;
}

export function buttonsOf({ components }: SimulatedMessage): PressableButton[] {
  return components.flatMap((row) => (row as { readonly components: PressableButton[] }).components);
}

/** The names of the buttons; of one that cannot be pressed, in brackets. */
export function labelsOf(message: SimulatedMessage): string[] {
  return buttonsOf(message).map(({ label, disabled }) => (disabled === true ? `(${label})` : label));
}

/** Uses the command, and resolves with the answer once it is there. It is checked to be for that member alone. */
export async function useCommand(
  channel: SimulatedChannel,
  user: SimulatedUser,
  command: string,
  options: Readonly<Record<string, string>> = {},
): Promise<SimulatedMessage> {
  return await answerTo(channel, await channel.asks(user, command, options));
}

/** What answers that command or press, once it is no more «thinking»; for the one who used it alone. */
export async function answerTo(channel: SimulatedChannel, interactionId: string): Promise<SimulatedMessage> {
  const answer = await channel.waitFor(
    () => channel.messages.find(({ interaction }) => interaction?.id === interactionId && !interaction.isThinking),
    { timeoutMs: 25_000 },
  );
  if (answer.isEphemeral !== true) throw new Error(`Everybody sees: ${answer.content}`);
  return answer;
}

/** Presses the button of that name, as it stands on the message. @returns the id of the press. */
export async function press(
  channel: SimulatedChannel,
  user: SimulatedUser,
  { id }: SimulatedMessage,
  label: string,
): Promise<string> {
  const message = channel.messages.find((candidate) => candidate.id === id);
  const button = message && buttonsOf(message).find((candidate) => candidate.label === label);
  if (button === undefined) throw new Error(`There is no button ${label}.`);
  return await channel.presses(user, id, button.custom_id);
}

/** Presses it, and resolves with the message once its text is another. */
export async function turnPage(
  channel: SimulatedChannel,
  user: SimulatedUser,
  message: SimulatedMessage,
  label: string,
): Promise<SimulatedMessage> {
  const current = () => channel.messages.find(({ id }) => id === message.id);
  const before = current()?.content;
  await press(channel, user, message, label);
  return await channel.waitFor(() => {
    const now = current();
    return now?.content === before ? undefined : now;
  });
}
