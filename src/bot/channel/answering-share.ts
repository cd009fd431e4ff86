/** What bounds how much is done at once, and what several places of answering in one process have in common. */
import { type Gate, wholeGate } from './limits/gate.ts';
import { MemberRate } from './member-rate.ts';
import { RequestQueue } from './request-queue.ts';
import { TurnSlots } from './turn-slots.ts';

/** One account of requests, turns and questions. */
export interface AnsweringShare {
  readonly requests: RequestQueue;
  readonly slots: TurnSlots;
  readonly rate: Pick<MemberRate, 'waitFor'>;
}

/** @param bounds What the bot may do as a whole, where it is several processes. Default: this one is all of it. */
export function createShare(
  limits: AnsweringLimits = noLimits,
  { requests, turns, rate, onBlocked }: BotBounds = {},
): AnsweringShare {
  const { turnsAtOnce: most, turnsAtOncePerServer: mostPerGuild, questionsPerMinute } = limits;
  const ownTurns = most === undefined ? undefined : wholeGate(most);
  return {
    requests: new RequestQueue({ gate: requests, onBlocked }),
    slots: new TurnSlots({ gate: turns ?? ownTurns, mostPerGuild }),
    rate: rate ?? new MemberRate(questionsPerMinute),
  };
}

export interface BotBounds {
  readonly requests?: Gate | undefined;
  readonly turns?: Gate | undefined;
  /** How fast members may ask. */
  readonly rate?: Pick<MemberRate, 'waitFor'> | undefined;
  /** Told for how long the platform takes no request, in ms. */
  readonly onBlocked?: ((ms: number) => void) | undefined;
}

/** Undefined: any number. */
export interface AnsweringLimits {
  /** Questions that one member may ask in a minute. */
  readonly questionsPerMinute: number | undefined;
  /** Turns that run at once, in all and in one community; others wait. */
  readonly turnsAtOnce: number | undefined;
  readonly turnsAtOncePerServer: number | undefined;
  /** Questions that may wait in one channel. */
  readonly waitingPerChannel: number | undefined;
}

export const noLimits: AnsweringLimits = {
  questionsPerMinute: undefined,
  turnsAtOnce: undefined,
  turnsAtOncePerServer: undefined,
  waitingPerChannel: undefined,
};
