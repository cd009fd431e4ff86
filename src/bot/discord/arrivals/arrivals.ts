/** What has arrived another way than over the gateway, while discord.js makes of it what the rest of the bot knows. */
import type { Interaction } from 'discord.js';
import { resolvesWithin } from '../../../waiting.ts';
import { asAcknowledged } from './acknowledged.ts';
import type { Arrival, Audience, Heard, RawInteraction } from './arrival.ts';

interface UnderWay {
  readonly thinkingFor: Audience | undefined;
  /** Whether it has come out at the other end; false: the bot was closed first. */
  readonly told: PromiseWithResolvers<boolean>;
  readonly done: PromiseWithResolvers<boolean>;
}

/** A guild that is not known yet is asked for first. */
const toldWithinMs = 2_000;
/** What has not come out of discord.js by then is nothing that it knows. */
const knownWithinMs = 60_000;

export class Arrivals {
  readonly #underWay = new Map<string, UnderWay>();
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Tells discord.js of it, once.
   * @param tell Hands it over, as if the gateway had told it.
   * @returns undefined where the bot is closed before it is answered.
   */
  async hear(
    { interaction, thinkingFor }: Arrival,
    tell: (interaction: RawInteraction) => void,
  ): Promise<Heard | undefined> {
    if (this.#isClosed) return undefined;
    const { id } = interaction;
    const known = this.#underWay.get(id);
    if (known !== undefined) return { isDone: known.done.promise };
    const underWay = {
      thinkingFor,
      told: Promise.withResolvers<boolean>(),
      done: Promise.withResolvers<boolean>(),
    };
    this.#underWay.set(id, underWay);
    void resolvesWithin(underWay.told.promise, knownWithinMs).then((isTold) => isTold || underWay.done.resolve(true));
    void underWay.done.promise.then(() => this.#underWay.delete(id));
    tell(interaction);
    const isLost = (await resolvesWithin(underWay.told.promise, toldWithinMs)) && !(await underWay.told.promise);
    return isLost ? undefined : { isDone: underWay.done.promise };
  }

  /** It has come out of discord.js, this way or another. `run` must not reject. */
  take(interaction: Interaction, run: (interaction: Interaction) => Promise<void>): void {
    const underWay = this.#underWay.get(interaction.id);
    underWay?.told.resolve(true);
    const thinkingFor = underWay?.thinkingFor;
    const told = thinkingFor === undefined ? interaction : asAcknowledged(interaction, thinkingFor);
    // What ends after the bot was closed may have been broken off.
    void run(told).finally(() => underWay?.done.resolve(!this.#isClosed));
  }

  /** Nothing comes out of discord.js any more. */
  close(): void {
    this.#isClosed = true;
    for (const { told, done } of this.#underWay.values()) {
      told.resolve(false);
      done.resolve(false);
    }
  }
}
