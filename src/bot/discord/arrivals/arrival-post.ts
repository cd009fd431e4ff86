/**
 * Takes what Discord posts to this process to whoever answers it. What is of a shard of this process's goes there at once; all else
 * through the store to the process that has the shard, or will have it. Discord waits three seconds: where nobody has begun to answer
 * by then, since the shard is on its way, this process shows «thinking» where that can be shown, and the next one answers.
 */
import type { Agent } from '../../../agent/agent.ts';
import type { Logger } from '../../../log.ts';
import { pause, resolvesWithin, untilAborted } from '../../../waiting.ts';
import type { Arrival, Hearing, RawInteraction } from './arrival.ts';
import { shardOfArrival } from './arrival.ts';
import type { FirstAnswer } from './first-answer.ts';
import { Mailbox } from './mailbox.ts';

export interface ArrivalPostOptions {
  readonly bot: { readonly hearing: Hearing };
  /** May still be on its way. */
  readonly agent: Promise<Agent>;
  readonly firstAnswer: FirstAnswer;
  readonly log: Logger;
}

/** A handed interaction is looked for so often by whoever has its shard: a read of the store for each shard. */
const lookEveryMs = 150;
/** Since it came. By then whoever has the shard has begun, if it can. */
const thinkingAfterMs = 1_200;
const sayAgainAfterMs = 2_200;
/** The agent is there, but for the first second of the process. */
const agentWithinMs = 1_000;
/** Discord takes no answer to what is older, and has told so whoever used it. For clocks that differ, some more than its 3 s. */
const staleMs = 5_000;
const closeWithinMs = 2_500;
/** A read of the store is over by then. */
const forgetAfterMs = 2_000;

export class ArrivalPost {
  readonly #options: ArrivalPostOptions;
  readonly #closing = new AbortController();
  readonly #looked: Promise<void>;
  /** Ids of what was found in mailboxes and is being answered. */
  readonly #underWay = new Set<string>();
  /** What was handed over and is watched. */
  readonly #watched = new Set<Promise<void>>();

  constructor(options: ArrivalPostOptions) {
    this.#options = options;
    this.#looked = this.#lookUntilClosed();
  }

  /** Resolves once it is answered here, or another process is told of it. Rejects when it cannot be. */
  async take(interaction: RawInteraction): Promise<void> {
    const cameAt = performance.now();
    const arrival = { interaction };
    if ((await this.#options.bot.hearing.hear(arrival)) !== undefined) return;
    const mailbox = await this.#mailboxOf(interaction);
    await mailbox.put(arrival);
    const watched = this.#watch(interaction, mailbox, cameAt).finally(() => this.#watched.delete(watched));
    this.#watched.add(watched);
  }

  /** Sees to the end of what it has handed over. Never rejects. */
  async close(): Promise<void> {
    await resolvesWithin(Promise.all(this.#watched), closeWithinMs);
    this.#closing.abort();
    await this.#looked;
  }

  async #mailboxOf(interaction: RawInteraction): Promise<Mailbox> {
    const { bot, agent } = this.#options;
    const { serving } = bot.hearing;
    if (serving === undefined) throw new Error('How many shards there are is not known yet.');
    if (!(await resolvesWithin(agent, agentWithinMs))) throw new Error('The store is not there yet.');
    const shardId = shardOfArrival(interaction, serving.count);
    return new Mailbox((await agent).documents, { shardId, count: serving.count });
  }

  /** Never rejects. */
  async #watch(interaction: RawInteraction, mailbox: Mailbox, cameAt: number): Promise<void> {
    const { firstAnswer, log } = this.#options;
    const until = (ms: number) => pause(Math.max(0, cameAt + ms - performance.now()), this.#closing.signal);
    try {
      const mayThink = firstAnswer.mayThink(interaction);
      await until(mayThink ? thinkingAfterMs : sayAgainAfterMs);
      if (mayThink) {
        const audience = await firstAnswer.audienceOf(interaction);
        if (await mailbox.acknowledge(interaction, audience)) await firstAnswer.think(interaction, audience);
      } else if ((await mailbox.take(interaction)) !== undefined) await firstAnswer.sayAgain(interaction);
    } catch (error) {
      log.warn('interaction-not-acknowledged', { interactionId: interaction.id, error });
    }
  }

  async #lookUntilClosed(): Promise<void> {
    const { bot, agent, log } = this.#options;
    const { signal } = this.#closing;
    const there = await untilAborted(agent, signal).catch(() => undefined); // Reported when it was opened.
    for (; there !== undefined; ) {
      await pause(lookEveryMs, signal);
      if (signal.aborted) return;
      const { ids = [], count = 0 } = bot.hearing.serving ?? {};
      const looks = ids.map((shardId) => this.#look(new Mailbox(there.documents, { shardId, count })));
      await Promise.all(looks).catch((error: unknown) => log.debug('interactions-not-read', { error }));
    }
  }

  async #look(mailbox: Mailbox): Promise<void> {
    const { log } = this.#options;
    for (const arrival of await mailbox.read()) {
      const { id } = arrival.interaction;
      if (this.#underWay.has(id)) continue;
      this.#underWay.add(id);
      this.#answer(arrival, mailbox)
        .catch((error: unknown) => log.warn('interaction-not-answered', { interactionId: id, error }))
        .finally(() => this.#underWay.delete(id));
    }
  }

  /** What nobody was promised an answer to is answered at most once; what was acknowledged, until it is done. */
  async #answer(found: Arrival, mailbox: Mailbox): Promise<void> {
    const { bot, log } = this.#options;
    const { interaction } = found;
    const arrival = found.thinkingFor !== undefined ? found : await mailbox.take(interaction);
    if (arrival === undefined) return;
    if (arrival.thinkingFor === undefined && Date.now() - timeOf(interaction) > staleMs)
      return log.warn('interaction-too-late', { interactionId: interaction.id });
    const heard = await bot.hearing.hear(arrival);
    if (heard === undefined) {
      if (arrival.thinkingFor === undefined) await mailbox.put(arrival);
      return;
    }
    if ((await heard.isDone) && arrival.thinkingFor !== undefined) await mailbox.remove(interaction);
    // What was read of the mailbox before is of no use any more.
    await pause(forgetAfterMs, this.#closing.signal);
  }
}

/** When it was made, in ms since 1970 UTC. Source: https://docs.discord.com/developers/reference#snowflakes */
function timeOf({ id }: RawInteraction): number {
  return Number(BigInt(id) >> 22n) + 1_420_070_400_000;
}
