/** Finds the turn that has ended below whose answer a member has pressed. */
import type { ButtonInteraction } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import { conversationOf, type JsonValue, type Turn } from '../../../agent/turn.ts';
import { isOfPlace } from './control.ts';

/**
 * The turn with what is kept of it, in the conversation of the channel or in that which the member has there alone; undefined
 * when neither has it.
 * @throws {AppError} `store-failed` when nobody can tell.
 */
export async function findEnded(
  interaction: ButtonInteraction,
  turnId: string,
  agent: Agent,
): Promise<{ readonly turn: Turn; readonly kept: JsonValue } | undefined> {
  const { channelId, user } = interaction;
  const own = conversationOf({ channelId, authorId: user.id, isPrivate: true });
  const ended = (await agent.ended(channelId, turnId)) ?? (await agent.ended(own, turnId));
  return ended !== undefined && isOfPlace(ended.turn, interaction) ? ended : undefined;
}
