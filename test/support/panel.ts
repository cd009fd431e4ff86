/** A panel of the bot's, as a member reads and uses it. */

import { isRecord } from '../../src/json.ts';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { useCommand } from './private.ts';

type Part = Readonly<Record<string, unknown>>;

/** All components, nested ones too, in their order. */
export function partsOf({ components }: SimulatedMessage): Part[] {
  const visit = (part: unknown): Part[] => {
    if (!isRecord(part)) return [];
    const inner: readonly unknown[] = Array.isArray(part.components) ? part.components : [];
    return [part, ...[...inner, part.accessory].flatMap(visit)];
  };
  return components.flatMap(visit);
}

/** What can be read on it. */
export function textOf(message: SimulatedMessage): string {
  return partsOf(message)
    .flatMap(({ content }) => (typeof content === 'string' ? [content] : []))
    .join('\n');
}

/** A member with the panel open. */
export class Panel {
  readonly #channel: SimulatedChannel;
  readonly #user: SimulatedUser;
  readonly #id: string;

  private constructor(channel: SimulatedChannel, user: SimulatedUser, id: string) {
    this.#channel = channel;
    this.#user = user;
    this.#id = id;
  }

  static async open(channel: SimulatedChannel, user: SimulatedUser, command = 'settings'): Promise<Panel> {
    const { id } = await useCommand(channel, user, command);
    return new Panel(channel, user, id);
  }

  get message(): SimulatedMessage {
    const message = this.#channel.messages.find(({ id }) => id === this.#id);
    if (message === undefined) throw new Error('The panel is gone.');
    return message;
  }

  get text(): string {
    return textOf(this.message);
  }

  /** Presses the button of that name on the wire, and waits until the panel shows it. */
  async press(customId: string): Promise<string> {
    return await this.#whenEdited(() => this.#channel.presses(this.#user, this.#id, customId));
  }

  async choose(customId: string, ...values: readonly string[]): Promise<string> {
    return await this.#whenEdited(() => this.#channel.selects(this.#user, this.#id, customId, values));
  }

  /** Writes instructions into the dialog, and sends it off. */
  async write(scope: string, text: string): Promise<string> {
    await this.press(`settings:${scope}:instructions`);
    return await this.fillIn(`settings:${scope}:instructions:edit`, { text });
  }

  /** Opens the dialog of that button, fills it in, and sends it off. */
  async fillIn(customId: string, values: Readonly<Record<string, string>>): Promise<string> {
    const pressId = await this.#channel.presses(this.#user, this.#id, customId);
    await this.#channel.waitFor(() => this.#channel.dialogOf(pressId));
    return await this.#whenEdited(() => this.#channel.submits(this.#user, pressId, values));
  }

  /** @returns what the panel says then. */
  async #whenEdited(use: () => Promise<string>): Promise<string> {
    const before = this.message;
    await use();
    await this.#channel.waitFor(() => this.message !== before, { timeoutMs: 25_000 });
    return this.text;
  }
}

/** Uses something of the panel that only answers in words. @returns them. */
export async function wordsAfter(channel: SimulatedChannel, use: Promise<string>): Promise<string> {
  const interactionId = await use;
  const { content } = await channel.waitFor(() =>
    channel.messages.find(({ interaction, content: said }) => interaction?.id === interactionId && said !== ''),
  );
  return content;
}
